// How good the labels are, and each filter, and what the crop is worth: against a truth that no teacher saw.
// Not here: the truth itself (LabelTruth.swift), the page (Pages).
import Foundation
package import Lab
import Media

/// A share with its counts and its 95 % interval by Wilson.
package struct Proportion: Codable, Equatable, Sendable {
  package var successes: Int
  package var trials: Int
  package var share: Double
  package var interval: Interval

  package init(_ successes: Int, of trials: Int) {
    self.successes = successes
    self.trials = trials
    share = trials > 0 ? Double(successes) / Double(trials) : 0
    interval =
      trials > 0 ? Statistics.wilsonInterval(successes: successes, trials: trials) : Interval(lower: 0, upper: 1)
  }
}

/// Labels and filters against the truth.
package struct LabelStudy: Codable, Equatable, Sendable {
  /// What a filter rejected, and for how much of it the truth gives it reason.
  package struct Filter: Codable, Equatable, Sendable {
    package var verdict: Verdict
    package var justified: Proportion
  }

  /// Answers to the questions of one dimension that the truth can judge.
  package struct Labels: Codable, Equatable, Sendable {
    /// A name of a dimension, or `all`.
    package var dimension: String
    /// Single answers on the full picture with the region's coordinates.
    package var direct: Proportion
    /// The majority of those answers; without one it is wrong.
    package var directMajority: Proportion
    /// Single answers on the crop.
    package var region: Proportion
    /// Answers that the teachers agreed on.
    package var consensus: Proportion
    /// Questions that have such an answer, of all that were asked.
    package var yield: Proportion
    /// The majority on the crop against the majority on the full picture, question by question, clustered by picture;
    /// nil where the full picture was not asked about.
    package var gap: PairedAccuracy?
  }

  /// What another threshold would give.
  package struct Threshold: Codable, Equatable, Sendable {
    /// Votes that must agree.
    package var votes: Int
    /// Right answers among those that are agreed on.
    package var accuracy: Proportion
    /// Questions with such an answer.
    package var yield: Proportion
  }

  package var filters: [Filter]
  package var labels: [Labels]
  /// Questions with answers that the truth cannot judge; they are in no other figure.
  package var unjudged: Int
  package var thresholds: [Threshold]
  /// Right labels among the items that are kept, and among those dropped as too easy.
  package var kept: Proportion
  package var easy: Proportion

  /// The study of a build over the sign world, or over a list that tells the words of its pictures; nil for others, whose
  /// truth is not known.
  ///
  /// - Throws: ``ZoomError``, ``SignFolderError``.
  package static func ifKnown(_ context: BuildContext) throws -> LabelStudy? {
    switch context.config.images.source {
    case .signs:
      let truths = try SignFolder(context.folder.scenes).truths()
      let scenes = Dictionary(uniqueKeysWithValues: truths.map { ("\($0.id).png", $0) })
      return try LabelStudy(of: context, truth: SignLabelTruth(scenes: scenes))
    case .list(let path):
      let pictures = try WordedPicture.list(URL(fileURLWithPath: path))
      guard !pictures.isEmpty else { return nil }
      let words = Dictionary(pictures.map { ($0.path, $0.words) }, uniquingKeysWith: { first, _ in first })
      return try LabelStudy(of: context, truth: WordLabelTruth(words: words, crop: context.config.crop))
    case .folder: return nil
    }
  }

  /// Measures a build against a truth.
  ///
  /// - Throws: ``ZoomError``.
  init(of context: BuildContext, truth: some LabelTruth) throws {
    let images = Dictionary(uniqueKeysWithValues: try context.store.images().map { ($0.id, $0) })
    let work = try context.store.allQuestions()
    let votes = Dictionary(grouping: try context.store.votes(), by: \.question)
    let items = try context.store.items()

    var judged: [Verdict: [Bool]] = [:]
    for region in try context.store.regions() where region.state == .rejected {
      guard let image = images[region.image], let justified = truth.justifies(region, image) else { continue }
      judged[region.verdict, default: []].append(justified)
    }
    for unit in work where unit.question.state == .rejected {
      guard let justified = truth.justifies(unit) else { continue }
      judged[unit.question.verdict, default: []].append(justified)
    }
    filters = Verdict.allCases.compactMap { verdict in
      judged[verdict].map { Filter(verdict: verdict, justified: Proportion($0.filter { $0 }.count, of: $0.count)) }
    }

    let answered = work.filter {
      [.none, .agreement, .oneTeacher].contains($0.question.verdict) && votes[$0.question.id] != nil
    }
    let asked = answered.compactMap { unit -> AskedQuestion? in
      guard let answer = truth.answer(unit) else { return nil }
      return AskedQuestion(
        unit: unit, votes: votes[unit.question.id, default: []], truth: answer.text, dimension: answer.dimension)
    }
    unjudged = answered.count - asked.count
    labels = (Dimension.allCases.map { Optional($0) } + [nil]).map { dimension in
      Self.labels(asked.filter { dimension == nil || $0.dimension == dimension }, name: dimension?.rawValue ?? "all")
    }
    thresholds = Self.thresholds(asked)
    let right = Dictionary(
      asked.map { ($0.unit.question.id, $0.isRight($0.unit.question.answer)) }, uniquingKeysWith: { first, _ in first })
    func share(_ items: [ItemRecord]) -> Proportion {
      let known = items.compactMap { right[$0.id] }
      return Proportion(known.filter { $0 }.count, of: known.count)
    }
    kept = share(items.filter { $0.state == .done })
    easy = share(items.filter { $0.verdict == .easy })
  }

  private static func labels(_ asked: [AskedQuestion], name: String) -> Labels {
    func single(_ view: VoteRecord.View) -> Proportion {
      let all = asked.flatMap { question in
        question.votes.filter { $0.view == view && $0.problem.isEmpty }.map { question.isRight($0.text) }
      }
      return Proportion(all.filter { $0 }.count, of: all.count)
    }
    let direct = asked.filter { $0.votes.contains { $0.view == .full } }
    // A view whose calls failed says nothing about what can be seen in it.
    let paired = direct.filter { question in
      [.full, .crop].allSatisfy { view in question.votes.contains { $0.view == view && $0.problem.isEmpty } }
    }
    let done = asked.filter { $0.unit.question.state == .done }
    return Labels(
      dimension: name, direct: single(.full),
      directMajority: Proportion(direct.filter { $0.isRight($0.majority(.full)) }.count, of: direct.count),
      region: single(.crop),
      consensus: Proportion(done.filter { $0.isRight($0.unit.question.answer) }.count, of: done.count),
      yield: Proportion(done.count, of: asked.count),
      gap: paired.isEmpty
        ? nil
        : PairedAccuracy(
          paired.map { ($0.isRight($0.majority(.crop)), $0.isRight($0.majority(.full)), $0.unit.image.id) }))
  }

  private static func thresholds(_ asked: [AskedQuestion]) -> [Threshold] {
    let total = asked.map { $0.clustering(.crop).voteCount }.max() ?? 0
    guard total > 0 else { return [] }
    return ((total + 1) / 2...total).map { votes in
      let agreed = asked.filter { ($0.clustering(.crop).majority?.votes.count ?? 0) >= votes }
      return Threshold(
        votes: votes,
        accuracy: Proportion(agreed.filter { $0.isRight($0.majority(.crop)) }.count, of: agreed.count),
        yield: Proportion(agreed.count, of: asked.count))
    }
  }
}

/// A question that the truth can judge, with all its votes.
private struct AskedQuestion {
  let unit: QuestionWork
  let votes: [VoteRecord]
  let truth: String
  let dimension: Dimension

  func isRight(_ answer: String) -> Bool { AnswerRelation(answer, truth) == .same }

  func clustering(_ view: VoteRecord.View) -> AnswerClustering {
    AnswerClustering(votes: votes.filter { $0.view == view }.map { $0.text.isEmpty ? nil : $0.text })
  }

  func majority(_ view: VoteRecord.View) -> String { clustering(view).majority?.text ?? "" }
}
