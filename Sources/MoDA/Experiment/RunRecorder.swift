// What a training run writes on its way: metrics, progress, evaluations, checkpoints.
import Foundation
import Lab
import Logging
import NN
import Tensor

/// Logs every step, evaluates and saves when the trainer says so.
final class RunRecorder: TrainerHook {
  private let run: Run
  private let model: LanguageModel
  private let config: LanguageModelConfig
  private let evaluator: Evaluator
  private let checkpoints: CheckpointHook
  private var bar: ProgressBar
  private var tokens = 0
  /// The latest evaluation.
  private(set) var evaluation: Evaluation?

  init(
    _ run: Run, model: LanguageModel, config: LanguageModelConfig, evaluator: Evaluator, firstStep: Int
  ) throws {
    checkpoints = CheckpointHook(
      store: model.parameters, directory: run.checkpoints, configuration: try ResolvedConfig(config).text,
      keepingLast: config.training.keepCheckpoints)
    self.run = run
    self.model = model
    self.config = config
    self.evaluator = evaluator
    bar = ProgressBar(
      "train", total: max(1, config.training.steps), startingAt: firstStep, unit: "tokens", console: run.console,
      log: run.log)
  }

  func didStep(_ step: StepStatistics) throws {
    tokens += step.tokens
    _ = try run.metrics.log(
      step: step.step,
      [
        ("train/loss", step.loss), ("train/gradient_norm", step.gradientNorm),
        ("train/learning_rate", Double(step.learningRate)), ("train/speed_tokens_per_s", step.tokensPerSecond),
        ("train/step_s", step.seconds), ("train/gflops", (step.operationsPerSecond ?? 0) / 1e9),
        ("memory/arrays_bytes", Double(step.peakPoolBytes)), ("memory/pool_misses", Double(step.poolMisses)),
      ])
    bar.update(
      done: step.step, amount: Double(tokens),
      metrics: [.init("loss", step.loss)] + (evaluation.map { [.init("validation", $0.nats)] } ?? []))
  }

  func evaluate(afterStep step: Int) throws {
    let result = evaluator.evaluate(model, step: step)
    evaluation = result
    _ = try run.metrics.log(
      step: step,
      [("validation/loss", result.nats), ("validation/mean_perplexity", result.meanPerplexity)]
        + result.domains.map { ("validation/\($0.domain)_nats", $0.nats) })
  }

  func save(afterStep step: Int, optimizer: any Optimizer) throws {
    // A checkpoint must not be newer than the metrics that a resumed run keeps.
    try run.metrics.synchronize()
    try checkpoints.save(afterStep: step, optimizer: optimizer)
  }

  func didFail(_ error: any Error) { bar.finish() }

  func didEnd(_ outcome: TrainingOutcome) { bar.finish() }
}

/// An evaluation on disk, with the tokens that it was computed on.
struct EvaluationFile: Codable {
  let corpus: String
  let evaluation: Evaluation

  static func write(_ evaluation: Evaluation, corpus: String, to directory: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(EvaluationFile(corpus: corpus, evaluation: evaluation))
    try AtomicFile.write(data, to: directory.appending(path: RunArtifacts.evaluation))
  }

  static func read(_ directory: URL) throws -> EvaluationFile {
    let file = directory.appending(path: RunArtifacts.evaluation)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw BundleError.notARun(path: directory.relativePath, missing: RunArtifacts.evaluation)
    }
    return try JSONDecoder().decode(EvaluationFile.self, from: Data(contentsOf: file))
  }
}
