// Grading the records of a run, apart from asking; a judge only where it is allowed, and each use of it on record.
// Not here: the rules (Grading), figures over many items (BenchSummary.swift).

public import Chat

/// What a record counts as.
public enum BenchVerdict: String, CaseIterable, Codable, Hashable, Sendable {
  /// It says the truth.
  case correct
  /// It says something else.
  case wrong
  /// It gives no answer that could be read.
  case unparsed
  /// Rules leave it open, and no judge decided. It does not count as right.
  case undecided
  /// There is no reply. It counts as neither right nor wrong.
  case error
}

/// A graded record.
public struct BenchScore: Codable, Hashable, Sendable {
  /// The question.
  public var unit: BenchUnit
  /// What it counts as.
  public var verdict: BenchVerdict
  /// What rules said.
  public var grade: Grade
  /// Who decided: `rules`, or the name of the judge.
  public var judgeSource: String
  /// The judge's raw reply; empty if there was none.
  public var judgeReply: String

  /// A graded record.
  public init(
    unit: BenchUnit, verdict: BenchVerdict, grade: Grade, judgeSource: String = "rules", judgeReply: String = ""
  ) {
    self.unit = unit
    self.verdict = verdict
    self.grade = grade
    self.judgeSource = judgeSource
    self.judgeReply = judgeReply
  }

  enum CodingKeys: String, CodingKey {
    case unit, verdict, grade
    case judgeSource = "judge_source"
    case judgeReply = "judge_reply"
  }
}

/// Grades records.
public struct BenchScorer: Sendable {
  private let judge: (any ChatModel)?
  /// Replies that a judge is asked for until one says Yes or No.
  private static let tries = 3

  /// A scorer; without a judge, what rules leave open stays undecided.
  public init(judge: (any ChatModel)?) { self.judge = judge }

  /// The score of a record. A judge is asked only about open answers that rules leave open.
  public func score(_ record: BenchRecord, of item: BenchItem) async -> BenchScore {
    guard record.error.isEmpty else {
      return BenchScore(
        unit: record.unit, verdict: .error, grade: Grade(outcome: .unparsed, answer: "", rule: .none))
    }
    let grade = ReplyGrammar.grade(record.reply, against: ViewMaker.key(item, rotation: record.unit.rotation))
    let verdict: BenchVerdict =
      switch grade.outcome {
      case .correct: .correct
      case .wrong: .wrong
      case .unparsed: .unparsed
      case .needsJudge: .undecided
      }
    guard verdict == .undecided, item.format == .open, let judge else {
      return BenchScore(unit: record.unit, verdict: verdict, grade: grade)
    }
    return await judged(record, item, grade, judge)
  }

  private func judged(
    _ record: BenchRecord, _ item: BenchItem, _ grade: Grade, _ judge: any ChatModel
  ) async -> BenchScore {
    // The judge sees the extracted answer on one line: a reply cannot talk it over.
    let answer = grade.answer.split(whereSeparator: \.isNewline).joined(separator: " ")
    let text = """
      Does the reply give the same answer to the question as the truth? Other words for the same thing are the same; \
      another thing, number or reading is not.
      Question: \(item.question)
      Answer: \(item.answer)
      Reply: \(answer)

      Say <answer>Yes</answer> or <answer>No</answer>.
      """
    let request = ChatRequest(
      purpose: TeacherPurpose.judge.rawValue, messages: [ChatMessage(.user, [.text(text)])],
      sampling: ChatSampling(temperature: 0, maxTokens: 512))
    var score = BenchScore(unit: record.unit, verdict: .undecided, grade: grade, judgeSource: judge.name)
    do {
      let (isSame, reply) = try await ReplyForm.yesOrNo.asked(of: judge, request, tries: Self.tries, at: judge.name)
      score.judgeReply = String(reply.text.prefix(2000))
      score.verdict = isSame ? .correct : .wrong
    } catch {
      score.judgeReply = "error: \(error)"
    }
    return score
  }

  /// The scores of all records, in the order of the items.
  ///
  /// - Parameters:
  ///   - concurrency: most calls to the judge at once.
  ///   - progress: told after each record.
  public func scores(
    _ records: [BenchUnit: BenchRecord], items: [BenchItem], concurrency: Int = 4,
    progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) async -> [BenchScore] {
    let places = Dictionary(items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sorted = records.values.compactMap { record in places[record.unit.item].map { ($0, record) } }
      .sorted { a, b in
        (a.0, a.1.unit.view.rawValue, a.1.unit.rotation, a.1.unit.sample)
          < (b.0, b.1.unit.view.rawValue, b.1.unit.rotation, b.1.unit.sample)
      }
    return await withTaskGroup(of: (Int, BenchScore).self) { group in
      var scores = [BenchScore?](repeating: nil, count: sorted.count)
      var next = 0
      func start() {
        guard next < sorted.count else { return }
        let (index, (place, record)) = (next, sorted[next])
        next += 1
        group.addTask { (index, await score(record, of: items[place])) }
      }
      for _ in 0..<max(1, concurrency) { start() }
      var done = 0
      while let (index, score) = await group.next() {
        scores[index] = score
        done += 1
        progress(done)
        start()
      }
      return scores.compactMap { $0 }
    }
  }
}
