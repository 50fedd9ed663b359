// Where in a reply the answer stands: tags first, then a box, then `answer is`, then the last line.
// Not here: what the answer means (ReplyGrammar+Options.swift, ReplyGrammar+Open.swift).

import Foundation

/// The part of a reply that holds its answer.
public struct ExtractedAnswer: Codable, Hashable, Sendable {
  /// Where the answer stood.
  public enum Source: String, CaseIterable, Codable, Hashable, Sendable {
    /// Between `<answer>` and `</answer>`, or after the former to the end.
    case tag
    /// In `\boxed{…}`.
    case boxed
    /// After `answer is` or `answer:`.
    case phrase
    /// The last line, or the only one.
    case line
    /// There is none.
    case none
  }

  /// The answer without markup around it; empty for ``Source/none``.
  public var text: String
  /// Where it stood.
  public var source: Source

  /// An extracted answer.
  public init(text: String, source: Source) {
    self.text = text
    self.source = source
  }
}

extension ReplyGrammar {
  /// Most bytes of a reply that are looked at, from its end, where answers stand.
  static let replyLimit = 1 << 18

  private static let reasoningTags = ["think", "thinking", "thought", "reasoning"]

  /// The final answer of a reply, its reasoning left aside.
  ///
  /// The last complete `<answer>…</answer>` counts, over several lines if need be; a missing closing tag keeps
  /// everything after the opening one. Without tags the last `\boxed{…}` counts, then the last `answer is …` or
  /// `answer: …`, then the last line that is not empty.
  public static func extract(from reply: String) -> ExtractedAnswer {
    let body = withoutReasoning(reply)
    if let scoped = scoped(body) { return scoped }
    if let tail = answerPhrases(in: body, words: ["answer"]).last {
      return ExtractedAnswer(text: unwrapped(tail), source: .phrase)
    }
    guard let line = lines(body).last else { return ExtractedAnswer(text: "", source: .none) }
    return ExtractedAnswer(text: unwrapped(line), source: .line)
  }

  /// Whether a reply has a pair of answer tags, whatever stands between them.
  package static func hasAnswerTags(_ reply: String) -> Bool {
    let tags = MarkupScanner(withoutReasoning(reply)).tags(["answer"])
    return tags.contains { !$0.isClosing } && tags.contains(where: \.isClosing)
  }

  /// The answer in tags or in a box.
  static func scoped(_ body: String) -> ExtractedAnswer? {
    let scanner = MarkupScanner(body)
    guard let content = tagContent(scanner) else {
      return scanner.lastBoxed().map { ExtractedAnswer(text: unwrapped($0), source: .boxed) }
    }
    let inner = MarkupScanner(content).lastBoxed() ?? content
    let text = unwrapped(inner)
    return ExtractedAnswer(text: text, source: text.isEmpty ? .none : .tag)
  }

  private static func tagContent(_ scanner: MarkupScanner) -> String? {
    let tags = scanner.tags(["answer"])
    if let close = tags.lastIndex(where: \.isClosing) {
      let open = tags[..<close].last { !$0.isClosing }
      return scanner.text((open?.range.upperBound ?? 0)..<tags[close].range.lowerBound)
    }
    guard let last = tags.last else { return nil }
    let rest = scanner.text(last.range.upperBound..<scanner.bytes.count)
    if !isBlank(rest) { return withoutPartialTag(rest) }
    // An opening tag where the closing one belongs.
    guard tags.count > 1 else { return rest }
    return scanner.text(tags[tags.count - 2].range.upperBound..<last.range.lowerBound)
  }

  /// Drops a closing tag that the end of the reply cut: `B</ans`.
  private static func withoutPartialTag(_ text: String) -> String {
    guard let start = text.lastIndex(of: "<") else { return text }
    let rest = text[start...].lowercased()
    return rest.count > 1 && "</answer>".hasPrefix(rest) ? String(text[..<start]) : text
  }

  /// The reply without what stands in reasoning tags, cut to ``replyLimit`` bytes.
  static func withoutReasoning(_ reply: String) -> String {
    let kept = reply.utf8.count > replyLimit ? String(decoding: reply.utf8.suffix(replyLimit), as: UTF8.self) : reply
    let scanner = MarkupScanner(kept)
    let tags = scanner.tags(reasoningTags)
    guard !tags.isEmpty else { return kept }
    var result = ""
    var depth = 0
    var start = 0
    for tag in tags {
      if !tag.isClosing {
        if depth == 0 { result += scanner.text(start..<tag.range.lowerBound) }
        depth += 1
      } else if depth > 0 {
        depth -= 1
      } else {
        // The prompt had opened it: what stood before was reasoning.
        result = ""
      }
      start = tag.range.upperBound
    }
    let rest = scanner.text(start..<scanner.bytes.count)
    return result + (depth == 0 ? rest : finalAnswer(in: rest))
  }

