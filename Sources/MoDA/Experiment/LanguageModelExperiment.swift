// The language model as an experiment: what `moda-lm train`, `resume`, `dry-run`, `config` and `report` do.
// Not here: the commands that need no configuration (Sources/Experiments/moda-lm).
import Foundation
public import Lab
import NN
import Tensor
import Text

/// Training a decoder language model, with or without mixture-of-depths attention.
public enum LanguageModelExperiment: ResumableExperiment {
  /// Run directories lie under `Runs/moda-lm`.
  public static let name = "moda-lm"
  /// One line for the help.
  public static let abstract = "Trains a decoder language model, with or without mixture-of-depths attention."
  /// What a newcomer should know.
  public static let discussion = """
    Text comes from a folder with <domain>/train.jsonl and <domain>/validation.jsonl; the committed sample \
    Data/sample is the default. A tokenizer is trained on it once and kept. The baseline is the default model; \
    --set model.depth.writers=attentionAndFeedForward makes it MoDA. Two runs with the same seed see the same \
    batches and start from the same values in every parameter that they share.

    EXAMPLES:
      moda-lm train --config Configs/moda/quickstart.yaml
      moda-lm train --config Configs/moda/quickstart.yaml --set model.depth.writers=attentionAndFeedForward
      moda-lm train --smoke --out Runs/first-look

    Ctrl-C finishes the step, saves and prints the command that continues; a killed run continues from its last \
    checkpoint with `moda-lm resume RUN`.
    """
  /// The names of the commands.
  public static let verbs = ExperimentVerbs(run: "train")
  /// What may change when a run goes on.
  public static let keysThatMayChange = [
    "training.steps", "training.evaluateEvery", "training.saveEvery", "training.keepCheckpoints", "evaluation",
  ]

  /// Trains from the start.
  public static func run(_ config: LanguageModelConfig, in run: Run) throws -> LanguageModelSummary {
    try train(config, in: run)
  }

  /// Trains on from the newest checkpoint.
  public static func resume(_ config: LanguageModelConfig, in run: Run) throws -> LanguageModelSummary {
    try train(config, in: run)
  }

  private static func train(_ config: LanguageModelConfig, in run: Run) throws -> LanguageModelSummary {
    let training = try LanguageModelRun(config, in: run)
    let summary = try training.train()
    try Samples.write(training.model, tokenizer: training.corpus.tokenizer, config: config, in: run)
    return summary
  }

  /// Sizes, operations, memory, and the time that a run would take, measured on shallow copies of the model.
  public static func dryRun(_ config: LanguageModelConfig, threads: Int) throws -> Report {
    if threads > 0 { Runtime.configure(threads: threads) }
    return try DryRun(config).report
  }

  /// The report of one run, or the comparison of several that are finished.
  public static func report(_ runs: [RunRecord]) throws -> Report {
    guard runs.count == 1 else { return try Comparison(runs.map(\.directory)).report }
    var report = Report(of: runs)
    let samples = try Samples.read(runs[0].directory)
    if !samples.isEmpty {
      report.append(.heading("Samples"))
      for sample in samples { report.append(.code("[\(sample.prompt)]\(sample.text)")) }
    }
    if let tasks = try TaskEvaluation.latest(in: runs[0].directory) {
      report.append(.heading("Downstream tasks"))
      for block in tasks.report.blocks { report.append(block) }
    }
    return report
  }
}
