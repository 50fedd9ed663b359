// When votes make an answer.
// Not here: asking for votes (AnswerStage.swift), which votes say the same (Grading).

/// The rule by which votes make an answer.
package struct Agreement: Sendable {
  /// Least share of all votes, missing ones included.
  package var share: Double
  /// Whether each teacher must be among those who agree.
  package var fromEveryTeacher: Bool

  package init(share: Double, fromEveryTeacher: Bool) {
    self.share = share
    self.fromEveryTeacher = fromEveryTeacher
  }

  /// What the votes amount to.
  package struct Outcome: Equatable, Sendable {
    /// The answer of the largest group; empty without one.
    package var answer: String
    /// Its votes.
    package var agreed: Int
    /// `none` if it is the answer, the reason against it otherwise, `error` if missing votes could still decide.
    package var verdict: Verdict
  }

  /// Votes needed of `count`.
  package func needed(of count: Int) -> Int { Int((share * Double(count) - 1e-9).rounded(.up)) }

  /// Judges votes.
  ///
  /// - Parameters:
  ///   - clustering: the votes in groups.
  ///   - teachers: the teacher of each vote.
  ///   - missing: votes that brought no reply.
  package func outcome(_ clustering: AnswerClustering, teachers: [String], missing: Int) -> Outcome {
    let needed = needed(of: clustering.voteCount)
    guard let majority = clustering.majority else {
      let largest = clustering.clusters.first?.votes.count ?? 0
      return Outcome(answer: "", agreed: 0, verdict: largest + missing >= needed ? .error : .agreement)
    }
    let agreed = majority.votes.count
    guard agreed >= needed else {
      return Outcome(answer: majority.text, agreed: agreed, verdict: agreed + missing >= needed ? .error : .agreement)
    }
    let all = Set(teachers), contributing = Set(majority.votes.map { teachers[$0] })
    guard !fromEveryTeacher || contributing == all else {
      return Outcome(answer: majority.text, agreed: agreed, verdict: missing > 0 ? .error : .oneTeacher)
    }
    return Outcome(answer: majority.text, agreed: agreed, verdict: .none)
  }
}
