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
    var judged: [Verdict: Tally] = [:]
    let images = Dictionary(uniqueKeysWithValues: try context.store.images().map { ($0.id, $0) })
    try context.store.forEachRejectedRegion { region in
      guard let image = images[region.image], let justified = truth.justifies(region, image) else { return }
      judged[region.verdict, default: Tally()].add(justified)
    }
    var asked: [JudgedQuestion] = []
    var answered = 0
    var kept = Tally(), easy = Tally()
    try context.store.forEachHistory(.identityWithVotes) { history in
      let question = history.work.question
      if question.state == .rejected, let justified = truth.justifies(history.work) {
        judged[question.verdict, default: Tally()].add(justified)
      }
      guard [.none, .agreement, .oneTeacher].contains(question.verdict), !history.votes.isEmpty else { return }
      answered += 1
      guard let answer = truth.answer(history.work) else { return }
      let result = JudgedQuestion(history, truth: answer)
      if history.item?.state == .done { kept.add(result.isRight) }
      if history.item?.verdict == .easy { easy.add(result.isRight) }
      asked.append(result)
    }
    filters = Verdict.allCases.compactMap { verdict in
      judged[verdict].map { Filter(verdict: verdict, justified: $0.proportion) }
    }
    unjudged = answered - asked.count
    labels = (Dimension.allCases.map { Optional($0) } + [nil]).map { dimension in
      Self.labels(asked.filter { dimension == nil || $0.dimension == dimension }, name: dimension?.rawValue ?? "all")
    }
    thresholds = Self.thresholds(asked)
    (self.kept, self.easy) = (kept.proportion, easy.proportion)
  }

  private static func labels(_ asked: [JudgedQuestion], name: String) -> Labels {
    func share(_ trials: (JudgedQuestion) -> Bool, _ successes: (JudgedQuestion) -> Bool) -> Proportion {
      Proportion(asked.filter { trials($0) && successes($0) }.count, of: asked.filter(trials).count)
    }
    let paired = asked.filter(\.isPaired)
    return Labels(
      dimension: name, direct: asked.reduce(Tally()) { $0 + $1.full }.proportion,
      directMajority: share({ $0.wasSeenWhole }, { $0.isMajorityOnFullRight }),
      region: asked.reduce(Tally()) { $0 + $1.crop }.proportion, consensus: share({ $0.isAgreed }, { $0.isRight }),
      yield: share({ _ in true }, { $0.isAgreed }),
      gap: paired.isEmpty
        ? nil : PairedAccuracy(paired.map { ($0.isMajorityRight, $0.isMajorityOnFullRight, $0.image) }))
  }

  private static func thresholds(_ asked: [JudgedQuestion]) -> [Threshold] {
    let total = asked.map(\.votes).max() ?? 0
    guard total > 0 else { return [] }
    return ((total + 1) / 2...total).map { votes in
      let agreed = asked.filter { $0.majority >= votes }
      return Threshold(
        votes: votes, accuracy: Proportion(agreed.filter(\.isMajorityRight).count, of: agreed.count),
        yield: Proportion(agreed.count, of: asked.count))
    }
  }
}

/// Right ones of several.
private struct Tally {
  var right = 0
  var all = 0

  var proportion: Proportion { Proportion(right, of: all) }

  mutating func add(_ isRight: Bool) { self = self + Tally(right: isRight ? 1 : 0, all: 1) }

  static func + (a: Tally, b: Tally) -> Tally { Tally(right: a.right + b.right, all: a.all + b.all) }
}

/// What the truth says of a question and its votes: numbers only, since there is one of these for each question.
private struct JudgedQuestion {
  let dimension: Dimension
  /// Single answers on the crop, and on the full picture.
  let crop, full: Tally
  /// Whether it was answered on the full picture too, and whether the majority of those answers is right.
  let wasSeenWhole, isMajorityOnFullRight: Bool
  /// Whether both views have an answer: one whose calls failed says nothing about what can be seen in it.
  let isPaired: Bool
  /// The picture.
  let image: String
  /// Whether the answer was agreed on, and whether the answer is right.
  let isAgreed, isRight: Bool
  /// Votes on the crop, those of the largest group, and whether that group is right.
  let votes, majority: Int
  let isMajorityRight: Bool

  init(_ history: QuestionHistory, truth: (text: String, dimension: Dimension)) {
    func isRight(_ answer: String) -> Bool { AnswerRelation(answer, truth.text) == .same }
    func single(_ view: VoteRecord.View) -> Tally {
      history.votes.filter { $0.view == view && $0.problem.isEmpty }.reduce(into: Tally()) { $0.add(isRight($1.text)) }
    }
    func clustering(_ view: VoteRecord.View) -> AnswerClustering {
      AnswerClustering(votes: history.votes.filter { $0.view == view }.map { $0.text.isEmpty ? nil : $0.text })
    }
    dimension = truth.dimension
    (crop, full) = (single(.crop), single(.full))
    wasSeenWhole = history.votes.contains { $0.view == .full }
    isMajorityOnFullRight = isRight(clustering(.full).majority?.text ?? "")
    isPaired = [.crop, .full].allSatisfy { view in history.votes.contains { $0.view == view && $0.problem.isEmpty } }
    image = history.work.image.id
    isAgreed = history.work.question.state == .done
    self.isRight = isRight(history.work.question.answer)
    let clusters = clustering(.crop)
    votes = clusters.voteCount
    majority = clusters.majority?.votes.count ?? 0
    isMajorityRight = isRight(clusters.majority?.text ?? "")
  }
}
