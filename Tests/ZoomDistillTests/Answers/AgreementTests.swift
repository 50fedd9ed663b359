// When votes make an answer, against counting on the fingers.
// Not here: which votes say the same (Grading).
import TestSupport
import Testing
import ZoomDistill

@Suite("Agreement")
struct AgreementTests {
  @Test("the votes needed are the fewest that reach the share", arguments: 1...16)
  func needed(count: Int) {
    for percent in 51...100 {
      let rule = Agreement(share: Double(percent) / 100, fromEveryTeacher: false)
      let naive = (0...count).first { 100 * $0 >= percent * count }
      #expect(rule.needed(of: count) == naive, "\(percent) % of \(count)")
    }
  }

  /// What the votes would amount to with every possible value of the missing ones.
  private func possible(_ votes: [String?], _ teachers: [String], _ rule: Agreement) -> Set<Verdict> {
    guard let missing = votes.firstIndex(of: nil) else {
      return [rule.outcome(AnswerClustering(votes: votes), teachers: teachers, missing: 0).verdict]
    }
    return ["1", "2", "3"].reduce(into: Set<Verdict>()) { all, value in
      var filled = votes
      filled[missing] = value
      all.formUnion(possible(filled, teachers, rule))
    }
  }

  @Test("missing votes that could still decide are an error, and never a decision that they could turn")
  func missing() {
    forAll(300, seed: 11) { random, seed in
      let count = Int.random(in: 1...8, using: &random)
      let teachers = (0..<count).map { $0 < (count + 1) / 2 ? "a" : "b" }
      let votes = (0..<count).map { _ -> String? in
        switch Int.random(in: 0..<8, using: &random) {
        case 0: nil
        case 1: "2"
        case 2: "3"
        default: "1"
        }
      }
      guard votes.count(where: { $0 == nil }) <= 4 else { return }
      let rule = Agreement(
        share: [0.51, 0.6, 0.75, 1].randomElement(using: &random) ?? 1, fromEveryTeacher: Bool.random(using: &random))
      let outcome = rule.outcome(
        AnswerClustering(votes: votes), teachers: teachers, missing: votes.count { $0 == nil })
      let futures = possible(votes, teachers, rule)
      let note: Comment = "seed \(seed): \(votes) \(rule) \(outcome) \(futures)"
      switch outcome.verdict {
      case .none: #expect(futures == [.none], note)
      case .error: #expect(votes.contains(nil), note)
      default: #expect(!futures.contains(.none), note)
      }
      if futures.contains(.none), futures.count > 1 { #expect(outcome.verdict == .error, note) }
    }
  }

  @Test("one teacher alone is its own reason")
  func oneTeacher() {
    let votes: [String?] = ["5", "5", "5", "5", "5", "5", "7", "8"]
    let teachers = ["a", "a", "a", "a", "a", "a", "b", "b"]
    func verdict(_ every: Bool) -> Verdict {
      Agreement(share: 0.75, fromEveryTeacher: every).outcome(
        AnswerClustering(votes: votes), teachers: teachers, missing: 0
      ).verdict
    }
    #expect(verdict(true) == .oneTeacher)
    #expect(verdict(false) == .none)
    let none = Agreement(share: 0.75, fromEveryTeacher: true).outcome(
      AnswerClustering(votes: [nil, nil]), teachers: ["a", "b"], missing: 0)
    #expect(
      none.answer.isEmpty && none.agreed == 0 && none.verdict == .agreement, "unusable replies are no missing votes")
  }
}
