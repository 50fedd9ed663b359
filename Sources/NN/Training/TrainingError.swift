// How training itself can fail.

/// A training run that cannot go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss is NaN or infinite.
  case nonFiniteLoss(step: Int, microBatch: Int, loss: Float)
  /// A gradient is NaN or infinite; `parameter` is the first such in the order of the store.
  case nonFiniteGradient(step: Int, parameter: String)

  /// What, where, and what to try.
  public var description: String {
    switch self {
    case .nonFiniteLoss(let step, let microBatch, let loss):
      """
      training, step \(step), micro-batch \(microBatch): expected a finite loss, got \(loss). \
      The parameters are those of step \(step). Hint: lower the learning rate or lengthen the warm-up, \
      and resume from the last checkpoint.
      """
    case .nonFiniteGradient(let step, let parameter):
      """
      training, step \(step): expected finite gradients, got NaN or infinity in \(parameter). \
      The parameters are those of step \(step). Hint: lower the learning rate or lengthen the warm-up, \
      and resume from the last checkpoint.
      """
    }
  }
}
