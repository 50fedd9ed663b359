// The training loop: accumulate, clip, step, evaluate, save. Not here: what is logged or written (TrainerHook).
import Dispatch
import Tensor

/// Runs a training loop over a parameter store.
///
/// Everything that a step does follows from the parameters, the optimiser's state and the step number, so a run that
/// is resumed from a checkpoint continues bit for bit like one that never stopped, on the same machine and threads.
public final class Trainer<Source: BatchSource> {
  /// The parameters.
  public let store: ParameterStore
  /// The optimiser with its state.
  public private(set) var optimizer: any Optimizer
  /// The batches.
  public let source: Source
  /// Length, step size and rhythm.
  public let settings: TrainerSettings
  private let operationsPerToken: Double?
  private let profile: OperationProfile?
  private let loss: (Source.Batch, Tape) -> Variable

  /// A trainer.
  ///
  /// - Parameters:
  ///   - store: the parameters, frozen.
  ///   - optimizer: made for `store`, maybe restored from a checkpoint.
  ///   - source: batches by step.
  ///   - settings: length, step size and rhythm.
  ///   - operationsPerToken: floating-point operations of forward and backward per token, for the statistics.
  ///   - profile: receives the time of each operation, if given.
  ///   - loss: the mean loss `[1]` of a batch, recorded on the tape.
  /// - Precondition: `settings.problems` is empty.
  public init(
    store: ParameterStore, optimizer: any Optimizer, source: Source, settings: TrainerSettings,
    operationsPerToken: Double? = nil, profile: OperationProfile? = nil,
    loss: @escaping (_ batch: Source.Batch, _ tape: Tape) -> Variable
  ) {
    precondition(settings.problems.isEmpty, "Trainer: \(settings.problems.joined(separator: "; "))")
    self.store = store
    self.optimizer = optimizer
    self.source = source
    self.settings = settings
    self.operationsPerToken = operationsPerToken
    self.profile = profile
    self.loss = loss
  }

  /// Continues from `checkpoint`: replaces the parameters and the optimiser's state.
  ///
  /// - Returns: the completed steps, for `run(from:)`.
  /// - Throws: `CheckpointError`; then nothing has changed.
  public func restore(_ checkpoint: Checkpoint) throws(CheckpointError) -> Int {
    try checkpoint.restore(store, optimizer: &optimizer)
    return checkpoint.state.step
  }

  /// Trains from `step` completed steps to the end, or until a stop is requested.
  ///
  /// - Parameters:
  ///   - step: completed steps; 0 for a fresh run, a checkpoint's step to resume.
  ///   - hooks: what accompanies the run, called in this order.
  ///   - shouldStop: asked before each step; on true the run saves, unless it just did, and returns.
  /// - Throws: `TrainingError` for a loss or gradient that is not finite, and whatever a hook throws; `didFail` of every
  ///   hook runs before.
  public func run(
    from step: Int = 0, hooks: [any TrainerHook] = [], shouldStop: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    do {
      let outcome = try loop(from: step, hooks: hooks, shouldStop: shouldStop)
      for hook in hooks { try hook.didEnd(outcome) }
      return outcome
    } catch {
      for hook in hooks { hook.didFail(error) }
      throw error
    }
  }

  private func loop(from first: Int, hooks: [any TrainerHook], shouldStop: () -> Bool) throws -> TrainingOutcome {
    precondition(first >= 0, "Trainer.run: from step \(first)")
    var saved = first
    func save(_ step: Int) throws {
      guard saved != step else { return }
      for hook in hooks { try hook.save(afterStep: step, optimizer: optimizer) }
      saved = step
    }
    for step in first..<max(first, settings.steps) {
      if shouldStop() {
        try save(step)
        return .stopped(step: step)
      }
      for hook in hooks { try hook.willStep(step) }
      let statistics = try takeStep(step)
      for hook in hooks { try hook.didStep(statistics) }
      let done = step + 1
      let isLast = done == settings.steps
      if isLast || isDue(done, every: settings.evaluateEvery) {
        for hook in hooks { try hook.evaluate(afterStep: done) }
      }
      if isLast || isDue(done, every: settings.saveEvery) { try save(done) }
    }
    return .finished
  }

  private func isDue(_ step: Int, every interval: Int) -> Bool { interval > 0 && step % interval == 0 }

  /// One optimiser step; the parameters change only if loss and gradients are finite.
  private func takeStep(_ step: Int) throws(TrainingError) -> StepStatistics {
    BufferPool.shared.resetPeak()
    let before = BufferPool.shared.statistics
    let start = DispatchTime.now().uptimeNanoseconds
    let (loss, tokens) = try accumulateGradients(step)
    let norm = store.gradientNorm()
    guard norm.isFinite else {
      throw .nonFiniteGradient(step: step, parameter: store.firstNonFiniteGradient()?.name ?? "the sum of squares")
    }
    let clip = Double(settings.clipNorm)
    let learningRate = settings.schedule.value(at: step, of: settings.steps, peak: settings.learningRate)
    optimizer.step(
      store, learningRate: learningRate, gradientScale: clip > 0 && norm > clip ? Float(clip / norm) : 1)
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    let after = BufferPool.shared.statistics
    return StepStatistics(
      step: step + 1, loss: loss, gradientNorm: norm, learningRate: learningRate, tokens: tokens, seconds: seconds,
      operationsPerSecond: operationsPerToken.map { seconds > 0 ? $0 * Double(tokens) / seconds : 0 },
      poolHits: after.hits - before.hits, poolMisses: after.misses - before.misses,
      peakPoolBytes: after.peakBytesInUse)
  }

  /// Mean loss and token count of the micro-batches; leaves their mean gradient in the store.
  private func accumulateGradients(_ step: Int) throws(TrainingError) -> (loss: Double, tokens: Int) {
    store.resetGradients()
    var total = 0.0
    var tokens = 0
    for micro in 0..<settings.microBatches {
      let batch = source.batch(step: step, micro: micro)
      tokens += source.tokens(in: batch)
      let tape = Tape(precision: settings.precision, profile: profile)
      let mean = loss(batch, tape)
      let value = mean.value.scalar
      guard value.isFinite else { throw .nonFiniteLoss(step: step, microBatch: micro, loss: value) }
      total += Double(value)
      tape.backward(from: mean, seed: 1 / Float(settings.microBatches))
    }
    store.completeGradients()
    return (total / Double(settings.microBatches), tokens)
  }
}

@available(*, unavailable) extension Trainer: Sendable {}
