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
/// An optimiser is made for one store and steps that store alone. `AdamW` and `Muon` are references, so that handing one
/// on never copies its arrays, which are as large as the model or twice as large.
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
