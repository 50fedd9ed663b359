// Grading of replies: the whole table, hostile replies, limits.
// Not here: the table (ReplyTable.swift).

import Testing
import TestSupport
import ZoomDistill

@Suite("Reply grammar")
struct ReplyGrammarTests {
  static let table = ReplyCase.choice + ReplyCase.open

  @Test("the table has at least 200 rows and every outcome in both formats")
  func size() {
    #expect(Self.table.count >= 200)
    let outcomes = Set(Self.table.map { "\($0.key.format) \($0.outcome)" })
    #expect(outcomes.count == 7, "\(outcomes)")
  }

  @Test("every row of the table is graded as it must be")
  func rows() {
    for row in Self.table {
      let grade = ReplyGrammar.grade(row.reply, against: row.key)
      #expect(
        grade.outcome == row.outcome,
        "truth '\(row.key.answer)', options \(row.key.options), reply '\(row.reply)': \(grade)")
    }
  }

  @Test("a question of choice never needs a judge, and only the right letter is right")
  func choiceNeedsNoJudge() {
    let options = ["red", "blue", "green", "dark red"]
    for row in Self.table where row.key.format == .choice && row.key.options == options {
      for truth in ["A", "B", "C", "D"] {
        let grade = ReplyGrammar.grade(
          row.reply,
          against: AnswerKey(
            question: "", answer: truth, options: options, format: .choice))
        #expect(grade.outcome != .needsJudge)
        #expect((grade.outcome == .correct) == (grade.answer == truth && grade.rule != .none), "\(row.reply): \(grade)")
      }
    }
  }

  @Test("no reply crashes the grammar")
  func garbage() {
    let pieces = [
      "<answer>", "</answer>", "<think>", "</think>", "\\boxed{", "}", "{", "answer is", "Answer:", "A", "(B)", "C.",
      "I",
      " ", "\n", "**", "9", "1,000", "-", ".", "'", "\"", "°", "$", "é", "\u{0}", "🦊", "三", "or", "not", "hundred", "a",
      "the", "red", "%", "\\", "<", ">", "½", "²",
    ]
    forAll(300) { random, seed in
      let text = (0..<Int.random(in: 0...24, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let grades = [AnswerFormat.choice, .open].map { format in
        ReplyGrammar.grade(
          text,
          against: AnswerKey(
            question: text, answer: "A", options: format == .choice ? ["red", text] : [],
            format: format))
      }
      #expect(grades[0].outcome != .needsJudge, "seed \(seed): \(text)")
      #expect(AnswerNormalization.form(of: text) == AnswerNormalization.form(of: text), "seed \(seed)")
    }
  }

  @Test("a reply of megabytes is read from its end")
  func huge() {
    let key = AnswerKey(question: "", answer: "B", options: ["red", "blue"], format: .choice)
    let long = String(repeating: "blah A ", count: 1_000_000)
    #expect(ReplyGrammar.grade(long + "<answer>B</answer>", against: key).outcome == .correct)
    #expect(ReplyGrammar.grade(String(repeating: "<answer>", count: 100_000), against: key).outcome == .unparsed)
    #expect(ReplyGrammar.grade(String(repeating: "<", count: 1_000_000), against: key).outcome == .unparsed)
    #expect(ReplyGrammar.grade(String(repeating: "\\boxed{", count: 100_000), against: key).outcome == .unparsed)
    #expect(
      ReplyGrammar.grade(
        String(repeating: "a ", count: 400),
        against: AnswerKey(
          question: "", answer: "a", format: .open)
      ).outcome == .unparsed)
  }

  @Test("letters are read where options are unknown")
  func unknownOptions() {
    let key = AnswerKey(question: "", answer: "E", format: .choice)
    #expect(ReplyGrammar.grade("<answer>E</answer>", against: key).outcome == .correct)
    #expect(ReplyGrammar.grade("D", against: key).outcome == .wrong)
    #expect(ReplyGrammar.grade("X", against: key).outcome == .unparsed)
  }

  @Test("the extracted answer names its source")
  func sources() {
    let cases: [(String, String, ExtractedAnswer.Source)] = [
      ("x <answer>a\nb</answer> y", "a\nb", .tag), ("\\boxed{a{b}c}", "a{b}c", .boxed),
      ("The answer is: seven", "seven", .phrase), ("one\n\ntwo\n", "two", .line), ("", "", .none),
      ("<answer> </answer>", "", .none),
    ]
    for (reply, text, source) in cases {
      #expect(ReplyGrammar.extract(from: reply) == ExtractedAnswer(text: text, source: source), "\(reply)")
    }
  }
}
