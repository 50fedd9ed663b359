// A teacher that sees nothing and always says the same: its replies are drawn from the digest of what it was asked.
// Not here: serving it, and the faults (TeacherServer.swift).
import Foundation
import Lab
import TestSupport
import ZoomDistill

/// Replies to every ``TeacherPurpose``, as a function of text, pictures and seed alone.
struct StubTeacher: Sendable {
  /// Replies of a hundred that are garbage.
  var garbage = 0
  /// Purposes for which samples below a number are garbage.
  var garbled: [TeacherPurpose: Int] = [:]
  /// What it names in a picture, instead of names of its own.
  var names: [String] = []
  /// Added to its questions.
  var questionMark = ""
  /// Its answer to every question, instead of one of its own.
  var answer = ""

  /// What a request is for, by the words of the built-in prompts.
  static func purpose(_ text: String) -> TeacherPurpose? {
    TeacherPurpose.allCases.first { purpose in
      let wording = PromptLibrary.standard.texts[purpose, default: ""].prefix(30).prefix { $0 != "{" }
      return !wording.isEmpty && text.hasPrefix(wording)
    }
  }

  /// A number below `count` that depends on pieces alone.
  static func draw(_ count: Int, _ pieces: [String]) -> Int {
    (Int(ContentName.of(pieces).prefix(12), radix: 16) ?? 0) % count
  }

  /// The rest of the first line that begins with a mark.
  static func line(_ mark: String, in text: String) -> String {
    text.split(separator: "\n").first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) } ?? ""
  }

  func reply(to chat: ScriptedChat) -> String {
    guard let purpose = Self.purpose(chat.text) else { return "no such purpose" }
    let pictures = chat.images.map { ContentName.of(bytes: $0.bytes) }
    let seed = String(chat.seed)
    func draw(_ count: Int, _ salt: String) -> Int {
      Self.draw(count, [salt, chat.model, chat.text, seed] + pictures)
    }
    if draw(100, "garbage") < garbage || chat.seed < garbled[purpose, default: 0] {
      return ["", "\u{FFFD}\u{0}]][[", "I cannot help.", "VALID: perhaps", "[[[[{"][draw(5, "kind")]
    }
    let question = Self.line("Question: ", in: chat.text)
    switch purpose {
    case .list: return list(pictures.first ?? "")
    case .ground:
      let kind = draw(12, "boxes")
      return kind == 0
        ? "[]" : "```json\n[\((0..<(kind == 1 ? 2 : 1)).map { box($0, draw) }.joined(separator: ", "))]\n```"
    case .ask: return draw(9, "none") == 0 ? "[]" : questions(pictures.first ?? "")
    case .validate: return draw(8, "valid") == 0 ? "VALID: No\nREASON: two of them" : "VALID: Yes\nREASON: clear"
    case .answer:
      let right = answer.isEmpty ? String(Self.draw(90, ["answer", question]) + 10) : answer
      return "<answer>\(draw(14, "wrong") == 0 ? "7" : right)</answer>"
    case .cluster: return "CLUSTER: 1\nCLUSTER: 2"
    case .distract:
      let answer = Self.line("Answer: ", in: chat.text)
      let wrong = (1...4).map { "\"\(100 + 7 * draw(50, "option") + $0)\"" }
      return "[\"\(draw(3, "same") == 0 ? answer : "6")\", \(wrong.joined(separator: ", "))]"
    case .solve: return "<answer>\(["A", "B", "C", "D"][draw(4, "letter")])</answer>"
    case .classify: return "<answer>\(Dimension.allCases[draw(6, "dimension")].rawValue)</answer>"
    case .judge: return "<answer>Yes</answer>"
    }
  }

  private func list(_ picture: String) -> String {
    let own = ["red kettle", "blue clock", "brass lamp", "tin box"].map { "\($0) \(picture.prefix(4))" }
    return (names.isEmpty ? own : names).enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")
  }

  private func box(_ number: Int, _ draw: (Int, String) -> Int) -> String {
    let (left, top) = (draw(780, "left\(number)"), draw(780, "top\(number)"))
    let (width, height) = (100 + draw(100, "width\(number)"), 100 + draw(100, "height\(number)"))
    return #"{"box": [\#(left), \#(top), \#(left + width), \#(top + height)], "score": 0.\#(70 + draw(29, "score"))}"#
  }

  private func questions(_ picture: String) -> String {
    let texts = ["How many dots has", "Which number is written on", "How many dots has"].map {
      ScriptedAnswer.quoted("\($0) plate \(picture.prefix(6))?\(questionMark)")
    }
    let different = ScriptedAnswer.quoted("Which number is engraved below plate \(picture.prefix(6))?\(questionMark)")
    return "[{\"question\": \(texts[0])}, {\"question\": \(texts[1])}, {\"question\": \(different)}]"
  }
}
