// One named array of a model: a read view of the store's flat buffers.
public import Tensor

/// How optimisers treat a parameter.
public enum ParameterGroup: String, Sendable, CaseIterable, Comparable {
  /// A weight matrix: decays; orthogonalised by Muon.
  case matrix
  /// An embedding table: no decay by default.
  case embedding
  /// A gain or bias: no decay.
  case vector

  /// Groups order as they lie in the flat buffers.
  public static func < (left: Self, right: Self) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// A named trainable array. Values and gradients live in the flat buffers of its `ParameterStore`.
public final class Parameter {
  /// The dotted path, equal to the checkpoint's key.
  public let name: String
  /// The array's shape.
  public let shape: Shape
  /// How optimisers treat it.
  public let group: ParameterGroup
  /// The initial distribution.
  public let initializer: Initializer
  /// Whether gradients are computed.
  public var isTrainable = true

  unowned let store: ParameterStore
  /// First element in the flat buffers; set by `ParameterStore.freeze()`.
  var offset = -1
  /// Whether the gradient holds this step's contributions yet.
  var hasGradient = false

  init(name: String, shape: Shape, group: ParameterGroup, initializer: Initializer, store: ParameterStore) {
    self.name = name
    self.shape = shape
    self.group = group
    self.initializer = initializer
    self.store = store
  }

  /// The current values: a view of the flat buffer, which changes only in `ParameterStore` between steps.
  ///
  /// - Precondition: the store is frozen.
  public var value: Tensor { store.values(of: self) }

  /// This step's gradient, zeros if nothing reached the parameter.
  ///
  /// - Precondition: the store is frozen.
  public var gradient: Tensor { store.gradient(of: self) }

  func gradientAccumulator() -> Accumulator? {
    guard isTrainable else { return nil }
    defer { hasGradient = true }
    return Accumulator(store.gradientBase(of: self), shape: shape, beta: hasGradient ? 1 : 0)
  }
}

@available(*, unavailable) extension Parameter: Sendable {}
