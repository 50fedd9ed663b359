// The table of replies with the outcome that each must have: its form and its reader.
// Not here: the rows (ReplyTable+Choice.swift, ReplyTable+Open.swift), the test (ReplyGrammarTests.swift).

import Testing
import ZoomDistill

/// One row of the table.
struct ReplyCase: CustomTestStringConvertible {
  var outcome: GradeOutcome
  var key: AnswerKey
  var reply: String

  var testDescription: String { "\(key.answer) | \(reply.prefix(60))" }

  /// Rows of the form `outcome ¦ truth ¦ reply`; `⏎` is a line break, `␠` a space at an end.
  ///
  /// A line `options ¦ red ¦ blue …` sets the options of the rows below it (none: open answers), a line
  /// `question ¦ …` their question.
  static func rows(_ table: String) -> [ReplyCase] {
    var options: [String] = []
    var question = "What is it?"
    return table.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "¦", omittingEmptySubsequences: false).map { cell in
        String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
          .split(separator: "⏎", omittingEmptySubsequences: false).joined(separator: "\n")
          .split(separator: "␠", omittingEmptySubsequences: false).joined(separator: " ")
      }
      switch cells[0] {
      case "options":
        options = cells.dropFirst().filter { !$0.isEmpty }
        return nil
      case "question":
        question = cells[1]
        return nil
      default:
        guard cells.count == 3, let outcome = GradeOutcome(rawValue: cells[0]) else {
          Issue.record("not a row: \(line)")
          return nil
        }
        let key = AnswerKey(
          question: question, answer: cells[1], options: options, format: options.isEmpty ? .open : .choice)
        return ReplyCase(outcome: outcome, key: key, reply: cells[2])
      }
    }
  }
}
