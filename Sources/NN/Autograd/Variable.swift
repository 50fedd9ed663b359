// A tensor that may be differentiated: its value and where its gradient goes.
// Not here: the record of operations (Tape.swift) and the operations themselves (Functions/).
public import Tensor

/// Where a gradient goes: what a pullback captures when it does not need the value, so that the value can be freed.
public struct GradientTarget {
  let source: Variable.Source
  /// The shape of the variable.
  public let shape: Shape

  /// The parameter, if it is one.
  var parameter: Parameter? {
    if case .parameter(let parameter) = source { return parameter }
    return nil
  }

  /// Whether a gradient will be used.
  var isWanted: Bool {
    switch source {
    case .constant, .entry: false
    case .output: true
    case .parameter(let parameter): parameter.isTrainable
    }
  }
}

/// A tensor together with the destination of its gradient.
///
/// A variable is a constant, data that enters a tape, the output of an operation on a tape, or a parameter. Operations
/// find the tape in their inputs; without one they compute values and record nothing, which is inference.
public struct Variable {
  enum Source {
    case constant
    case entry(TapeReference)
    case output(TapeSlot)
    case parameter(Parameter)
  }

  /// The value.
  public let value: Tensor
  let source: Source

  init(_ value: Tensor, source: Source) {
    self.value = value
    self.source = source
  }

  /// A constant: no gradient is computed for it.
  public init(_ constant: Tensor) { self.init(constant, source: .constant) }

  /// Data that enters `tape`, such as images: no gradient is computed for it, but operations that read it are recorded,
  /// so that their parameters receive theirs. A plain constant if `tape` is nil.
  public init(_ data: Tensor, on tape: Tape?) {
    self.init(data, source: tape.map { .entry(TapeReference(tape: $0)) } ?? .constant)
  }

  /// A parameter as an operand.
  public init(_ parameter: Parameter) { self.init(parameter.value, source: .parameter(parameter)) }

  /// The output of an operation; recorded if one of `inputs` is on a tape, a constant otherwise.
  ///
  /// - Parameters:
  ///   - value: the forward result.
  ///   - inputs: every variable that `pullback` adds to.
  ///   - op: the operation's name in profiles.
  ///   - pullback: adds the gradients of the inputs, given that of the output, which has the shape of `value`.
  /// - Precondition: an operation of parameters alone has no tape to record on and becomes a constant; fold such
  ///   operations into one that reads activations.
  public init(
    _ value: Tensor, from inputs: [Variable], op: StaticString,
    pullback: @escaping (_ outputGradient: Tensor, _ gradients: Gradients) -> Void
  ) {
    guard let tape = Self.tape(of: inputs) else {
      self.init(value)
      return
    }
    if tape.isRecording {
      self.init(value, source: .output(tape.record(op, pullback: pullback)))
    } else {
      self.init(value, on: tape)
    }
  }

  /// The destination of the gradient, without the value.
  public var target: GradientTarget { GradientTarget(source: source, shape: shape) }

  /// The shape of the value.
  public var shape: Shape { value.shape }

  /// The tape that this variable is on, if it is on one.
  public var tape: Tape? {
    switch source {
    case .constant, .parameter: nil
    case .entry(let reference): reference.tape
    case .output(let slot): slot.tape
    }
  }

  /// The same value as data: operations that read it are recorded, and no gradient passes through it.
  public var detached: Variable { Variable(value, on: tape) }

  /// The precision in which products with this variable multiply: that of its tape, float32 without one.
  public var precision: Precision { tape?.precision ?? .float32 }

  /// The first tape among `variables`.
  ///
  /// - Precondition: all recorded variables are on the same tape.
  public static func tape(of variables: [Variable]) -> Tape? {
    var found: Tape?
    for variable in variables {
      guard let tape = variable.tape else { continue }
      precondition(found == nil || found === tape, "Variable: inputs of one operation lie on two tapes")
      found = tape
    }
    return found
  }
}
