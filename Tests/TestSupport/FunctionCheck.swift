// Judges a differentiable function by its formula: the formula's gradient by central differences, then the function's
// output and every gradient by the 2× rule. Not here: the formulas (FunctionReference*.swift) and the list of cases.
public import NN
public import Tensor

/// A differentiable function of the library and the formula that it implements.
public struct FunctionCase: Sendable, CustomStringConvertible {
  /// The name in failure messages.
  public let description: String
  /// The shapes of the activations that it reads.
  public let inputs: [Shape]
  let build: @Sendable (ParameterScope) -> ([Variable]) -> Variable
  let formula: @Sendable ([TracedArray], [String: TracedArray]) -> TracedArray

  /// A case.
  ///
  /// - Parameters:
  ///   - name: the name in failure messages.
  ///   - inputs: the shapes of the activations.
  ///   - build: registers the parameters and returns the function.
  ///   - formula: the output from activations and parameters by name.
  public init(
    _ name: String, _ inputs: [Shape], build: @escaping @Sendable (ParameterScope) -> ([Variable]) -> Variable,
    formula: @escaping @Sendable ([TracedArray], [String: TracedArray]) -> TracedArray
  ) {
    description = name
    self.inputs = inputs
    self.build = build
    self.formula = formula
  }

  /// A layer and its formula.
  public init(
    layer name: String, _ input: Shape, build: @escaping @Sendable (ParameterScope) -> any Layer,
    formula: @escaping @Sendable (TracedArray, [String: TracedArray]) -> TracedArray
  ) {
    self.init(name, [input]) { scope in
      let layer = build(scope)
      return { layer($0[0]) }
    } formula: {
      formula($0[0], $1)
    }
  }
}

/// A function with parameters and inputs drawn from a seed.
public struct FunctionProblem {
  /// What is computed.
  public let function: FunctionCase
  /// The parameters.
  public let store: ParameterStore
  /// The activations.
  public let inputs: [Tensor]
  /// The output without a tape.
  public let output: Tensor
  /// The gradient of the objective by the output.
  public let outputGradient: Tensor
  private let apply: ([Variable]) -> Variable

  /// Draws parameters, inputs and output gradient.
  public init(_ function: FunctionCase, seed: UInt64) {
    var random = TestRandom(seed: seed)
    let store = ParameterStore(seed: seed)
    self.function = function
    self.store = store
    apply = function.build(store.root)
    store.freeze()
    for parameter in store.parameters {
      store.assign(random.tensor(parameter.shape, deviation: 0.7), to: parameter)
    }
    inputs = function.inputs.map { random.tensor($0) }
    output = apply(inputs.map { Variable($0) }).value
    outputGradient = random.tensor(output.shape)
  }

  /// Output and gradients by the library: of the inputs, then of the parameters in the store's order.
  ///
  /// - Parameters:
  ///   - repetitions: how often the function is applied on one tape, so that gradients add up.
  ///   - recomputing: whether it runs inside `recompute`.
  ///   - constantInputs: whether inputs enter the tape as data; their gradients are zeros then.
  public func run(
    repetitions: Int = 1, recomputing: Bool = false, constantInputs: Bool = false
  ) -> (output: Tensor, gradients: [[Float]]) {
    let tape = Tape()
    store.resetGradients()
    let operands = inputs.map { constantInputs ? Variable($0, on: tape) : tape.leaf($0) }
    let outputs = (0..<repetitions).map { _ in
      recomputing ? recompute(operands) { [apply($0)] }[0] : apply(operands)
    }
    tape.backward(from: outputs.map { (variable: $0, gradient: outputGradient) })
    store.completeGradients()
    let inputGradients = operands.map { constantInputs ? Tensor(zeros: $0.shape) : tape.gradient(of: $0) }
    return (outputs[0].value, inputGradients.map(\.elements) + store.parameters.map { $0.gradient.elements })
  }

  /// Output and gradients by the formula, in the order of `run`.
  public func reference(_ precision: ScalarTrace.Precision) -> (output: [Double], gradients: [[Double]]) {
    let trace = ScalarTrace(precision)
    let arrays = operands.map { trace.variables($0.values, shape: $0.shape) }
    let output = evaluate(arrays)
    let weights = outputGradient.elements.map(Double.init)
    return (output.values, trace.gradients(of: output, weights: weights, by: arrays))
  }

  /// The worst error of the formula's gradient against central differences, over its largest element: at 24 random
  /// elements of each operand, and along 2 random directions.
  public func worstDifferenceError(seed: UInt64) -> Double {
    var random = TestRandom(seed: seed)
    let gradients = reference(.float64).gradients, operands = operands
    var worst = 0.0
    for (index, gradient) in gradients.enumerated() where !gradient.isEmpty {
      let largest = max(1e-3, gradient.map(abs).max() ?? 0)
      var directions = (0..<min(24, gradient.count)).map { _ in
        let element = Int(random.next() % UInt64(gradient.count))
        return gradient.indices.map { $0 == element ? 1.0 : 0.0 }
      }
      directions += (0..<2).map { _ in
        let direction = gradient.indices.map { _ in random.normal() }
        let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return direction.map { $0 / norm }
      }
      for direction in directions {
        let step = 1e-5
        let slope = (objective(operands, index, direction, step) - objective(operands, index, direction, -step))
        let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        worst = max(worst, abs(slope / (2 * step) - expected) / largest)
      }
    }
    return worst
  }

  /// The names of the gradients, in the order of `run`.
  public var gradientNames: [String] { inputs.indices.map { "input \($0)" } + store.parameters.map(\.name) }

  private var operands: [(values: [Double], shape: Shape)] {
    (inputs + store.parameters.map(\.value)).map { ($0.elements.map(Double.init), $0.shape) }
  }

  private func evaluate(_ arrays: [TracedArray]) -> TracedArray {
    let names = store.parameters.map(\.name)
    let parameters = Dictionary(uniqueKeysWithValues: zip(names, arrays.dropFirst(inputs.count)))
    return function.formula(Array(arrays.prefix(inputs.count)), parameters)
  }

  /// The objective with operand `index` moved by `step` along `direction`.
  private func objective(
    _ operands: [(values: [Double], shape: Shape)], _ index: Int, _ direction: [Double], _ step: Double
  ) -> Double {
    let trace = ScalarTrace(.float64)
    let arrays = operands.enumerated().map { place, operand in
      let moved = place == index ? zip(operand.values, direction).map { $0 + step * $1 } : operand.values
      return trace.variables(moved, shape: operand.shape)
    }
    return zip(evaluate(arrays).values, outputGradient.elements).reduce(0) { $0 + $1.0 * Double($1.1) }
  }
}
