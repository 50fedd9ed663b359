// Activation checkpointing: keep the inputs of a block, run it again when its gradient is due.
import Tensor

/// Runs `body` without recording and, in backward, runs it again on an inner tape.
///
/// Memory falls to the inputs and outputs of `body`; time grows by one forward pass of it. `body` must compute the same
/// values both times, which counter-based randomness guarantees, and must only read shared buffers.
///
/// - Parameters:
///   - inputs: the activations that `body` reads; parameters are reached through layers and need not be listed.
///   - body: a pure function of the inputs to one or more outputs.
/// - Returns: the outputs of `body`, differentiable.
public func recompute(_ inputs: [Variable], _ body: @escaping ([Variable]) -> [Variable]) -> [Variable] {
  guard let tape = Variable.tape(of: inputs) else { return body(inputs) }
  let values = inputs.map(\.value)
  let outputs = body(values.map { Variable($0) }).map(\.value)
  // Outputs report their gradients to this box; the effect recorded before them runs after all of them in backward.
  final class Collected { var gradients: [Tensor?] = [] }
  let collected = Collected()
  collected.gradients = Array(repeating: nil, count: outputs.count)
  tape.recordEffect("recompute") { gradients in
    let inner = Tape()
    let leaves = values.map { inner.leaf($0) }
    let replayed = body(leaves)
    let seeds = zip(replayed, collected.gradients).compactMap { output, gradient in
      gradient.map { (variable: output, gradient: $0) }
    }
    collected.gradients = []
    inner.backward(from: seeds)
    for (input, leaf) in zip(inputs, leaves) where gradients.wants(input) {
      gradients.add(inner.gradient(of: leaf), to: input)
    }
  }
  return outputs.enumerated().map { index, value in
    Variable(value, from: inputs, op: "recompute.output") { gradient, _ in collected.gradients[index] = gradient }
  }
}
