// Two or more runs side by side: losses paired by window of held-out text, so that small differences can be told from
// noise. Not here: the document that shows it (ComparisonReport.swift).
public import Foundation
public import Lab

/// Why runs cannot be compared.
public enum ComparisonError: LabError {
  /// Fewer than two runs.
  case tooFew(Int)
  /// The runs were evaluated on different windows.
  case differentText(first: String, second: String, reason: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .tooFew(let count): "compare: expected two or more runs, got \(count)."
    case .differentText(let first, let second, let reason):
      "\(first) and \(second) were evaluated on different text: \(reason). "
        + "Runs pair only with the same data, tokenizer, training.tokens and evaluation.maximumTokens."
    }
  }
}

/// Finished runs whose held-out losses pair window by window; the first is the reference.
public struct Comparison {
  /// One run of a comparison.
  public struct Member {
    /// What the run is called, from its configuration.
    public let label: String
    /// The run's record.
    public let record: RunRecord
    /// Its configuration.
    public let config: LanguageModelConfig
    /// The model's configuration with its vocabulary.
    public let model: ModelConfig
    /// Its summary.
    public let summary: LanguageModelSummary
    /// Its held-out losses.
    public let evaluation: Evaluation
    /// Its samples of text.
    public let samples: [TextSample]
  }

  /// The loss of one run minus that of the reference, on the same windows.
  public struct Difference: Codable, Sendable {
    /// A domain, or `all`.
    public let domain: String
    /// Mean loss of the reference, in nats a token.
    public let reference: Double
    /// Mean loss of the other run.
    public let value: Double
    /// The paired difference, other minus reference: negative is better.
    public let paired: PairedDifference
  }

  /// The runs, reference first.
  public let members: [Member]

  /// Reads and pairs runs.
  ///
  /// - Parameter directories: two or more run directories, the reference first.
  /// - Throws: `ComparisonError`, `BundleError`, `RunError`.
  public init(_ directories: [URL]) throws {
    guard directories.count >= 2 else { throw ComparisonError.tooFew(directories.count) }
    var members: [Member] = []
    var corpora: [String] = []
    for directory in directories {
      let record = try RunRecord(directory)
      let file = try EvaluationFile.read(directory)
      let config = try Run.storedConfig(LanguageModelConfig.self, in: directory).value
      let model = try JSONDecoder().decode(
        ModelConfig.self, from: Data(contentsOf: directory.appending(path: RunArtifacts.model)))
      members.append(
        Member(
          label: model.label, record: record, config: config, model: model,
          summary: try record.summary(LanguageModelSummary.self), evaluation: file.evaluation,
          samples: try Samples.read(directory)))
      corpora.append(file.corpus)
    }
    for index in 1..<members.count {
      let (first, other) = (members[0], members[index])
      func refuse(_ reason: String) -> ComparisonError {
        .differentText(first: first.record.name, second: other.record.name, reason: reason)
      }
      if corpora[index] != corpora[0] { throw refuse("the tokens differ") }
      if other.evaluation.length != first.evaluation.length { throw refuse("the windows' lengths differ") }
      if other.evaluation.domains.map(\.windows.count) != first.evaluation.domains.map(\.windows.count) {
        throw refuse("the numbers of windows differ")
      }
    }
    self.members = Self.withDistinctLabels(members)
  }

  private static func withDistinctLabels(_ members: [Member]) -> [Member] {
    members.enumerated().map { index, member in
      let twins = members.filter { $0.label == member.label }
      guard twins.count > 1 else { return member }
      let seeds = Set(twins.map(\.config.seed))
      let suffix = seeds.count == twins.count ? "seed \(member.config.seed)" : member.record.name
      return Member(
        label: "\(member.label), \(suffix)", record: member.record, config: member.config, model: member.model,
        summary: member.summary, evaluation: member.evaluation, samples: member.samples)
    }
  }

  /// Paired differences of one member against the reference: all windows, then each domain with two windows or more.
  public func differences(of member: Member) -> [Difference] {
    let reference = members[0].evaluation.domains, other = member.evaluation.domains
    func difference(_ name: String, _ a: [Double], _ b: [Double]) -> Difference {
      Difference(
        domain: name, reference: Statistics.mean(a), value: Statistics.mean(b),
        paired: Statistics.pairedDifference(b, a))
    }
    return [difference("all", reference.flatMap(\.windows), other.flatMap(\.windows))]
      + zip(reference, other).filter { $0.0.windows.count > 1 }.map {
        difference($0.domain, $0.windows, $1.windows)
      }
  }
}

extension ModelConfig {
  /// A short name for tables: the mechanism, what of it is not the paper's, and the norm placement unless it is pre-norm.
  public var label: String {
    var parts: [String] =
      switch (mechanism, depth.writers) {
      case (.residual, _): ["baseline"]
      case (.dense, _), (.attention, _): [mechanism.rawValue]
      case (.moda, .attention): ["MoDA", "depth KV"]
      case (.moda, .separateAttentionAndFeedForward): ["MoDA", "separate KV"]
      case (.moda, _): ["MoDA"]
      }
    if slotCount > 0 {
      switch depth.window {
      case .all: break
      case .last(let slots): parts.append("last \(slots)")
      case .top(let slots): parts.append("top \(slots)")
      case .lastAndTop(let last, let top): parts.append("last \(last) and top \(top)")
      }
      switch depth.softmax {
      case .joint: break
      case .separate: parts.append("separate softmax")
      case .gated: parts.append("gated")
      }
      if depth.detached { parts.append("detached") }
      if depth.chunk > 1 { parts.append("chunks of \(depth.chunk)") }
    }
    if normalization != .pre { parts.append("\(normalization.rawValue)-norm") }
    return parts.joined(separator: ", ")
  }
}
