// Reading prompts: the lines that the contract of TeacherPurpose puts into them, whatever is written around.
// Not here: the wording of prompts, replies (SignTeacher.swift).

import Chat
import Foundation
import Media

/// What an embedded teacher understands of a request: named lines, options, numbered answers and pictures.
///
/// The last line of a kind counts, so that examples before it do no harm.
struct SignPrompt {
  /// The pictures in order.
  let images: [ChatImage]
  private let lines: [String]
  /// Turns of the other side so far.
  let turns: Int

  init(_ request: ChatRequest) {
    images = request.messages.flatMap(\.images)
    turns = request.messages.count { $0.role == .assistant }
    lines = request.messages.filter { $0.role == .user }.flatMap { message in
      message.text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The text after `name:` on the last line that begins so; nil when there is none.
  func line(_ name: String) -> String? {
    let prefix = name.lowercased() + ":"
    guard let line = lines.last(where: { $0.lowercased().hasPrefix(prefix) }) else { return nil }
    return line.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces)
  }

  /// The box of the `Region:` line in 0...1000 of width and height; nil when there is none that makes sense.
  var region: BoundingBox? {
    guard let text = line("Region") else { return nil }
    let numbers = text.split { !($0.isNumber || $0 == "." || $0 == "-") }.compactMap { Double($0) }
    guard numbers.count == 4, numbers.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else { return nil }
    let box = BoundingBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
    return box.width > 0 && box.height > 0 ? box : nil
  }

  /// Whether the zoom tool is explained.
  var offersTool: Bool { lines.contains { $0.contains("<tool_call>") && $0.contains(ToolCall.name) } }

  /// Whether zooms are left.
  var mayZoom: Bool { offersTool && !lines.contains { $0.hasPrefix(ToolCall.noneLeft) } }

  /// Whether boxes for the tool are in pixels, and not in 0...1000.
  var zoomsInPixels: Bool { lines.contains { $0.hasPrefix(ToolCall.unit(.pixels)) } }

  /// The last run of lines `A. …`, `B. …` and so on.
  var options: [(letter: String, text: String)] {
    var options: [(letter: String, text: String)] = []
    for line in lines {
      guard let first = line.unicodeScalars.first, line.dropFirst().hasPrefix(". "), ("A"..."Z").contains(first)
      else { continue }
      if first == "A" { options = [] }
      guard first.value == 65 + UInt32(options.count) else { continue }
      options.append((String(first), line.dropFirst(3).trimmingCharacters(in: .whitespaces)))
    }
    return options
  }

  /// The last run of lines `1. …`, `2. …` and so on.
  var numbered: [(number: Int, text: String)] {
    var answers: [(number: Int, text: String)] = []
    for line in lines {
      let digits = line.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), line.dropFirst(digits.count).hasPrefix(".") else { continue }
      if number == 1 { answers = [] }
      answers.append((number, line.dropFirst(digits.count + 1).trimmingCharacters(in: .whitespaces)))
    }
    return answers
  }
}

/// One way to write each answer.
enum SignAnswer {
  /// The answer without case, punctuation, articles and words that add nothing; numbers as digits.
  static func normal(_ text: String) -> String {
    let all = SignWords.words(of: tagged(text))
    let words = all.filter { !ignored.contains($0) }
    // An answer of nothing but such words means one of them.
    return (words.isEmpty ? all : words).map { synonyms[$0] ?? $0 }.joined(separator: " ")
  }

  /// What stands between answer tags; the whole text without them.
  private static func tagged(_ text: String) -> String {
    guard let start = text.range(of: "<answer>", options: .backwards) else { return text }
    let rest = text[start.upperBound...]
    return String(rest[..<(rest.range(of: "</answer>")?.lowerBound ?? rest.endIndex)])
  }

  private static let ignored: Set<String> = [
    "the", "a", "an", "is", "it", "half", "side", "dot", "dots", "digit", "stripes", "lines", "texture", "color",
  ]
  private static let synonyms: [String: String] = [
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "violet": "purple", "upper": "top", "lower": "bottom", "checked": "checkered",
    "checker": "checkered", "circle": "disc", "cross": "plus",
  ]
}