  /// Reasoning that nobody closed: a complete answer at its very end is the answer after all.
  private static func finalAnswer(in text: String) -> String {
    let scanner = MarkupScanner(text)
    let tags = scanner.tags(["answer"])
    guard tags.count >= 2, tags[tags.count - 1].isClosing, !tags[tags.count - 2].isClosing,
      isBlank(scanner.text(tags[tags.count - 1].range.upperBound..<scanner.bytes.count))
    else { return "" }
    return scanner.text(tags[tags.count - 2].range.lowerBound..<scanner.bytes.count)
  }

  // MARK: Phrases

  /// The texts after `answer is`, `answer:` and their like, each to the end of its line; negated ones are left out.
  static func answerPhrases(in body: String, words: [String]) -> [String] {
    let scanner = MarkupScanner(body)
    let places = words.flatMap { word in scanner.places(ofWord: word).map { ($0, word.utf8.count) } }
    return places.sorted { $0.0 < $1.0 }.compactMap { place, length in
      guard let start = phraseEnd(scanner, after: place + length) else { return nil }
      var tail = ""
      for line in scanner.text(start..<min(scanner.bytes.count, start + 2048)).split(whereSeparator: \.isNewline) {
        tail = line.trimmingCharacters(in: .whitespaces)
        if !unwrapped(tail).isEmpty { break }
      }
      let first = tail.lowercased().prefix { $0.isLetter || $0 == "'" }
      return unwrapped(tail).isEmpty || ["not", "never", "neither", "none", "unclear"].contains(first) ? nil : tail
    }
  }

  /// The end of ` is`, `:`, ` choice is` … after the word `answer`; nil if nothing of that follows.
  private static func phraseEnd(_ scanner: MarkupScanner, after end: Int) -> Int? {
    func skipMarks(_ start: Int) -> Int {
      var index = scanner.skipSpaces(start)
      while index < scanner.bytes.count, index < start + 16, scanner.bytes[index] == UInt8(ascii: "*") { index += 1 }
      return scanner.skipSpaces(index)
    }
    var index = skipMarks(end)
    for word in ["choice", "option", "letter", "to the question", "to this question", "here"]
    where scanner.matches(word, at: index) && !scanner.isWord(index + word.utf8.count) {
      index = skipMarks(index + word.utf8.count)
    }
    for verb in ["is", "was", "would be", "should be", "must be", "=", "->", "=>"]
    where scanner.matches(verb, at: index) {
      let after = index + verb.utf8.count
      if verb.last?.isLetter == true, scanner.isWord(after) { continue }
      let rest = skipMarks(after)
      guard rest < scanner.bytes.count else { return nil }
      return scanner.bytes[rest] == UInt8(ascii: ":") ? skipMarks(rest + 1) : rest
    }
    for colon in [":", "\u{FF1A}"] where scanner.matches(colon, at: index) {
      return skipMarks(index + colon.utf8.count)
    }
    return nil
  }

  // MARK: Small things

  /// The lines that are not blank, without spaces around them.
  static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  /// The first sentence of a line.
  static func firstSentence(_ line: String) -> String {
    var previous: Character = " "
    for index in line.indices {
      if previous == "." || previous == "!" || previous == ";", line[index] == " " { return String(line[..<index]) }
      previous = line[index]
    }
    return line
  }

  /// The text without white space and paired marks around it: emphasis, code, quotes, formulas, `\text{…}`.
  static func unwrapped(_ text: String) -> String {
    var result = Substring(text.trimmingCharacters(in: .whitespacesAndNewlines))
    let pairs = [
      ("**", "**"), ("__", "__"), ("```", "```"), ("`", "`"), ("*", "*"), ("\"", "\""), ("\u{201C}", "\u{201D}"),
      ("'", "'"),
      ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("\\text{", "}"), ("\\textbf{", "}"),
      ("\\mathrm{", "}"), ("\\mathbf{", "}"), ("{", "}"),
    ]
    var changed = true
    while changed {
      changed = false
      for (open, close) in pairs
      where result.count >= open.count + close.count && result.hasPrefix(open) && result.hasSuffix(close) {
        let inner = result.dropFirst(open.count).dropLast(close.count)
        guard !inner.contains(close) else { continue }
        result = Substring(inner.trimmingCharacters(in: .whitespacesAndNewlines))
        changed = true
      }
    }
    return String(result)
  }
}
