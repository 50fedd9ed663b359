// Reading the lists that teachers write: numbered lines, JSON lists of questions, options and boxes, verdicts, clusters.
// Not here: the final answer of a reply (Grading), the forms themselves (TeacherPurpose.swift).
import Foundation
package import Media

/// A box that a teacher gave.
package struct GroundedBox: Equatable, Sendable {
  /// The box in pixels of the picture.
  package var box: BoundingBox
  /// How sure it is, in 0...1.
  package var score: Double

  package init(box: BoundingBox, score: Double) {
    self.box = box
    self.score = score
  }
}

/// A teacher's verdict on a question.
package struct ValidationVerdict: Equatable, Sendable {
  package var isValid: Bool
  package var reason: String

  package init(isValid: Bool, reason: String) {
    self.isValid = isValid
    self.reason = reason
  }
}

/// Readers of replies. Nothing of a reply is evaluated; a reply without the form is nil.
package enum ReplyLists {
  /// Most entries that are taken from any list.
  package static let limit = 200

  /// The objects of a numbered list; none for `NONE` or `[]` alone; nil for a reply that is neither.
  package static func names(_ reply: String) -> [String]? {
    let names = numbered(reply)
    guard names.isEmpty else { return names }
    let said = reply.filter { !$0.isWhitespace && !".*`\"'".contains($0) }
    return said.lowercased() == "none" || said == "[]" ? [] : nil
  }

  /// The objects of a numbered list, 2 to 60 characters each, trailing punctuation dropped; repeated names once.
  package static func numbered(_ reply: String) -> [String] {
    var names: [String] = []
    for line in reply.split(whereSeparator: \.isNewline) {
      let text = line.drop(while: \.isWhitespace)
      let digits = text.prefix(while: { $0.isASCII && $0.isNumber })
      guard !digits.isEmpty, digits.count <= 3 else { continue }
      let rest = text.dropFirst(digits.count)
      guard let mark = rest.first, mark == "." || mark == ")" else { continue }
      var name = rest.dropFirst().drop(while: \.isWhitespace)
      while let last = name.last, last.isWhitespace || ",.;:".contains(last) { name.removeLast() }
      guard let clean = oneLine(String(name)), fits(clean, 2...60), names.count < limit else { continue }
      if !names.contains(where: { $0.lowercased() == clean.lowercased() }) { names.append(clean) }
    }
    return names
  }

  /// The questions of a JSON list of objects or of texts; nil if the reply has no such list, or one without a question.
  package static func questions(_ reply: String) -> [String]? {
    guard let list = jsonList(in: reply) else { return nil }
    let texts = list.prefix(limit).compactMap { entry in
      (entry as? String) ?? ((entry as? [String: Any])?["question"] as? String)
    }
    return filled(texts.compactMap { oneLine($0) }.filter { fits($0, 4...500) }, from: list)
  }

  /// The texts of a JSON list; nil if the reply has no such list, or one without a text. Numbers count as texts.
  package static func texts(_ reply: String) -> [String]? {
    guard let list = jsonList(in: reply) else { return nil }
    let texts = list.prefix(limit).compactMap { entry -> String? in
      if let text = entry as? String { return oneLine(text) }
      // Asking for a Bool would also take the numbers 0 and 1.
      guard let number = entry as? NSNumber, number.objCType.pointee != CChar(UInt8(ascii: "c")) else { return nil }
      return "\(number)"
    }.filter { fits($0, 1...300) }
    return filled(texts, from: list)
  }

  /// Entries of a list; nil where none of those that it has can be used.
  private static func filled(_ texts: [String], from list: [Any]) -> [String]? {
    texts.isEmpty && !list.isEmpty ? nil : texts
  }

  /// Boxes with scores, in pixels of a picture; nil if the reply has no list, or an entry is no box: how many there are
  /// decides. A missing score is 1.
  package static func boxes(_ reply: String, in size: ImageSize) -> [GroundedBox]? {
    guard let list = jsonList(in: reply) else { return nil }
    var boxes: [GroundedBox] = []
    for entry in list.prefix(limit) {
      let fields = entry as? [String: Any]
      let edges = (fields?["box"] ?? fields?["bbox_2d"] ?? fields?["bbox"] ?? entry) as? [Any]
      guard let numbers = edges?.compactMap({ ($0 as? NSNumber)?.doubleValue }), numbers.count == 4,
        edges?.count == 4, numbers.allSatisfy({ $0.isFinite && abs($0) < 1e7 })
      else { return nil }
      let box = BoundingBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
      let score = (fields?["score"] as? NSNumber)?.doubleValue ?? 1
      boxes.append(
        GroundedBox(
          box: CoordinateSpace.perMille.pixels(box, in: size), score: score.isFinite ? min(1, max(0, score)) : 0))
    }
    return boxes
  }

  /// The verdict of a validation and its reason; nil without a verdict.
  package static func validation(_ reply: String) -> ValidationVerdict? {
    var verdict: Bool?
    var reason = ""
    for line in reply.split(whereSeparator: \.isNewline) {
      let upper = line.uppercased()
      if verdict == nil, let mark = upper.range(of: "VALID:") {
        let word = upper[mark.upperBound...].drop(while: { !$0.isLetter }).prefix(while: \.isLetter)
        if word == "YES" { verdict = true }
        if word == "NO" { verdict = false }
      } else if reason.isEmpty, let mark = line.range(of: "REASON:", options: .caseInsensitive) {
        reason = String(line[mark.upperBound...].drop(while: \.isWhitespace).prefix(300))
      }
    }
    return verdict.map { ValidationVerdict(isValid: $0, reason: reason) }
  }

  /// Groups of answers, counted from 0; numbers beyond `count` and second mentions are left out.
  package static func clusters(_ reply: String, count: Int) -> [[Int]] {
    var seen: Set<Int> = []
    return reply.split(whereSeparator: \.isNewline).compactMap { line in
      guard let mark = line.range(of: "CLUSTER:", options: .caseInsensitive) else { return nil }
      let numbers = line[mark.upperBound...].split(whereSeparator: { !($0.isASCII && $0.isNumber) })
      let group = numbers.compactMap { Int($0) }.map { $0 - 1 }.filter {
        (0..<count).contains($0) && seen.insert($0).inserted
      }
      return group.isEmpty ? nil : group
    }
  }

  /// The list in the first fenced block, or between the first opening and the last closing bracket.
  private static func jsonList(in reply: String) -> [Any]? {
    guard reply.utf8.count <= 1 << 20 else { return nil }
    var candidates: [Substring] = []
    let fences = reply.components(separatedBy: "```")
    if fences.count >= 3 { candidates.append(Substring(fences[1])) }
    candidates.append(Substring(reply))
    for candidate in candidates {
      guard let open = candidate.firstIndex(of: "["), let close = candidate.lastIndex(of: "]"), open < close,
        nesting(candidate[open...close]) <= 16
      else { continue }
      let data = Data(candidate[open...close].utf8)
      if let list = try? JSONSerialization.jsonObject(with: data) as? [Any] { return list }
    }
    return nil
  }

  /// How deep brackets are nested: a parser need not follow a reply of a million brackets.
  private static func nesting(_ text: Substring) -> Int {
    var depth = 0, deepest = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
      deepest = max(deepest, depth)
    }
    return deepest
  }

  /// Whether a text has a number of characters, none of which is a tower of combining marks.
  private static func fits(_ text: String, _ count: ClosedRange<Int>) -> Bool {
    text.utf8.count <= 8 * count.upperBound && count.contains(text.count)
  }

  /// A text without line breaks and control characters, so that it cannot add lines to a prompt.
  package static func oneLine(_ text: String) -> String? {
    let parts = text.split(whereSeparator: { $0.isNewline || $0.isWhitespace })
    let line = parts.joined(separator: " ").filter { character in
      character.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
    return line.isEmpty ? nil : line
  }
}
