// What the finished runs of a study say: losses by arm, contrasts with their intervals, verdicts.
// Not here: tables and pages (StudyReport.swift).
import Foundation
public import Lab

/// The finished runs of a study.
public struct StudyResults {
  /// One finished run.
  public struct Member {
    /// Which run it is.
    public let run: StudyRun
    /// Its folder.
    public let record: RunRecord
    /// The model with its vocabulary.
    public let model: ModelConfig
    /// Its summary.
    public let summary: LanguageModelSummary
    /// Its held-out losses.
    public let evaluation: Evaluation
  }

  /// The value of a contrast.
  public struct Value: Sendable {
    /// What was asked.
    public let contrast: StudyContrast
    /// Its value for each seed of which all arms are finished, in nats a token.
    public let bySeed: [(seed: UInt64, value: Double)]
    /// The mean over seeds.
    public let mean: Double
    /// The 95 % interval over seeds by Student's t; nil with one seed.
    public let seedInterval: Interval?
    /// The 95 % bootstrap interval over held-out windows of the mean over seeds: the choice of text, not of seeds.
    public let textInterval: Interval

    /// A value of a contrast.
    package init(
      contrast: StudyContrast, bySeed: [(seed: UInt64, value: Double)], seedInterval: Interval?, textInterval: Interval
    ) {
      self.contrast = contrast
      self.bySeed = bySeed
      mean = Statistics.mean(bySeed.map(\.value))
      self.seedInterval = seedInterval
      self.textInterval = textInterval
    }

    /// Standard error over seeds; nil with one.
    public var standardError: Double? {
      bySeed.count > 1 ? Statistics.standardError(bySeed.map(\.value)) : nil
    }

    /// How the expectation fared.
    public enum Verdict: String, Sendable {
      /// As expected, and the interval excludes zero.
      case held
      /// The other way, and the interval excludes zero.
      case opposite
      /// The interval contains zero.
      case undecided
      /// Nothing was expected.
      case measured
    }

    /// Judged by the interval over seeds from three seeds on, by that over text with fewer.
    public var verdict: Verdict {
      guard contrast.expects != .open else { return .measured }
      let interval = judging
      if interval.contains(0) { return .undecided }
      return (interval.upper < 0) == (contrast.expects == .negative) ? .held : .opposite
    }

    /// The interval that the verdict uses.
    public var judging: Interval { bySeed.count >= 3 ? seedInterval ?? textInterval : textInterval }
  }

  /// The study.
  public let config: StudyConfig
  /// Finished runs in the order of the plan.
  public let members: [Member]
  /// All runs of the study.
  public let planned: Int

  /// Reads the finished runs of a plan.
  ///
  /// - Throws: ``StudyError``, ``ComparisonError`` if they were evaluated on different text, `RunError`.
  public init(_ plan: StudyPlan) throws {
    config = plan.config
    planned = plan.runs.count
    var members: [Member] = []
    var corpus = ""
    for run in plan.runs where try run.state() == .finished {
      let record = try RunRecord(run.directory)
      let file = try EvaluationFile.read(run.directory)
      let model = try JSONDecoder().decode(
        ModelConfig.self, from: Data(contentsOf: run.directory.appending(path: RunArtifacts.model)))
      if let first = members.first {
        let sameWindows = first.evaluation.domains.map(\.windows.count) == file.evaluation.domains.map(\.windows.count)
        guard file.corpus == corpus, sameWindows, file.evaluation.length == first.evaluation.length else {
          throw ComparisonError.differentText(
            first: first.run.name, second: run.name,
            reason: file.corpus == corpus ? "the windows differ" : "the tokens differ")
        }
      }
      corpus = file.corpus
      members.append(
        Member(
          run: run, record: record, model: model, summary: try record.summary(LanguageModelSummary.self),
          evaluation: file.evaluation))
    }
    guard !members.isEmpty else { throw StudyError.nothingFinished(runs: plan.config.runs) }
    self.members = members
  }

  /// The finished runs of an arm, by seed.
  public func members(of arm: String) -> [Member] {
    members.filter { $0.run.arm.name == arm }.sorted { $0.run.seed < $1.run.seed }
  }

  /// Held-out losses of an arm by seed.
  public func losses(of arm: String) -> [Double] { members(of: arm).map { $0.evaluation.nats } }

  /// The values of all contrasts that at least one seed answers.
  public var values: [Value] { config.contrasts.compactMap(value) }

  private func value(_ contrast: StudyContrast) -> Value? {
    let arms = contrast.plus + contrast.minus
    let seeds = Set(members.map(\.run.seed)).sorted().filter { seed in
      arms.allSatisfy { arm in members.contains { $0.run.arm.name == arm && $0.run.seed == seed } }
    }
    guard !seeds.isEmpty else { return nil }
    var windows: [Double] = []
    var bySeed: [(seed: UInt64, value: Double)] = []
    for seed in seeds {
      let values = windowValues(contrast, seed: seed)
      windows = windows.isEmpty ? values : zip(windows, values).map { $0 + $1 }
      bySeed.append((seed, Statistics.mean(values)))
    }
    let means = windows.map { $0 / Double(seeds.count) }
    return Value(
      contrast: contrast, bySeed: bySeed,
      seedInterval: bySeed.count > 1 ? Statistics.meanInterval(bySeed.map(\.value)) : nil,
      textInterval: Statistics.bootstrapInterval(means, resamples: 2_000))
  }

  /// The contrast on every held-out window, for one seed.
  private func windowValues(_ contrast: StudyContrast, seed: UInt64) -> [Double] {
    func windows(_ arm: String) -> [Double] {
      members.first { $0.run.arm.name == arm && $0.run.seed == seed }?.evaluation.domains.flatMap(\.windows) ?? []
    }
    var sum = [Double](repeating: 0, count: members[0].evaluation.domains.reduce(0) { $0 + $1.windows.count })
    for arm in contrast.plus { for (index, value) in windows(arm).enumerated() { sum[index] += value } }
    for arm in contrast.minus { for (index, value) in windows(arm).enumerated() { sum[index] -= value } }
    return sum
  }

  /// The figures as rows of a results file.
  public var rows: [ResultRow] {
    var rows: [ResultRow] = []
    for arm in config.arms {
      let losses = losses(of: arm.name)
      guard !losses.isEmpty else { continue }
      let spread =
        losses.count > 1
        ? Statistics.meanInterval(losses) : Interval(lower: losses[0], upper: losses[0])
      rows.append(
        ResultRow(
          id: "moda.\(config.name).\(arm.name).loss", value: Statistics.mean(losses), unit: "nats", n: losses.count,
          spread: spread))
    }
    for value in values {
      let name = "\(value.contrast.plus.joined(separator: "+"))-minus-\(value.contrast.minus.joined(separator: "+"))"
      rows.append(
        ResultRow(
          id: "moda.\(config.name).\(name)", value: value.mean, unit: "nats", n: value.bySeed.count,
          spread: value.judging))
    }
    return rows
  }
}
