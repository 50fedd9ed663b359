// One training run from configuration to trained model: data, model, optimiser, loop, final evaluation.
// Not here: what is logged and saved on the way (RunRecorder.swift) and the report (RunReport.swift).
import Foundation
public import Lab
import Logging
public import NN
import Tensor
import Text

/// Why a run cannot start.
public enum LanguageModelRunError: LabError {
  /// The model's vocabulary is too small for the tokenizer.
  case vocabulary(model: Int, tokenizer: Int)
  /// The text changed since the run began.
  case corpusChanged(source: String)
  /// The folder that the run started from holds other weights since.
  case startChanged(path: String)
  /// The model that the run starts from reads fewer tokens than a sequence has.
  case startTooShort(path: String, context: Int, tokens: Int)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .vocabulary(let model, let tokenizer):
      "model.vocabulary: expected 0 or at least the tokenizer's \(tokenizer), got \(model)."
    case .corpusChanged(let source):
      "the text or tokenizer under \(source) is not the one that this run began with; start a new run."
    case .startChanged(let path):
      "start: \(path) no longer holds the weights that this run began with; start a new run."
    case .startTooShort(let path, let context, let tokens):
      "training.tokens: expected at most the \(context) tokens that \(path) reads, got \(tokens)."
    }
  }
}

/// What a run ends with.
public struct LanguageModelSummary: Codable, Sendable {
  /// Completed steps.
  public let steps: Int
  /// Trainable scalars.
  public let parameters: Int
  /// Training tokens seen.
  public let tokens: Int
  /// Mean training loss of the last twentieth of the run, in nats a token.
  public let trainLoss: Double
  /// Held-out loss in nats a token, over all windows.
  public let validationLoss: Double
  /// The mean of the domains' perplexities.
  public let meanPerplexity: Double
  /// Median training tokens a second.
  public let tokensPerSecond: Double
  /// Peak bytes of arrays during a step.
  public let peakBytes: Int
}

/// A language-model run with everything that it needs.
public final class LanguageModelRun {
  let config: LanguageModelConfig
  let run: Run
  let corpus: TokenizedCorpus
  /// The model.
  public let model: LanguageModel
  let batches: TokenBatches
  private var optimizer: any Optimizer
  private(set) var firstStep = 0

  /// Prepares data and model, and continues from the newest checkpoint of a resumed run.
  ///
  /// - Throws: errors of the data, `LanguageModelRunError`, `CheckpointError`, `RunError`.
  public init(_ config: LanguageModelConfig, in run: Run) throws {
    if run.threads > 0 { Runtime.configure(threads: run.threads) }
    self.config = config
    self.run = run
    let start = try Self.start(config, in: run)
    corpus = try Self.prepareCorpus(config.data, tokenizer: start?.tokenizer, in: run)
    try Self.checkLengths(corpus, tokens: config.training.tokens)
    model =
      try start?.model ?? LanguageModel(Self.resolve(config.model, tokenizer: corpus.tokenizer), seed: config.seed)
    optimizer = config.training.optimizer.makeOptimizer(for: model.parameters)
    batches = TokenBatches(
      corpus.train.map(\.shard), batch: config.training.batch, length: config.training.tokens,
      microBatches: config.training.microBatches, seed: config.seed)
    if run.isResumed { try restore() } else { try writeArtifacts() }
    try recordFacts()
    if let missing = config.training.precision.missing {
      run.log.warning("training.precision: \(config.training.precision) becomes f32: \(missing)")
    }
  }

  /// The model that the run begins with, if it does not begin with drawn values.
  private static func start(_ config: LanguageModelConfig, in run: Run) throws -> EvaluatedModel? {
    guard !config.start.isEmpty else { return nil }
    let start = try EvaluatedModel(URL(fileURLWithPath: config.start)), digest = start.digest
    guard config.training.tokens <= start.model.config.context else {
      throw LanguageModelRunError.startTooShort(
        path: config.start, context: start.model.config.context, tokens: config.training.tokens)
    }
    if run.isResumed, let recorded = run.manifest.inputs["start"], recorded != digest {
      throw LanguageModelRunError.startChanged(path: config.start)
    }
    try run.record { $0.inputs["start"] = digest }
    return start
  }

  private static func prepareCorpus(
    _ config: DataConfig, tokenizer: (any Tokenizer)?, in run: Run
  ) throws -> TokenizedCorpus {
    var bars: [String: ProgressBar] = [:]
    defer { for key in bars.keys { bars[key]?.finish() } }
    return try TokenizedCorpus.prepare(config, tokenizer: tokenizer) { stage in
      let (label, done, total, unit) =
        switch stage {
        case .trainingTokenizer(let done, let total): ("train tokenizer", done, total, "merges")
        case .encoding(let done, let total): ("encode text", done, total, "bytes")
        }
      if bars[label] == nil {
        bars[label] = ProgressBar(label, total: max(1, total), unit: unit, console: run.console, log: run.log)
      }
      bars[label]?.update(done: done, amount: Double(done))
    }
  }

