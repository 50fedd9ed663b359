// Accumulate-into access to gradients during the backward walk.
public import Tensor

/// What a pullback adds its results to.
public struct Gradients {
  let tape: Tape

  /// Lets `body` write or add the gradient of `input`; not called when `input` needs none.
  ///
  /// - Parameters:
  ///   - input: an input of the operation.
  ///   - body: must cover every element of the accumulator, honouring its `beta`.
  public func add(to input: GradientTarget, _ body: (Accumulator) -> Void) {
    switch input.source {
    case .constant, .entry: return
    case .parameter(let parameter):
      if let accumulator = parameter.gradientAccumulator() { body(accumulator) }
    case .output(let slot): slot.tape.accumulate(at: slot.index, shape: input.shape, body)
    }
  }

  /// Lets `body` write the gradients of several inputs in one pass; not called when none of them needs one.
  ///
  /// - Parameters:
  ///   - inputs: inputs of the operation; one activation may occur twice, one parameter may not.
  ///   - body: receives one accumulator for each input, nil for those that need no gradient, and must cover every
  ///     element of the others, honouring their `beta`.
  public func add(to inputs: [GradientTarget], _ body: ([Accumulator?]) -> Void) {
    let parameters = inputs.compactMap(\.parameter)
    precondition(
      Set(parameters.map(ObjectIdentifier.init)).count == parameters.count,
      "Gradients.add: an operation reads one parameter twice: \(parameters.map(\.name))")
    add(to: inputs[...], after: [], body)
  }

  private func add(
    to inputs: ArraySlice<GradientTarget>, after earlier: [Accumulator?], _ body: ([Accumulator?]) -> Void
  ) {
    guard let input = inputs.first else {
      if earlier.contains(where: { $0 != nil }) { body(earlier) }
      return
    }
    if wants(input) {
      add(to: input) { add(to: inputs.dropFirst(), after: earlier + [$0], body) }
    } else {
      add(to: inputs.dropFirst(), after: earlier + [nil], body)
    }
  }

  /// `add(to:)` for operations that compute all gradients or none: inputs that need none get a buffer that is dropped.
  ///
  /// - Parameters:
  ///   - inputs: inputs of the operation; one activation may occur twice, one parameter may not.
  ///   - always: whether `body` runs although no input needs a gradient, since it also writes elsewhere, such as into
  ///     the gradients of a shared buffer.
  ///   - body: receives one accumulator for each input and must cover every element of all, honouring their `beta`.
  public func add(toAll inputs: [GradientTarget], always: Bool = false, _ body: ([Accumulator]) -> Void) {
    func complete(_ targets: [Accumulator?]) {
      var dropped: [Tensor] = []
      let all = zip(inputs, targets).map { input, target in
        if let target { return target }
        let buffer = Tensor(uninitializedShape: input.shape) { _ in }
        dropped.append(buffer)
        return Accumulator(buffer.base, shape: input.shape, beta: 0)
      }
      body(all)
      withExtendedLifetime(dropped) {}
    }
    if always && !inputs.contains(where: \.isWanted) {
      complete(inputs.map { _ in nil })
    } else {
      add(to: inputs, complete)
    }
  }

  /// Adds a finished gradient; the first one is adopted without a copy.
  ///
  /// - Precondition: `gradient` has the count of `input`; traps with both shapes otherwise.
  public func add(_ gradient: Tensor, to input: GradientTarget) {
    precondition(
      gradient.count == input.shape.count, "Gradients.add: gradient \(gradient.shape) for a value \(input.shape)")
    if case .output(let slot) = input.source {
      slot.tape.merge(gradient.reshaped(to: input.shape), at: slot.index)
    } else {
      add(to: input) { Tensor.add(gradient, into: $0) }
    }
  }

  /// `add(to:_:)` for a variable that the pullback holds for its value.
  public func add(to input: Variable, _ body: (Accumulator) -> Void) { add(to: input.target, body) }

  /// `add(_:to:)` for a variable that the pullback holds for its value.
  public func add(_ gradient: Tensor, to input: Variable) { add(gradient, to: input.target) }

  /// Whether a gradient of `input` will be used.
  public func wants(_ input: GradientTarget) -> Bool { input.isWanted }

  /// `wants(_:)` for a variable that the pullback holds for its value.
  public func wants(_ input: Variable) -> Bool { wants(input.target) }
}
