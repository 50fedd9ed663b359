// The numbers of a training run that are not about the model or the data.
public import Tensor

/// Length, step size and rhythm of a training run.
public struct TrainerSettings: Codable, Sendable, Equatable {
  /// The number of optimiser steps of the whole run.
  public var steps: Int
  /// Batches whose mean gradient makes one step.
  public var microBatches: Int
  /// The precision in which products multiply.
  public var precision: Precision
  /// The peak learning rate.
  public var learningRate: Float
  /// The schedule, relative to the peak.
  public var schedule: LearningRate
  /// The largest global gradient norm; larger gradients are scaled down to it. 0 never clips.
  public var clipNorm: Float
  /// Steps between evaluations; 0 evaluates only after the last step.
  public var evaluateEvery: Int
  /// Steps between saves; 0 saves only after the last step and on a stop.
  public var saveEvery: Int

  /// Settings as given.
  public init(
    steps: Int, microBatches: Int = 1, precision: Precision = .float32, learningRate: Float,
    schedule: LearningRate = .constant(),
    clipNorm: Float = 1, evaluateEvery: Int = 0, saveEvery: Int = 0
  ) {
    self.steps = steps
    self.microBatches = microBatches
    self.precision = precision
    self.learningRate = learningRate
    self.schedule = schedule
    self.clipNorm = clipNorm
    self.evaluateEvery = evaluateEvery
    self.saveEvery = saveEvery
  }

  /// What makes the settings unusable, one sentence each; empty if nothing does.
  public var problems: [String] {
    var problems: [String] = []
    func require(_ condition: Bool, _ problem: String) { if !condition { problems.append(problem) } }
    require(steps >= 0, "steps: expected 0 or more, got \(steps)")
    require(microBatches >= 1, "microBatches: expected 1 or more, got \(microBatches)")
    require(
      learningRate.isFinite && learningRate > 0, "learningRate: expected a positive number, got \(learningRate)")
    require(schedule.warmup >= 0, "schedule.warmup: expected 0 or more, got \(schedule.warmup)")
    require(clipNorm.isFinite && clipNorm >= 0, "clipNorm: expected 0 or more, got \(clipNorm)")
    require(evaluateEvery >= 0, "evaluateEvery: expected 0 or more, got \(evaluateEvery)")
    require(saveEvery >= 0, "saveEvery: expected 0 or more, got \(saveEvery)")
    return problems
  }
}
