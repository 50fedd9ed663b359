// The complete description of one language-model run: data, model, training, evaluation. Defaults live here and only
// here; a YAML file under Configs/moda is a patch.
import Foundation
public import Lab
public import NN
public import Tensor

/// The configuration of a `moda-lm` run.
public struct LanguageModelConfig: ExperimentConfig {
  /// Seeds initial values and the order of batches.
  public var seed: UInt64 = 1
  /// A run or a Hugging Face folder whose newest weights training begins with; the optimiser is new. The model and the
  /// tokenizer are then its own, whatever `model` and `data.tokenizer` say. Empty for values drawn from the seed.
  public var start = ""
  /// Text and tokenizer.
  public var data = DataConfig()
  /// The decoder.
  public var model = ModelConfig()
  /// The training loop.
  public var training = TrainingConfig()
  /// Held-out evaluation and the sample of text in the report.
  public var evaluation = EvaluationConfig()

  /// The defaults: a small baseline on the committed sample.
  public static let base = LanguageModelConfig()

  /// A run of a few seconds.
  public static var smoke: LanguageModelConfig {
    var config = base
    config.data.domains = ["books", "computing"]
    config.data.tokenizer = .bytes
    config.model.width = 32
    config.model.blocks = 2
    config.model.queryHeads = 2
    config.model.keyHeads = 1
    config.model.headWidth = 16
    config.model.hidden = 64
    config.model.context = 64
    config.training.steps = 20
    config.training.batch = 4
    config.training.tokens = 64
    config.training.saveEvery = 10
    config.training.evaluateEvery = 10
    config.training.schedule = .cosine(warmup: 5, floor: 0.1)
    config.evaluation.maximumTokens = 1024
    config.evaluation.sampleTokens = 32
    return config
  }

  /// Checks what types cannot express.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    for problem in model.problems { check.report(problem, prefix: "model") }
    for problem in trainerSettings.problems { check.report(problem, prefix: "training") }
    check.require(training.batch >= 1, "training.batch", expected: "at least 1", got: training.batch)
    check.require(training.tokens >= 1, "training.tokens", expected: "at least 1", got: training.tokens)
    check.require(
      !start.isEmpty || training.tokens <= model.context, "training.tokens",
      expected: "at most model.context (\(model.context))",
      got: training.tokens)
    check.require(
      training.keepCheckpoints >= 1, "training.keepCheckpoints", expected: "at least 1",
      got: training.keepCheckpoints)
    check.require(model.isCausal, "model.isCausal", expected: "true for a language model", got: model.isCausal)
    if case .train(let vocabulary) = data.tokenizer {
      check.require(
        vocabulary >= 257 && vocabulary <= 65_536, "data.tokenizer.train.vocabulary", expected: "257 to 65536",
        got: vocabulary)
    }
    try check.finish()
  }

  /// What the trainer needs of this.
  var trainerSettings: TrainerSettings {
    TrainerSettings(
      steps: training.steps, microBatches: training.microBatches, precision: training.precision.available,
      learningRate: training.learningRate,
      schedule: training.schedule, clipNorm: training.clipNorm, evaluateEvery: training.evaluateEvery,
      saveEvery: training.saveEvery)
  }
}

/// Where text comes from and how it becomes tokens.
public struct DataConfig: Codable, Equatable, Sendable {
  /// A folder with `<domain>/{train,validation}.jsonl`, relative to the working directory.
  public var source = "Data/sample"
  /// Domains to use; empty for all.
  public var domains: [String] = []
  /// The tokenizer.
  public var tokenizer = TokenizerConfig.train(vocabulary: 4096)
  /// Where trained tokenizers and token shards are kept between runs.
  public var cache = "Data/cache/prepared"
}

/// The tokenizer of a run.
public enum TokenizerConfig: ConfigChoice, Equatable, Sendable {
  /// Trained on the training split.
  case train(vocabulary: Int)
  /// A Hugging Face `tokenizer.json`.
  case file(path: String)
  /// One token for each byte.
  case bytes

  /// Each case with its defaults.
  public static let defaults: [TokenizerConfig] = [
    .train(vocabulary: 4096), .file(path: "Data/cache/tokenizers/allenai_dolma2.json"), .bytes,
  ]
}

/// The training loop.
public struct TrainingConfig: Codable, Equatable, Sendable {
  /// Optimiser steps.
  public var steps = 400
  /// Sequences of one micro-batch.
  public var batch = 8
  /// Micro-batches whose mean gradient makes one step.
  public var microBatches = 1
  /// Tokens of one sequence, T.
  public var tokens = 256
  /// The number format in which products multiply: f32, or bf16 where the machine has it. Parameters, gradients, sums
  /// and evaluation are float32 either way.
  public var precision = Precision.float32
  /// Peak learning rate.
  public var learningRate: Float = 3e-3
  /// Learning rate over the run, relative to the peak.
  public var schedule = LearningRate.cosine(warmup: 40, floor: 0.1)
  /// The optimiser.
  public var optimizer = OptimizerKind.adamW()
  /// Largest global gradient norm.
  public var clipNorm: Float = 1
  /// Weight of `(log Z)²` in the loss.
  public var zLoss: Float = 0
  /// Steps between evaluations; 0 evaluates only at the end.
  public var evaluateEvery = 100
  /// Steps between checkpoints; 0 saves only at the end.
  public var saveEvery = 100
  /// Checkpoints that are kept.
  public var keepCheckpoints = 2
}

/// Held-out evaluation and the sample of text in the report.
public struct EvaluationConfig: Codable, Equatable, Sendable {
  /// The most tokens of one domain, 0 for all; evaluations within a run and at its end use the same.
  public var maximumTokens = 16_384
  /// The prompts of the report's samples.
  public var prompts = ["It is a truth universally acknowledged", "def read(path):"]
  /// Tokens of each sample.
  public var sampleTokens = 120
}

extension LearningRate: ConfigChoice {
  /// Each case with its defaults.
  public static let defaults: [LearningRate] = [.constant(), .cosine(), .linearDecay()]
}

extension OptimizerKind: ConfigChoice {
  /// Each case with its defaults.
  public static let defaults: [OptimizerKind] = [.adamW(), .muon()]
}

extension PositionEncoding: ConfigChoice {
  /// Each case with its defaults.
  public static let defaults: [PositionEncoding] = [.rotary(base: 10_000), .none]
}

extension DepthWindow: ConfigChoice {
  /// Each case with its defaults.
  public static let defaults: [DepthWindow] = [
    .all, .last(slots: 16), .top(slots: 8), .lastAndTop(last: 4, top: 4),
  ]
}
