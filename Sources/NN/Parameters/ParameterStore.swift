// All parameters of a model in two flat buffers, values and gradients, grouped by how optimisers treat them.
// Not here: optimiser state (Optimizers/) and files (Checkpoint/).
public import Tensor

/// The parameters of a model.
///
/// Build the layers with `root`, then call `freeze()`. Initial values are drawn from `(seed, name)`, so that adding a
/// module does not change the others' values: a baseline and its variants start from identical shared weights.
public final class ParameterStore {
  /// The seed of the initial values.
  public let seed: UInt64
  /// The parameters in flat-buffer order: by group, then in the order of registration.
  public private(set) var parameters: [Parameter] = []
  private var byName: [String: Parameter] = [:]
  private var flatValues: Tensor?
  private var flatGradients: Tensor?

  /// An empty store.
  public init(seed: UInt64) { self.seed = seed }

  /// The scope of top-level names.
  public var root: ParameterScope { ParameterScope(store: self, path: "") }

  func register(name: String, shape: Shape, group: ParameterGroup, initializer: Initializer) -> Parameter {
    precondition(flatValues == nil, "ParameterStore: \(name) registered after freeze()")
    precondition(byName[name] == nil, "ParameterStore: two parameters are named \(name)")
    let parameter = Parameter(name: name, shape: shape, group: group, initializer: initializer, store: self)
    parameters.append(parameter)
    byName[name] = parameter
    return parameter
  }

  /// The parameter of that name.
  public subscript(name: String) -> Parameter? { byName[name] }

  /// The number of trainable scalars, padding excluded.
  public var count: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// Lays the parameters out in flat buffers and draws their initial values.
  public func freeze() {
    precondition(flatValues == nil, "ParameterStore: freeze() called twice")
    parameters = ParameterGroup.allCases.flatMap { group in parameters.filter { $0.group == group } }
    var offset = 0
    for parameter in parameters {
      parameter.offset = offset
      offset += (parameter.shape.count + 15) & ~15  // rows of the next parameter start on a cache line
    }
    let values = Tensor(zeros: [offset])
    let source = RandomSource(seed: seed)
    for parameter in parameters {
      parameter.initializer.values(parameter.shape, from: source.split(parameter.name)).withElements { initial in
        guard let base = initial.baseAddress else { return }
        (values.base + parameter.offset).update(from: base, count: initial.count)
      }
    }
    flatValues = values
    flatGradients = Tensor(zeros: [offset])
  }

  private func frozen(_ buffer: Tensor?) -> Tensor {
    guard let buffer else { preconditionFailure("ParameterStore: call freeze() before using parameters") }
    return buffer
  }

  /// All values, padding included. Written only by the store's own mutators and by optimisers, between steps.
  public var values: Tensor { frozen(flatValues) }

  /// All gradients, padding included.
  ///
  /// - Precondition: `completeGradients()` was called since the last backward.
  public var gradients: Tensor { frozen(flatGradients) }

  func values(of parameter: Parameter) -> Tensor {
    values[parameter.offset..<parameter.offset + parameter.shape.count].reshaped(to: parameter.shape)
  }

  func gradient(of parameter: Parameter) -> Tensor {
    guard parameter.hasGradient else { return Tensor(zeros: parameter.shape) }
    return gradients[parameter.offset..<parameter.offset + parameter.shape.count].reshaped(to: parameter.shape)
  }

  func gradientBase(of parameter: Parameter) -> UnsafeMutablePointer<Float> { gradients.base + parameter.offset }

  /// Begins a step: the next contribution to each gradient overwrites it.
  public func resetGradients() {
    for parameter in parameters { parameter.hasGradient = false }
  }

  /// Ends the accumulation of a step: gradients that nothing reached become zero.
  public func completeGradients() {
    for parameter in parameters where !parameter.hasGradient {
      gradientBase(of: parameter).update(repeating: 0, count: parameter.shape.count)
      parameter.hasGradient = true
    }
  }

  /// Replaces the values of one parameter.
  ///
  /// - Precondition: shapes agree; traps with both otherwise.
  public func assign(_ value: Tensor, to parameter: Parameter) {
    precondition(
      value.shape == parameter.shape,
      "ParameterStore.assign: \(parameter.name) has shape \(parameter.shape), the value \(value.shape)")
    value.withElements { source in
      guard let base = source.baseAddress else { return }
      (values.base + parameter.offset).update(from: base, count: source.count)
    }
  }
}

@available(*, unavailable) extension ParameterStore: Sendable {}
