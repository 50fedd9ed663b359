// Accuracies of a task from the results of its documents, with what chance and sampling leave open.
// Not here: one document (ItemResult.swift), tables (TaskEvaluation+Report.swift).
public import Lab

/// An accuracy over documents.
public struct Accuracy: Codable, Sendable, Equatable {
  /// Right answers over documents.
  public let value: Double
  /// Standard error of the mean over documents.
  public let standardError: Double
  /// 95% interval of Wilson.
  public let interval: Interval
  /// Documents in which two choices scored best; the first of them counts.
  public let ties: Int

  /// The accuracy of outcomes.
  ///
  /// - Precondition: there is an outcome.
  public init(_ outcomes: [Bool], ties: Int = 0) {
    precondition(!outcomes.isEmpty, "Accuracy: no outcomes")
    let right = outcomes.count(where: { $0 })
    value = Double(right) / Double(outcomes.count)
    standardError = outcomes.count > 1 ? Statistics.standardError(outcomes.map { $0 ? 1 : 0 }) : 0
    interval = Statistics.wilsonInterval(successes: right, trials: outcomes.count)
    self.ties = ties
  }
}

/// The result of one task.
public struct TaskScore: Codable, Sendable, Equatable {
  /// The task's name.
  public let name: String
  /// The task's version.
  public let version: Int
  /// Documents.
  public let documents: Int
  /// The accuracy of guessing.
  public let chance: Double
  /// The metric that counts for averages.
  public let primary: RankingMetric
  /// The accuracy by each metric that the task has, by its name.
  public let accuracies: [String: Accuracy]
  /// Mean bits for each byte of the right continuations.
  public let bitsPerByte: Double
  /// The accuracy by the primary metric of each kind of question; empty where there is one kind.
  public let groups: [String: Accuracy]

  /// The score of a task from the results of its documents.
  ///
  /// - Precondition: there is a result.
  public init(_ task: DownstreamTask, _ items: [ItemResult]) {
    precondition(!items.isEmpty, "TaskScore: no results of \(task.name)")
    name = task.name
    version = task.version
    documents = items.count
    chance = task.chance
    primary = task.primary
    accuracies = Dictionary(
      uniqueKeysWithValues: RankingMetric.allCases.compactMap { metric in
        Self.accuracy(items, metric).map { (metric.rawValue, $0) }
      })
    bitsPerByte = Statistics.mean(items.map(\.bitsPerByte))
    let grouped = Dictionary(grouping: items.filter { !$0.group.isEmpty }, by: \.group)
    groups = grouped.compactMapValues { Self.accuracy($0, task.primary) }
  }

  /// The accuracy over documents that have the metric.
  private static func accuracy(_ items: [ItemResult], _ metric: RankingMetric) -> Accuracy? {
    let outcomes = items.compactMap { item in item.choice(metric).map { $0 == item.label } }
    guard !outcomes.isEmpty else { return nil }
    return Accuracy(outcomes, ties: items.count(where: { $0.isTied(metric) }))
  }

  /// The accuracy by the primary metric, by the plain sum where the task lacks it.
  public var accuracy: Double {
    (accuracies[primary.rawValue] ?? accuracies[RankingMetric.sum.rawValue])?.value ?? .nan
  }
}
