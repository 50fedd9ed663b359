// The log-likelihoods of one document's choices, and which choice each metric takes.
// Not here: averages over documents (TaskScore.swift) and the file of results (ItemLog.swift).
import Foundation
import Lab

/// What a model gave to one document.
public struct ItemResult: Codable, Sendable, Equatable {
  /// The task's name.
  public let task: String
  /// The task's version.
  public let version: Int
  /// The document's number.
  public let document: Int
  /// A digest of the document's texts, by which a result is found again.
  public let content: String
  /// The kind of question; empty where there is one.
  public let group: String
  /// The index of the right choice.
  public let label: Int
  /// Log-likelihood of each choice, in nats.
  public let logLikelihoods: [Double]
  /// Tokens of each continuation.
  public let tokens: [Int]
  /// Characters of each continuation.
  public let characters: [Int]
  /// UTF-8 bytes of each continuation.
  public let bytes: [Int]
  /// Log-likelihood of each continuation behind the unconditional context; empty where the task has none.
  public let unconditional: [Double]

  /// A document's result.
  ///
  /// - Parameters:
  ///   - task: the document's task.
  ///   - document: the document.
  ///   - logLikelihoods: one for each of its texts, choices first.
  ///   - tokens: tokens of each choice's continuation.
  public init(_ task: DownstreamTask, _ document: TaskDocument, logLikelihoods: [Double], tokens: [Int]) {
    let count = document.choices.count
    precondition(
      logLikelihoods.count == document.texts.count && tokens.count == count,
      "ItemResult: \(logLikelihoods.count) log-likelihoods of \(document.texts.count) texts")
    self.task = task.name
    version = task.version
    self.document = document.number
    content = document.content
    group = document.group
    label = document.label
    self.logLikelihoods = Array(logLikelihoods.prefix(count))
    self.tokens = tokens
    characters = document.choices.map(\.characters)
    bytes = document.choices.map(\.bytes)
    unconditional = Array(logLikelihoods.dropFirst(count))
  }

  /// What the metric compares, for each choice; nil where the task does not have it.
  ///
  /// A continuation without characters counts as one of one character.
  public func scores(_ metric: RankingMetric) -> [Double]? {
    switch metric {
    case .sum: logLikelihoods
    case .perCharacter: zip(logLikelihoods, characters).map { $0 / Double(max(1, $1)) }
    case .perToken: zip(logLikelihoods, tokens).map { $0 / Double(max(1, $1)) }
    case .unconditional: unconditional.isEmpty ? nil : zip(logLikelihoods, unconditional).map { $0 - $1 }
    }
  }

  /// The choice that the metric takes: the best, of equal ones the first.
  public func choice(_ metric: RankingMetric) -> Int? {
    guard let scores = scores(metric) else { return nil }
    return scores.indices.dropFirst().reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
  }

  /// Whether another choice scores as well as the one that the metric takes.
  public func isTied(_ metric: RankingMetric) -> Bool {
    guard let scores = scores(metric), let best = scores.max() else { return false }
    return scores.count(where: { $0 == best }) > 1
  }

  /// Bits for each byte of the right continuation.
  public var bitsPerByte: Double { -logLikelihoods[label] / log(2) / Double(max(1, bytes[label])) }

  /// Whether lists fit each other, for results that were read.
  var isConsistent: Bool {
    let count = logLikelihoods.count
    return count >= 2 && (0..<count).contains(label) && tokens.count == count && characters.count == count
      && bytes.count == count && (unconditional.isEmpty || unconditional.count == count)
      && (logLikelihoods + unconditional).allSatisfy(\.isFinite)
  }
}

extension TaskDocument {
  /// A digest of the texts and the label.
  public var content: String {
    let parts = texts.flatMap { [$0.context, $0.continuation] } + ["\(label)"]
    // Lengths keep texts apart that only differ in where one ends.
    return StableHash.hex(parts.map { "\($0.utf8.count) \($0)" }.joined(separator: "\n"))
  }
}
