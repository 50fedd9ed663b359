// What every optimiser can do: one step over a parameter store, and its state by name.
// Not here: the rules themselves (AdamW.swift, Muon.swift), schedules (LearningRate.swift), files (Checkpoint/).
public import Tensor

/// What an optimiser remembers between steps.
public struct OptimizerState {
  /// The number of completed steps.
  public var steps: Int
  /// Named arrays, such as `first.<parameter>`; each has the shape of its parameter.
  public var tensors: [(name: String, tensor: Tensor)]

  /// A state of the given step count and arrays.
  public init(steps: Int, tensors: [(name: String, tensor: Tensor)]) {
    self.steps = steps
    self.tensors = tensors
  }
}

/// A rule that turns gradients into new parameter values.
///
/// An optimiser is a value: copies do not share state. It is made for one store and steps that store alone.
public protocol Optimizer {
  /// The rule's name, as checkpoints record it.
  var name: String { get }

  /// The state, as views without a copy; a copy happens only if the views outlive the next step.
  var state: OptimizerState { get }

  /// Replaces the state.
  ///
  /// - Precondition: `state` has exactly the names and shapes of `self.state`; traps with the name otherwise.
  mutating func restore(_ state: OptimizerState)

  /// Updates the trainable parameters of `store` by their gradients.
  ///
  /// - Parameters:
  ///   - store: the store that the optimiser was made for, gradients complete.
  ///   - learningRate: the step size of now.
  ///   - gradientScale: factor of every gradient, applied on the fly; clipping passes it.
  mutating func step(_ store: ParameterStore, learningRate: Float, gradientScale: Float)
}

extension Optimizer {
  /// Updates the trainable parameters of `store` by their gradients as they are.
  public mutating func step(_ store: ParameterStore, learningRate: Float) {
    step(store, learningRate: learningRate, gradientScale: 1)
  }
}

/// An optimiser as a configuration value.
public enum OptimizerKind: Codable, Sendable, Equatable {
  /// `AdamW` for every group.
  ///
  /// `decay` applies to matrices, `embeddingDecay` to embedding tables; gains and biases never decay.
  case adamW(
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, decay: Double = 0.1,
    embeddingDecay: Double = 0)
  /// `Muon` for matrices, AdamW for the rest.
  case muon(
    momentum: Double = 0.95, decay: Double = 0.1, beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8,
    embeddingDecay: Double = 0)

  /// An optimiser of this kind for `store`, at step 0.
  ///
  /// - Precondition: the store is frozen.
  public func makeOptimizer(for store: ParameterStore) -> any Optimizer {
    switch self {
    case .adamW(let beta1, let beta2, let epsilon, let decay, let embeddingDecay):
      AdamW(
        store,
        AdamWSettings(
          beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, embeddingDecay: embeddingDecay))
    case .muon(let momentum, let decay, let beta1, let beta2, let epsilon, let embeddingDecay):
      Muon(
        store, momentum: momentum, decay: decay,
        others: AdamWSettings(
          beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, embeddingDecay: embeddingDecay))
    }
  }

  /// Bytes of state that the optimiser keeps for `store`.
  public func stateByteCount(for store: ParameterStore) -> Int {
    let all = store.values.byteCount
    switch self {
    case .adamW: return 2 * all
    case .muon: return 2 * all - store.range(of: [.matrix]).count * MemoryLayout<Float>.stride
    }
  }
}
