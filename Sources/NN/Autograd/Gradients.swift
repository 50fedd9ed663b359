// Accumulate-into access to gradients during the backward walk.
public import Tensor

/// What a pullback adds its results to.
public struct Gradients {
  let tape: Tape

  /// Lets `body` write or add the gradient of `input`; not called when `input` needs none.
  ///
  /// - Parameter body: must cover every element of the accumulator, honouring its `beta`.
  public func add(to input: GradientTarget, _ body: (Accumulator) -> Void) {
    switch input.source {
    case .constant: return
    case .parameter(let parameter):
      if let accumulator = parameter.gradientAccumulator() { body(accumulator) }
    case .output(let slot):
      // The slot is emptied while `body` runs: an operation whose inputs coincide adds to it from within.
      let tape = slot.tape
      var total: Tensor
      if var earlier = tape.gradients[slot.index].take() {
        earlier.withMutableElements { buffer in
          if let base = buffer.baseAddress { body(Accumulator(base, shape: input.shape, beta: 1)) }
        }
        total = earlier
      } else {
        total = .filled(input.shape, body)
      }
      if let nested = tape.gradients[slot.index].take() { total = total + nested }
      tape.gradients[slot.index] = total
    }
  }

  /// Adds a finished gradient; the first one is adopted without a copy.
  ///
  /// - Precondition: `gradient` has the shape of `input`; traps with both otherwise.
  public func add(_ gradient: Tensor, to input: GradientTarget) {
    precondition(
      gradient.count == input.shape.count, "Gradients.add: gradient \(gradient.shape) for a value \(input.shape)")
    if case .output(let slot) = input.source, slot.tape.gradients[slot.index] == nil {
      slot.tape.gradients[slot.index] = gradient.reshaped(to: input.shape)
    } else {
      add(to: input) { Tensor.add(gradient, into: $0) }
    }
  }

  /// `add(to:_:)` for a variable that the pullback holds for its value.
  public func add(to input: Variable, _ body: (Accumulator) -> Void) { add(to: input.target, body) }

  /// `add(_:to:)` for a variable that the pullback holds for its value.
  public func add(_ gradient: Tensor, to input: Variable) { add(gradient, to: input.target) }

  /// `wants(_:)` for a variable that the pullback holds for its value.
  public func wants(_ input: Variable) -> Bool { wants(input.target) }

  /// Whether a gradient of `input` will be used.
  public func wants(_ input: GradientTarget) -> Bool {
    switch input.source {
    case .constant: false
    case .output: true
    case .parameter(let parameter): parameter.isTrainable
    }
  }
}
