// Held-out perplexity of a run's model, on its own text or another's.
public import Foundation
public import Lab
import Logging
import NN
import Tensor
import Text

/// The evaluation of a trained model.
public struct ModelEvaluation {
  /// The losses.
  public let evaluation: Evaluation
  private let label: String
  private let corpus: String

  /// Evaluates the newest checkpoint of a run.
  ///
  /// - Parameters:
  ///   - directory: the run.
  ///   - data: a corpus folder; the run's own if nil.
  ///   - maximumTokens: the most tokens of one domain, 0 for all; the run's setting if nil.
  ///   - threads: 0 leaves the choice to the machine.
  ///   - console: shows the progress.
  /// - Throws: `BundleError`, errors of corpus and checkpoint.
  public static func run(
    _ directory: URL, data: String? = nil, maximumTokens: Int? = nil, threads: Int = 0, console: Console
  ) throws -> ModelEvaluation {
    if threads > 0 { Runtime.configure(threads: threads) }
    let bundle = try ModelBundle(run: directory)
    var source = bundle.config.data
    if let data {
      source.source = data
      source.domains = []
    }
    let corpus = try TokenizedCorpus.prepare(source, tokenizer: bundle.tokenizer)
    let length = min(bundle.config.training.tokens, bundle.model.config.context)
    let evaluator = Evaluator(
      corpus, length: length, batch: bundle.config.training.batch,
      maximumTokens: maximumTokens ?? bundle.config.evaluation.maximumTokens)
    let log = console.logger(label: "evaluate")
    var bar = ProgressBar(
      "evaluate", total: max(1, evaluator.windowCount), unit: "tokens", console: console, log: log)
    let evaluation = evaluator.evaluate(bundle.model, step: bundle.step) {
      bar.update(done: $0, amount: Double($0 * length))
    }
    bar.finish()
    return ModelEvaluation(
      evaluation: evaluation, label: "\(bundle.model.config.label), step \(bundle.step)", corpus: corpus.fingerprint)
  }

  /// The table by domain.
  public var table: Report {
    let rows: [[Table.Cell]] = evaluation.domains.map { domain in
      [
        .init(stringLiteral: domain.domain), .integer(domain.tokens), .number(domain.nats, decimals: 4),
        .number(domain.perplexity, decimals: 2), .number(domain.bitsPerByte, decimals: 3),
      ]
    }
    let total: [Table.Cell] = [
      "all tokens", .integer(evaluation.domains.reduce(0) { $0 + $1.tokens }), .number(evaluation.nats, decimals: 4),
      .number(evaluation.perplexity, decimals: 2), "",
    ]
    let mean: [Table.Cell] = ["mean of domains", "", "", .number(evaluation.meanPerplexity, decimals: 2), ""]
    return Report(
      title: label,
      blocks: [
        .table(
          Table(
            columns: [
              .text("domain"), .number("tokens"), .number("nats/token"), .number("perplexity"), .number("bits/byte"),
            ], rows: rows + [total, mean]))
      ])
  }

  /// Writes the losses of every window as JSON.
  ///
  /// - Throws: `FileError`.
  public func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(EvaluationFile(corpus: corpus, evaluation: evaluation)), to: file)
  }
}
