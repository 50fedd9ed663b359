// One training of a spatial encoder: scenes, model, loop, what is logged and saved.
// Not here: the commands (EncoderExperiment.swift), the test against other estimators (EncoderStudy.swift).

import Foundation
import Lab
import Logging
import NN
import Tensor

/// What a run ends with.
public struct EncoderSummary: Codable, Sendable {
  /// Completed steps.
  public let steps: Int
  /// Trainable scalars.
  public let parameters: Int
  /// Scenes that the training had.
  public let scenes: Int
  /// Figures on the validation scenes.
  public let validation: EncoderScores
}

/// A training with everything that it needs.
final class EncoderRun {
  private let config: EncoderConfig
  private let run: Run
  private let encoder: SpatialEncoder
  private let training: SceneBatches
  private let validation: SceneBatches
  private var optimizer: any Optimizer
  private var firstStep = 0

  init(_ config: EncoderConfig, in run: Run) throws {
    if run.threads > 0 { Runtime.configure(threads: run.threads) }
    self.config = config
    self.run = run
    let supplies = try [DatasetSplit.train, .validation].map { split in
      config.folder.isEmpty
        ? try SceneSupply.rendered(config.scenes, split: split)
        : try SceneSupply.stored(DatasetFolder(URL(fileURLWithPath: config.folder)), split: split)
    }
    var model = config.model
    model.classes = supplies[0].classes
    let inputs = try EncoderInputs(model)
    let moments = Int((config.scenes.duration * Double(SpatialEncoderConfig.momentsPerSecond)).rounded(.down))
    let stores = try supplies.map { try Self.features($0, inputs, moments: moments, config, run) }
    func batches(_ store: FeatureStore, _ augmentation: AugmentationConfig) -> SceneBatches {
      SceneBatches(
        store, inputs: inputs, moments: moments, size: config.training.batch, augmentation: augmentation,
        seed: config.seed)
    }
    training = batches(stores[0], config.training.augmentation)
    validation = batches(stores[1], .none)
    encoder = SpatialEncoder(model, seed: config.seed)
    optimizer = OptimizerKind.adamW(decay: config.training.weightDecay).makeOptimizer(for: encoder.parameters)
    if run.isResumed { try restore() } else { try EncoderBundle.write(model, to: run) }
    try run.record { manifest in
      manifest.notes["parameters"] = "\(self.encoder.parameters.count)"
      manifest.notes["training scenes"] = "\(stores[0].scenes.count)"
      manifest.notes["threads"] = "\(Runtime.threads)"
      manifest.seeds["run"] = config.seed
      manifest.seeds["scenes"] = config.scenes.seed
    }
  }

  private static func features(
    _ supply: SceneSupply, _ inputs: EncoderInputs, moments: Int, _ config: EncoderConfig, _ run: Run
  ) throws -> FeatureStore {
    let bar = SharedProgress(
      "render and analyse", total: supply.count, unit: "scenes", console: run.console, log: run.log)
    defer { bar.finish() }
    return try FeatureStore(
      supply, inputs: inputs, moments: moments, cache: URL(fileURLWithPath: config.cache), interrupt: run.interrupt
    ) { done, _ in bar.update(done) }
  }

  private func restore() throws {
    guard let checkpoint = try Checkpoint.latest(in: run.checkpoints) else {
      try EncoderBundle.write(encoder.config, to: run)
      return try run.rewindMetrics(toStep: 0)
    }
    func open(_ value: some Optimizer) throws -> any Optimizer {
      var value = value
      try checkpoint.restore(encoder.parameters, optimizer: &value)
      return value
    }
    optimizer = try open(optimizer)
    firstStep = checkpoint.state.step
    try run.rewindMetrics(toStep: firstStep)
    run.log.info("continuing after step \(firstStep)")
  }

