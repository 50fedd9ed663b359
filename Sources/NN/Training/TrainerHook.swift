// The closed vocabulary of events of a training run. What is not here, a hook cannot do.

/// Something that accompanies a training run: logging, evaluation, checkpoints.
///
/// Every event has an empty default. Hooks run on the trainer's thread in the order in which they were passed, between
/// steps, when no tape is alive. An error that a hook throws ends the run and reaches the caller of `run`.
public protocol TrainerHook: AnyObject {
  /// Step number `step`, from 0, is about to run.
  func willStep(_ step: Int) throws

  /// A step has updated the parameters.
  func didStep(_ statistics: StepStatistics) throws

  /// Evaluation is due: every `evaluateEvery` steps and after the last one, before a save at the same step.
  func evaluate(afterStep step: Int) throws

  /// A save is due: every `saveEvery` steps, after the last one and on a stop; never twice at one step.
  ///
  /// - Parameters:
  ///   - step: the number of completed steps.
  ///   - optimizer: its state belongs to the checkpoint.
  func save(afterStep step: Int, optimizer: any Optimizer) throws

  /// The run ends with `error`; nothing is saved for the failed step, earlier checkpoints stay as they are.
  func didFail(_ error: any Error)

  /// The run ends without an error.
  func didEnd(_ outcome: TrainingOutcome) throws
}

extension TrainerHook {
  /// Does nothing.
  public func willStep(_ step: Int) throws {}
  /// Does nothing.
  public func didStep(_ statistics: StepStatistics) throws {}
  /// Does nothing.
  public func evaluate(afterStep step: Int) throws {}
  /// Does nothing.
  public func save(afterStep step: Int, optimizer: any Optimizer) throws {}
  /// Does nothing.
  public func didFail(_ error: any Error) {}
  /// Does nothing.
  public func didEnd(_ outcome: TrainingOutcome) throws {}
}

/// How a training run ended.
public enum TrainingOutcome: Sendable, Equatable {
  /// All steps are done.
  case finished
  /// A stop was requested; `step` steps are done and saved.
  case stopped(step: Int)
}
