// Votes on one question grouped by what they say, with the majority and what rules alone cannot decide.
// Not here: asking a text model about the open pairs (the consensus stage).

/// Votes that say the same.
public struct AnswerCluster: Codable, Hashable, Sendable {
  /// The normal form of the first vote.
  public var form: String
  /// The most frequent way in which it was written; the earliest of several.
  public var text: String
  /// Positions of its votes, ascending.
  public var votes: [Int]
}

/// Two clusters that may be one.
public struct OpenPair: Codable, Hashable, Sendable {
  /// Index of the larger cluster.
  public var first: Int
  /// Index of the smaller cluster.
  public var second: Int
  /// Why rules cannot tell.
  public var doubt: AnswerDoubt

  /// A pair.
  public init(first: Int, second: Int, doubt: AnswerDoubt) {
    self.first = first
    self.second = second
    self.doubt = doubt
  }
}

/// Votes on one question, clustered.
///
/// A missing vote is nil; so is a vote without a visible character. Missing votes belong to no cluster but count in the
/// denominator of ``share``: an error is never agreement.
public struct AnswerClustering: Codable, Hashable, Sendable {
  /// Clusters, largest first; of equal size, the one with the earliest vote first.
  public private(set) var clusters: [AnswerCluster]
  /// Pairs of clusters that may be one, in the order of ``clusters``.
  public private(set) var open: [OpenPair]
  /// Votes in all, missing ones included.
  public let voteCount: Int
  private let votes: [String]
  private let includesWording: Bool

  /// Clusters votes by their normal form.
  ///
  /// - Parameters:
  ///   - votes: the answers, nil where there is none.
  ///   - includesWording: whether pairs of unrelated words, which may be synonyms, are open too.
  public init(votes: [String?], includesWording: Bool = false) {
    voteCount = votes.count
    self.votes = votes.map { $0 ?? "" }
    self.includesWording = includesWording
    let answers = self.votes.map { AnalyzedAnswer($0) }
    var groups: [[Int]] = []
    for (index, answer) in answers.enumerated() where !answer.form.isEmpty {
      if let group = groups.firstIndex(where: { AnswerRelation(answers[$0[0]], answer) == .same }) {
        groups[group].append(index)
      } else {
        groups.append([index])
      }
    }
    clusters = []
    open = []
    arrange(groups)
  }

  /// The largest cluster; nil if there is none, or if another is as large.
  public var majority: AnswerCluster? {
    guard let first = clusters.first, clusters.count == 1 || clusters[1].votes.count < first.votes.count else {
      return nil
    }
    return first
  }

  /// Votes of the majority over all votes, missing ones included; 0 without a majority.
  public var share: Double { voteCount > 0 ? Double(majority?.votes.count ?? 0) / Double(voteCount) : 0 }

  /// Joins clusters as a text model says, but only along open pairs: no model may make one of `3` and `4`.
  ///
  /// - Parameter groups: indices into ``clusters`` that belong together; unknown ones are ignored.
  public func joining(_ groups: [[Int]]) -> AnswerClustering {
    var owner = Array(clusters.indices)
    func root(_ index: Int) -> Int { owner[index] == index ? index : root(owner[index]) }
    for group in groups {
      let members = Set(group)
      for pair in open where members.contains(pair.first) && members.contains(pair.second) {
        let (a, b) = (root(pair.first), root(pair.second))
        owner[max(a, b)] = min(a, b)
      }
    }
    var joined: [Int: [Int]] = [:]
    for index in clusters.indices { joined[root(index), default: []] += clusters[index].votes }
    var result = self
    result.arrange(joined.sorted { $0.key < $1.key }.map { $0.value.sorted() })
    return result
  }

  private mutating func arrange(_ groups: [[Int]]) {
    let sorted = groups.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    clusters = sorted.map { group in
      var counts: [String: Int] = [:]
      for index in group { counts[Self.trimmed(votes[index]), default: 0] += 1 }
      let most = counts.values.max() ?? 0
      let text = group.map { Self.trimmed(votes[$0]) }.first { counts[$0] == most } ?? ""
      return AnswerCluster(form: AnswerNormalization.form(of: votes[group[0]]), text: text, votes: group)
    }
    let answers = clusters.map { AnalyzedAnswer($0.text) }
    open = []
    for first in answers.indices {
      for second in answers.indices where second > first {
        guard case .open(let doubt) = AnswerRelation(answers[first], answers[second]),
          doubt != .wording || includesWording
        else { continue }
        open.append(OpenPair(first: first, second: second, doubt: doubt))
      }
    }
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
