// The text of a query as files carry it: placeholders, the question, lines of options.
// Not here: the prompt that a model gets (ViewMaker.swift).

import Foundation

/// A query taken apart.
struct QueryText: Equatable {
  /// The question alone.
  var question: String
  /// The options of lines `A. …`, `B. …` and so on at the end; empty without them.
  var options: [String]
  /// `<image>` placeholders.
  var placeholders: Int

  /// Takes a query apart. Options are the last run of lines that begin with `A.`, `(A)`, `A)` or `A:`, counted up
  /// without a gap, two or more; what follows them (an instruction to answer with a letter) is dropped.
  init(_ query: String) {
    placeholders = query.components(separatedBy: "<image>").count - 1
    let lines = query.replacing("<image>", with: "").split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).map { $0.trimmingCharacters(in: .whitespaces) }
    var first = lines.count
    options = []
    for start in lines.indices.reversed() where Self.label(lines[start]) == 0 {
      var found: [String] = []
      for line in lines[start...] where !line.isEmpty {
        guard Self.label(line) == found.count, found.count < AnswerKey.mostOptions else { break }
        found.append(Self.text(line))
      }
      guard found.count > 1 else { continue }
      (first, options) = (start, found)
      break
    }
    let kept = lines[..<first].reversed().drop {
      $0.isEmpty || $0.lowercased() == "options:" || $0.lowercased() == "choices:"
    }
    question = kept.reversed().joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The query of a question and its options, one a line.
  static func query(_ question: String, options: [String]) -> String {
    ([question] + options.enumerated().map { "\(AnswerKey.letter($0.offset)). \($0.element)" }).joined(separator: "\n")
  }

  private static func mark(_ line: String) -> (letter: Character, rest: Substring)? {
    var rest = Substring(line)
    let isBracketed = rest.first == "("
    if isBracketed { rest = rest.dropFirst() }
    guard let letter = rest.first, letter.isASCII, letter.isUppercase else { return nil }
    rest = rest.dropFirst()
    guard let mark = rest.first, isBracketed ? mark == ")" : ".):".contains(mark) else { return nil }
    rest = rest.dropFirst()
    return rest.isEmpty || rest.first == " " || rest.first == "\t" ? (letter, rest) : nil
  }

  /// The index of the letter that begins a line of an option.
  private static func label(_ line: String) -> Int? {
    mark(line).flatMap { ReplyGrammar.index(of: $0.letter, count: AnswerKey.mostOptions) }
  }

  private static func text(_ line: String) -> String {
    mark(line).map { $0.rest.trimmingCharacters(in: .whitespaces) } ?? line
  }
}
