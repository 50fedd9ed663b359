// Tasks scored by a model: batches of documents, results kept on the way, progress.
// Not here: tables and files of the outcome (TaskEvaluation+Report.swift).
public import Foundation
public import Lab
import Logging
import NN
import Tensor
import Text

/// The evaluation of a model on downstream tasks.
public struct TaskEvaluation: Codable, Sendable, Equatable {
  /// What the model is called.
  public let model: String
  /// The most tokens that it reads.
  public let context: Int
  /// The seed of generated tasks.
  public let seed: UInt64
  /// The scores, in the order of the tasks.
  public let tasks: [TaskScore]
  /// Texts whose likelihood was computed in this call.
  public let requests: Int
  /// Seconds that tokens and likelihoods took in this call.
  public let seconds: Double

  /// Documents that are scored, and kept, together.
  static let batch = 128

  /// Scores tasks.
  ///
  /// - Parameters:
  ///   - evaluated: the model.
  ///   - tasks: what is asked.
  ///   - seed: recorded in the result.
  ///   - items: the file of results of single documents, whose results of an earlier call are taken; nil for none.
  ///   - console: shows the progress.
  /// - Throws: ``TaskError``; what was scored before is in the file.
  public static func run(
    _ evaluated: EvaluatedModel, tasks: [DownstreamTask], seed: UInt64, items: URL? = nil, console: Console
  ) throws -> TaskEvaluation {
    let context = evaluated.model.config.context
    let log = try items.map {
      try ItemLog(
        $0,
        header: .init(model: evaluated.digest, tokenizer: String(evaluated.tokenizer.fingerprint), context: context))
    }
    let encoder = RequestEncoder(evaluated.tokenizer, context: context, prefix: evaluated.prefix)
    let scorer = RequestScorer(evaluated.model)
    let total = tasks.reduce(0) { $0 + $1.documents.count }
    var bar = ProgressBar(
      "evaluate", total: max(1, total), unit: "requests", console: console, log: console.logger(label: "evaluate"))
    defer { bar.finish() }
    var done = 0, requests = 0
    var seconds = 0.0
    var scores: [TaskScore] = []
    for task in tasks where !task.documents.isEmpty {
      var results: [ItemResult] = []
      for first in stride(from: 0, to: task.documents.count, by: batch) {
        let part = Array(task.documents[first..<min(task.documents.count, first + batch)])
        var known = part.map { log?.result(task, $0) }
        if known.contains(where: { $0 == nil }) {
          // Also those that are known: in the same company they get the same bits as before.
          let start = console.time.seconds()
          let scored = try score(part, of: task, encoder: encoder, scorer: scorer)
          seconds += console.time.seconds() - start
          requests += part.reduce(0) { $0 + $1.texts.count }
          try log?.append(zip(known, scored).compactMap { $0 == nil ? $1 : nil })
          known = zip(known, scored).map { $0 ?? $1 }
        }
        results += known.compactMap { $0 }
        done += part.count
        bar.update(done: done, amount: Double(requests))
      }
      scores.append(TaskScore(task, results))
    }
    return TaskEvaluation(
      model: evaluated.label, context: context, seed: seed, tasks: scores, requests: requests, seconds: seconds)
  }

  /// The results of some documents.
  ///
  /// - Throws: ``TaskError/cannotScore(task:document:expected:got:)``.
  static func score(
    _ documents: [TaskDocument], of task: DownstreamTask, encoder: RequestEncoder, scorer: RequestScorer
  ) throws(TaskError) -> [ItemResult] {
    var requests: [EncodedRequest] = []
    for document in documents {
      for text in document.texts {
        switch encoder.encode(text) {
        case .success(let request): requests.append(request)
        case .failure(let problem):
          let (expected, got) = problem.parts
          throw .cannotScore(task: task.name, document: document.number, expected: expected, got: got)
        }
      }
    }
    let values = scorer.score(requests)
    var first = 0
    var results: [ItemResult] = []
    for document in documents {
      let range = first..<first + document.texts.count
      first = range.upperBound
      for value in values[range] where !value.isFinite {
        throw .cannotScore(
          task: task.name, document: document.number, expected: "a finite log-likelihood", got: "\(value)")
      }
      results.append(
        ItemResult(
          task, document, logLikelihoods: Array(values[range]),
          tokens: requests[range].prefix(document.choices.count).map(\.continuation.count)))
    }
    return results
  }

  /// Scored texts a second in this call.
  public var requestsPerSecond: Double { seconds > 0 ? Double(requests) / seconds : 0 }

  /// The plain mean of the tasks' accuracies, as the paper's Table 4 has it.
  public var mean: Double { Statistics.mean(tasks.map(\.accuracy)) }

  /// The plain mean of what guessing gives.
  public var meanChance: Double { Statistics.mean(tasks.map(\.chance)) }
}
