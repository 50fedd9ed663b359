// Activation checkpointing: keep the inputs of a block, run it again when its gradient is due.
import Tensor

/// The gradients of a recomputed block's outputs, as they arrive.
private final class OutputGradients {
  var values: [Tensor?]
  init(count: Int) { values = Array(repeating: nil, count: count) }
}

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
  let (values, targets) = (inputs.map(\.value), inputs.map(\.target))
  let forward = Tape(precision: tape.precision, profile: nil, isRecording: false)
  let outputs = withExtendedLifetime(forward) { body(values.map { Variable($0, on: forward) }).map(\.value) }
  // Recorded before the outputs, hence visited after all of them: their gradients are complete by then.
  let collected = OutputGradients(count: outputs.count)
  tape.recordEffect("recompute") { gradients in
    let outputGradients = collected.values
    collected.values = []
    guard outputGradients.contains(where: { $0 != nil }) else { return }
    replay(body, values, targets, outputGradients, gradients)
  }
  return outputs.enumerated().map { index, value in
    Variable(value, from: inputs, op: "recompute.output") { gradient, _ in collected.values[index] = gradient }
  }
}

/// Runs `body` on a tape of its own, walks it back, and hands the gradients of its inputs on.
private func replay(
  _ body: ([Variable]) -> [Variable], _ values: [Tensor], _ targets: [GradientTarget], _ outputGradients: [Tensor?],
  _ gradients: Gradients
) {
  let tape = Tape(precision: gradients.tape.precision)
  let inputs = zip(values, targets).map { $1.isWanted ? tape.leaf($0) : Variable($0, on: tape) }
  let seeds = zip(body(inputs), outputGradients).compactMap { output, gradient in
    gradient.flatMap { output.tape == nil ? nil : (variable: output, gradient: $0) }
  }
  tape.backward(from: seeds)
  for (target, input) in zip(targets, inputs) where target.isWanted {
    gradients.add(tape.gradient(of: input), to: target)
  }
}