  /// Trains to the end and evaluates on the validation scenes.
  ///
  /// - Throws: `RunInterrupted` after a requested stop, when everything is saved; `TrainingError`; file errors.
  func train() throws -> EncoderSummary {
    let recorder = try EncoderRecorder(
      run, encoder: encoder, validation: validation, config: config, firstStep: firstStep)
    let weights = config.training.loss
    let trainer = Trainer(
      store: encoder.parameters, optimizer: optimizer, source: training, settings: config.trainerSettings
    ) { [encoder] batch, tape in
      let output = encoder(batch.inputs, order: batch.order, on: tape)
      let slots = slotLoss(output, targets: batch.targets, weights: weights)
      recorder.parts = slots.parts
      guard let tracks = output.tracks else { return slots.sum }
      return slots.sum + trackLoss(tracks, targets: batch.targets).scaled(by: weights.tracks)
    }
    run.log.info("\(encoder.parameters.count) parameters, \(training.store.scenes.count) training scenes")
    let interrupt = run.interrupt
    let outcome = try trainer.run(from: firstStep, hooks: [recorder], shouldStop: { interrupt.isRequested })
    if case .stopped(let step) = outcome { throw RunInterrupted(step: step) }
    return EncoderSummary(
      steps: config.training.steps, parameters: encoder.parameters.count, scenes: training.store.scenes.count,
      validation: recorder.scores ?? recorder.score())
  }
}

/// Logs every step, evaluates and saves when the trainer says so.
private final class EncoderRecorder: TrainerHook {
  private let run: Run
  private let encoder: SpatialEncoder
  private let validation: SceneBatches
  private let checkpoints: CheckpointHook
  private var bar: ProgressBar
  private var scenes = 0
  /// The parts of the newest loss.
  var parts = SlotLossParts()
  /// The latest evaluation.
  private(set) var scores: EncoderScores?

  init(
    _ run: Run, encoder: SpatialEncoder, validation: SceneBatches, config: EncoderConfig, firstStep: Int
  ) throws {
    self.run = run
    self.encoder = encoder
    self.validation = validation
    checkpoints = CheckpointHook(
      store: encoder.parameters, directory: run.checkpoints, configuration: try ResolvedConfig(config).text,
      keepingLast: config.training.keepCheckpoints)
    bar = ProgressBar(
      "train", total: max(1, config.training.steps), startingAt: firstStep, unit: "scenes", console: run.console,
      log: run.log)
  }

  func didStep(_ step: StepStatistics) throws {
    scenes += step.tokens
    _ = try run.metrics.log(
      step: step.step,
      [
        ("train/loss", step.loss), ("train/direction", parts.direction), ("train/class", parts.classes),
        ("train/existence", parts.existence), ("train/activity", parts.activity), ("train/distance", parts.distance),
        ("train/room", parts.room), ("train/gradient_norm", step.gradientNorm),
        ("train/learning_rate", Double(step.learningRate)), ("train/scenes_per_s", step.tokensPerSecond),
      ])
    bar.update(
      done: step.step, amount: Double(scenes),
      metrics: [.init("loss", step.loss)] + (scores?.angles[1].map { [.init("1 source °", $0.value)] } ?? []))
  }

  func score() -> EncoderScores {
    let count = validation.store.scenes.count
    var hearings: [EncoderHearing] = []
    for start in stride(from: 0, to: count, by: validation.size) {
      let range = start..<min(count, start + validation.size)
      let batch = validation.plain(range)
      let heard = encoder.hear(batch.inputs, order: batch.order)
      hearings += zip(range, zip(batch.targets, heard)).map {
        EncoderHearing(validation.store.scenes[$0].sceneID, truth: $1.0, heard: $1.1)
      }
    }
    return EncoderScores(hearings)
  }

  func evaluate(afterStep step: Int) throws {
    let scores = score()
    self.scores = scores
    let angles = scores.angles.sorted { $0.key < $1.key }.map { ("validation/angle_\($0.key)", $0.value.value) }
    _ = try run.metrics.log(
      step: step,
      angles + [
        ("validation/class", scores.classes.value), ("validation/count", scores.count.value),
        ("validation/distance", scores.distance.value),
      ])
  }

  func save(afterStep step: Int, optimizer: any Optimizer) throws {
    // A checkpoint must not be newer than the metrics that a resumed run keeps.
    try run.metrics.synchronize()
    try checkpoints.save(afterStep: step, optimizer: optimizer)
  }

  func didFail(_ error: any Error) { bar.finish() }

  func didEnd(_ outcome: TrainingOutcome) { bar.finish() }
}