  /// The model's configuration with the tokenizer's vocabulary.
  static func resolve(_ config: ModelConfig, tokenizer: any Tokenizer) throws -> ModelConfig {
    var config = config
    if config.vocabulary == 0 { config.vocabulary = tokenizer.vocabularySize }
    guard config.vocabulary >= tokenizer.vocabularySize else {
      throw LanguageModelRunError.vocabulary(model: config.vocabulary, tokenizer: tokenizer.vocabularySize)
    }
    return config
  }

  private static func checkLengths(_ corpus: TokenizedCorpus, tokens: Int) throws {
    for (split, entries) in [(Split.train, corpus.train), (.validation, corpus.validation)] {
      for entry in entries where entry.shard.count <= tokens {
        throw CorpusError.tooShort(
          domain: entry.domain, split: split, tokens: entry.shard.count, needed: tokens + 1)
      }
    }
  }

  private func writeArtifacts() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try run.write(encoder.encode(model.config), to: RunArtifacts.model)
    if let tokenizer = corpus.tokenizer as? BytePairEncoding {
      try tokenizer.write(to: run.directory.appending(path: RunArtifacts.tokenizer).path)
    }
    try run.record { manifest in
      manifest.inputs["corpus"] = self.corpus.fingerprint
      manifest.seeds["run"] = self.config.seed
    }
  }

  private func restore() throws {
    if let recorded = run.manifest.inputs["corpus"], recorded != corpus.fingerprint {
      throw LanguageModelRunError.corpusChanged(source: config.data.source)
    }
    guard let checkpoint = try Checkpoint.latest(in: run.checkpoints) else {
      // Killed before the first checkpoint: the run begins again, with the same seed and so the same values.
      try writeArtifacts()
      try run.rewindMetrics(toStep: 0)
      return
    }
    try Self.restore(checkpoint, into: model.parameters, &optimizer)
    firstStep = checkpoint.state.step
    try run.rewindMetrics(toStep: firstStep)
    run.log.info("continuing after step \(firstStep)")
  }

  private static func restore(
    _ checkpoint: Checkpoint, into store: ParameterStore, _ optimizer: inout any Optimizer
  ) throws {
    func open(_ value: some Optimizer) throws -> any Optimizer {
      var value = value
      try checkpoint.restore(store, optimizer: &value)
      return value
    }
    optimizer = try open(optimizer)
  }

  private func recordFacts() throws {
    try run.record { manifest in
      manifest.notes["instruction set"] = "\(Runtime.instructionSet)"
      manifest.notes["threads"] = "\(Runtime.threads)"
      manifest.notes["blas"] = Runtime.blasDescription
      manifest.notes["bfloat16"] = Runtime.bfloat16Description
      manifest.notes["precision"] = "\(self.config.trainerSettings.precision)"
      manifest.notes["parameters"] = "\(self.model.parameters.count)"
      manifest.notes["windows per epoch"] = "\(self.batches.windowCount)"
    }
  }

  /// Trains to the configured step and evaluates.
  ///
  /// - Parameter profile: receives the time of each operation, if given.
  /// - Throws: `RunInterrupted` after a requested stop, when everything is saved; `TrainingError`; file errors.
  public func train(profile: OperationProfile? = nil) throws -> LanguageModelSummary {
    let costs = CostModel(model.config)
    let evaluator = Evaluator(
      corpus, length: config.training.tokens, batch: config.training.batch,
      maximumTokens: config.evaluation.maximumTokens)
    let recorder = try RunRecorder(run, model: model, config: config, evaluator: evaluator, firstStep: firstStep)
    let zLoss = config.training.zLoss
    let trainer = Trainer(
      store: model.parameters, optimizer: optimizer, source: batches, settings: config.trainerSettings,
      operationsPerToken: costs.trainingOperationsPerToken(tokens: config.training.tokens), profile: profile,
      loss: { [model] batch, tape in
        model.loss(batch.tokens, targets: batch.targets, on: tape, zLoss: zLoss).mean
      })
    run.log.info(
      "\(model.parameters.count) parameters, \(batches.windowCount) windows of \(config.training.tokens) tokens an epoch"
    )
    let interrupt = run.interrupt
    let outcome = try trainer.run(from: firstStep, hooks: [recorder], shouldStop: { interrupt.isRequested })
    if case .stopped(let step) = outcome { throw RunInterrupted(step: step) }
    return try finish(recorder.evaluation ?? evaluator.evaluate(model, step: config.training.steps))
  }

  private func finish(_ evaluation: Evaluation) throws -> LanguageModelSummary {
    try EvaluationFile.write(evaluation, corpus: corpus.fingerprint, to: run.directory)
    let log = try MetricsLog(reading: run.metrics.file)
    let losses = log.series("train/loss").map(\.value)
    let speeds = log.series("train/speed_tokens_per_s").map(\.value)
    let tail = losses.suffix(max(1, losses.count / 20))
    return LanguageModelSummary(
      steps: config.training.steps, parameters: model.parameters.count,
      tokens: config.training.steps * config.training.microBatches * config.training.batch * config.training.tokens,
      trainLoss: tail.isEmpty ? 0 : Statistics.mean(Array(tail)), validationLoss: evaluation.nats,
      meanPerplexity: evaluation.meanPerplexity,
      tokensPerSecond: speeds.isEmpty ? 0 : Statistics.median(speeds),
      peakBytes: Int(log.series("memory/arrays_bytes").map(\.value).max() ?? 0))
  }
}
