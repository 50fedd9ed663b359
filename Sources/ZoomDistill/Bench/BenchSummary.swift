// Figures of a scored run: accuracy, the zooming gap, evidence size, latency.
// Not here: comparing runs (BenchComparison.swift), the page (BenchReport.swift).

import Chat
public import Lab

/// Right answers among items.
public struct Accuracy: Codable, Equatable, Sendable {
  /// Items.
  public var count: Int
  /// Items that are right.
  public var correct: Int
  /// Wilson's interval at 95%; 0...1 without items.
  public var interval: Interval

  /// A proportion.
  public init(_ outcomes: [Bool]) {
    count = outcomes.count
    correct = outcomes.count { $0 }
    interval =
      outcomes.isEmpty
      ? Interval(lower: 0, upper: 1) : Statistics.wilsonInterval(successes: correct, trials: outcomes.count)
  }

  /// The proportion; 0 without items.
  public var value: Double { count > 0 ? Double(correct) / Double(count) : 0 }
}

/// What became of an item in a view, over the rotations of its options and the draws.
public struct ItemOutcome: Codable, Hashable, Sendable {
  /// Whether it counts as right: all rotations of a draw are right, in more than half of the draws.
  public var isRight: Bool
  /// The mean over rotations and draws.
  public var mean: Double
  /// The verdicts in the order of rotations, then draws.
  public var verdicts: [BenchVerdict]

  /// The outcome of some scores; nil if there are none, or one of them is an error.
  init?(_ scores: [BenchScore]) {
    guard !scores.isEmpty, !scores.contains(where: { $0.verdict == .error }) else { return nil }
    let sorted = scores.sorted { ($0.unit.sample, $0.unit.rotation) < ($1.unit.sample, $1.unit.rotation) }
    verdicts = sorted.map(\.verdict)
    mean = Double(verdicts.count { $0 == .correct }) / Double(verdicts.count)
    let draws = Dictionary(grouping: sorted, by: \.unit.sample).values.map { $0.allSatisfy { $0.verdict == .correct } }
    isRight = 2 * draws.count { $0 } > draws.count
  }
}

/// An item with its outcomes.
public struct ItemResult: Codable, Hashable, Sendable {
  /// The item's id.
  public var id: String
  /// Its picture, the cluster in resampling.
  public var image: String
  /// Its dimension, or its category where that names none.
  public var dimension: String
  /// Its evidence in tokens of the encoder; -1 without a box.
  public var evidenceTokens: Double
  /// Outcomes by the name of the view; views that failed or were not asked are missing.
  public var outcomes: [String: ItemOutcome]

  /// The outcomes of items.
  public static func results(
    _ items: [BenchItem], records: [BenchUnit: BenchRecord], scores: [BenchScore]
  ) -> [ItemResult] {
    var grouped: [String: [BenchView: [BenchScore]]] = [:]
    for score in scores { grouped[score.unit.item, default: [:]][score.unit.view, default: []].append(score) }
    var tokens: [String: Double] = [:]
    for record in records.values where record.evidenceTokens >= 0 { tokens[record.unit.item] = record.evidenceTokens }
    return items.compactMap { item in
      guard let views = grouped[item.id] else { return nil }
      let outcomes = views.compactMap { view, scores in ItemOutcome(scores).map { (view.rawValue, $0) } }
      let category = item.category.isEmpty ? "unlabelled" : item.category
      return ItemResult(
        id: item.id, image: item.image, dimension: item.dimension?.rawValue ?? category,
        evidenceTokens: tokens[item.id] ?? -1, outcomes: Dictionary(uniqueKeysWithValues: outcomes))
    }
  }

  func isRight(_ view: BenchView) -> Bool? { outcomes[view.rawValue]?.isRight }
}

/// Two conditions on the same items.
public struct PairedAccuracy: Codable, Equatable, Sendable {
  /// The 2×2 table.
  public var table: PairedOutcomes
  /// First minus second, in 0...1.
  public var difference: Double
  /// The bootstrap interval of the difference at 95%, clustered by picture; equal to the difference without items.
  public var interval: Interval
  /// McNemar's exact two-sided p-value.
  public var pValue: Double

  /// Compares outcomes of the same items.
  init(_ pairs: [(first: Bool, second: Bool, cluster: String)], resamples: Int = 10_000, seed: UInt64 = 0) {
    table = PairedOutcomes(pairs.map { (first: $0.first, second: $0.second) })
    difference = table.difference
    pValue = table.pValue
    interval = Interval(lower: difference, upper: difference)
    guard !pairs.isEmpty else { return }
    var numbers: [String: Int] = [:]
    let clusters = pairs.map { pair in
      let number = numbers[pair.cluster] ?? numbers.count
      numbers[pair.cluster] = number
      return number
    }
    interval = Statistics.bootstrapInterval(
      pairs.map { ($0.first ? 1 : 0) - ($0.second ? 1 : 0) }, clusters: clusters, resamples: resamples, seed: seed)
  }
}

