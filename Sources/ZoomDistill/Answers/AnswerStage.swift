// The third stage: answers of several teachers on the crop, and what they agree on.
// Not here: the rule (Agreement.swift), normal forms and groups (Grading).
import Chat
import Media

/// Answers one question at a time.
package struct AnswerStage: WorkStage {
  package let context: BuildContext

  package init(_ context: BuildContext) { self.context = context }

  package func open(limit: Int) throws(ZoomError) -> [QuestionWork] {
    guard !context.teachers.answerers.isEmpty else { throw .nobody(purpose: "answer") }
    return try context.store.openQuestions(limit: limit)
  }

  package func work(on unit: QuestionWork) async throws -> (QuestionRecord, [VoteRecord]) {
    var question = unit.question
    let crop = try context.crop(of: unit.region)
    let votes = try await self.votes(on: question, .crop, crop, region: "")
    let problems = votes.map(\.problem).filter { !$0.isEmpty }
    let clustering = try await clustered(votes, question.text)
    let config = context.config.answers
    let outcome = Agreement(share: config.agreement, fromEveryTeacher: config.fromEveryTeacher).outcome(
      clustering, teachers: votes.map(\.teacher), missing: problems.count)
    (question.answer, question.agreed, question.votes) = (outcome.answer, outcome.agreed, votes.count)
    question.verdict = outcome.verdict
    switch outcome.verdict {
    case .none: (question.state, question.reason) = (.done, "")
    case .error:
      question.state = .failed
      question.reason =
        "\(problems.count) of \(votes.count) votes are missing: " + Set(problems).sorted().joined(separator: ", ")
    default:
      question.state = .rejected
      question.reason =
        outcome.verdict == .oneTeacher ? "one teacher alone" : "\(outcome.agreed) of \(votes.count) agree"
    }
    if question.state == .done { question.dimension = try await dimension(of: question) }
    guard context.config.answers.measuresDirect else { return (question, votes) }
    let loaded = try context.load(unit.image)
    let region = BuildContext.regionLine(unit.region.box, in: loaded.image.size)
    return (question, votes + (try await self.votes(on: question, .full, loaded.sent, region: region)))
  }

  package func commit(_ outcome: (QuestionRecord, [VoteRecord])) throws(ZoomError) {
    try context.store.save(outcome.0, outcome.1)
  }

  package func hasFailed(_ outcome: (QuestionRecord, [VoteRecord])) -> Bool { outcome.0.state == .failed }

  package func fail(_ unit: QuestionWork, reason: String) throws(ZoomError) {
    var question = unit.question
    (question.state, question.verdict, question.reason) = (.failed, .error, reason)
    try context.store.save(question, [])
  }

  /// All samples of all answering teachers. A call that failed is a missing vote, never text.
  private func votes(
    on question: QuestionRecord, _ view: VoteRecord.View, _ image: ChatImage, region: String
  ) async throws -> [VoteRecord] {
    var votes: [VoteRecord] = []
    for role in context.teachers.answerers {
      for sample in 0..<context.config.answers.perTeacher {
        var vote = VoteRecord(
          question: question.id, view: view, teacher: role.model, sample: sample, text: "", problem: "")
        do {
          vote.text = try await context.teachers.read(
            .answer, ["question": question.text, "region": region], images: [image], sample: sample, role: role,
            as: .answer)
        } catch let error where error == .cancelled || error.isFatal {
          throw error
        } catch {
          vote.problem = error.kind
        }
        votes.append(vote)
      }
    }
    return votes
  }

  /// Groups by rules, then, where rules leave pairs open and somebody is named for it, by a text model.
  private func clustered(_ votes: [VoteRecord], _ question: String) async throws -> AnswerClustering {
    let asks = context.teachers.serves(.cluster)
    let clustering = AnswerClustering(votes: votes.map { $0.text.isEmpty ? nil : $0.text }, includesWording: asks)
    guard asks, !clustering.open.isEmpty else { return clustering }
    let answers = clustering.clusters.enumerated().map { "\($0.offset + 1). \($0.element.text)" }
    return clustering.joining(
      try await context.teachers.read(
        .cluster, ["question": question, "answers": answers.joined(separator: "\n")], as: .groups(of: answers.count)))
  }

  private func dimension(of question: QuestionRecord) async throws -> String {
    guard context.teachers.serves(.classify) else { return Dimension(question: question.text).rawValue }
    return try await context.teachers.read(
      .classify, ["question": question.text, "answer": question.answer], as: .dimension
    ).rawValue
  }
}