/// The figures of one view.
public struct ViewSummary: Codable, Equatable, Sendable {
  /// The view.
  public var view: BenchView
  /// Over all items.
  public var micro: Accuracy
  /// The mean of the dimensions' accuracies.
  public var macro: Double
  /// By dimension.
  public var dimensions: [String: Accuracy]
  /// The mean over items of the share of rotations and draws that are right: differs from micro with circular options.
  public var mean: Double
  /// Records by verdict.
  public var verdicts: [String: Int]
  /// Records by the kind of their error.
  public var errors: [String: Int]
  /// Records that a judge was asked about.
  public var judged: Int
  /// Calls to the model for a question: mean.
  public var passes: Double
  /// Tokens of requests for a question: mean; 0 where nobody counted.
  public var promptTokens: Double
  /// Tokens of replies for a question: mean; 0 where nobody counted.
  public var completionTokens: Double
  /// Median time of a question in seconds; replies from caches and recordings do not count; -1 without others.
  public var medianSeconds: Double
  /// 95th percentile of the time of a question in seconds; -1 without timed replies.
  public var p95Seconds: Double
}

/// Accuracy of items whose evidence is about equally large.
public struct EvidenceBin: Codable, Equatable, Sendable {
  /// Least tokens.
  public var lower: Double
  /// Tokens that are too many.
  public var upper: Double
  /// Accuracy by the name of the view.
  public var accuracy: [String: Accuracy]
}

/// The figures of a run.
public struct BenchSummary: Codable, Equatable, Sendable {
  /// What the run belongs to.
  public var header: BenchHeader
  /// Items with a score in some view.
  public var items: Int
  /// Views in their order.
  public var views: [ViewSummary]
  /// Regional against global: `onlyFirst` are the items that zooming would fix. Nil unless both were asked.
  public var gap: PairedAccuracy?
  /// The gap of each dimension.
  public var gapByDimension: [String: PairedAccuracy]
  /// Accuracy by evidence size, in octaves of tokens.
  public var evidence: [EvidenceBin]

  /// Computes all figures.
  public init(
    header: BenchHeader, results: [ItemResult], records: [BenchUnit: BenchRecord], scores: [BenchScore]
  ) {
    self.header = header
    items = results.count
    let asked = Set(scores.map(\.unit.view))
    views = BenchView.allCases.filter(asked.contains).map { view in
      Self.summary(
        view, results, records.values.filter { $0.unit.view == view }, scores.filter { $0.unit.view == view })
    }
    gap = nil
    gapByDimension = [:]
    if asked.isSuperset(of: [.global, .regional]) {
      gap = Self.gap(results)
      for (dimension, part) in Dictionary(grouping: results, by: \.dimension) {
        gapByDimension[dimension] = Self.gap(part)
      }
    }
    evidence = Self.bins(results, views: views.map(\.view))
  }

  private static func gap(_ results: [ItemResult]) -> PairedAccuracy {
    PairedAccuracy(
      results.compactMap { result in
        guard let regional = result.isRight(.regional), let global = result.isRight(.global) else { return nil }
        return (regional, global, result.image)
      })
  }

  private static func summary(
    _ view: BenchView, _ results: [ItemResult], _ records: [BenchRecord], _ scores: [BenchScore]
  ) -> ViewSummary {
    let rated = results.filter { $0.isRight(view) != nil }
    let dimensions = Dictionary(grouping: rated, by: \.dimension).mapValues { part in
      Accuracy(part.compactMap { $0.isRight(view) })
    }
    let answered = records.filter(\.error.isEmpty)
    // Times that were measured now, not when a reply was first made.
    let times = answered.filter { ["server", "embedded"].contains($0.source) }.map(\.seconds)
    func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : Statistics.mean(values) }
    return ViewSummary(
      view: view, micro: Accuracy(rated.compactMap { $0.isRight(view) }),
      macro: mean(dimensions.values.map(\.value).sorted()),
      dimensions: dimensions, mean: mean(rated.compactMap { $0.outcomes[view.rawValue]?.mean }),
      verdicts: Dictionary(scores.map { ($0.verdict.rawValue, 1) }, uniquingKeysWith: +),
      errors: Dictionary(records.filter { !$0.error.isEmpty }.map { ($0.errorKind, 1) }, uniquingKeysWith: +),
      judged: scores.count { $0.judgeSource != "rules" }, passes: mean(answered.map { Double($0.passes) }),
      promptTokens: mean(answered.map { Double($0.usage.promptTokens) }),
      completionTokens: mean(answered.map { Double($0.usage.completionTokens) }),
      medianSeconds: times.isEmpty ? -1 : Statistics.median(times),
      p95Seconds: times.isEmpty ? -1 : Statistics.quantile(times, 0.95))
  }

  private static func bins(_ results: [ItemResult], views: [BenchView]) -> [EvidenceBin] {
    let sized = results.filter { $0.evidenceTokens > 0 }
    let grouped = Dictionary(grouping: sized) { Int(EvidenceScale.octave($0.evidenceTokens)) }
    return grouped.sorted { $0.key < $1.key }.map { octave, part in
      var accuracy: [String: Accuracy] = [:]
      for view in views { accuracy[view.rawValue] = Accuracy(part.compactMap { $0.isRight(view) }) }
      return EvidenceBin(
        lower: EvidenceScale.tokens(octave), upper: EvidenceScale.tokens(octave + 1), accuracy: accuracy)
    }
  }
}
