// Tags, boxes and set phrases in the text of a reply, found in one pass over its bytes.
// Not here: which of them holds the answer (ReplyGrammar+Extraction.swift).

/// The bytes of a reply with searches that ignore the case of ASCII letters and take linear time.
struct MarkupScanner {
  /// One `<name>` or `</name>`.
  struct Tag {
    var isClosing: Bool
    var range: Range<Int>
  }

  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The text of a range; what a cut left of a character is replaced.
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// All tags of the given names, in order.
  func tags(_ names: [String]) -> [Tag] {
    var tags: [Tag] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "<"), let tag = tag(at: index, names) {
        tags.append(tag)
        index = tag.range.upperBound
      } else {
        index += 1
      }
    }
    return tags
  }

  private func tag(at start: Int, _ names: [String]) -> Tag? {
    var index = skipSpaces(start + 1)
    let isClosing = index < bytes.count && bytes[index] == UInt8(ascii: "/")
    if isClosing { index = skipSpaces(index + 1) }
    for name in names where matches(name, at: index) {
      let end = skipSpaces(index + name.utf8.count)
      if end < bytes.count, bytes[end] == UInt8(ascii: ">") {
        return Tag(isClosing: isClosing, range: start..<(end + 1))
      }
    }
    return nil
  }

  /// Whether lower-case ASCII `word` stands at a place, in any case.
  func matches(_ word: String, at index: Int) -> Bool {
    guard index >= 0, index + word.utf8.count <= bytes.count else { return false }
    return zip(word.utf8, bytes[index...]).allSatisfy { $0 == Self.lowered($1) }
  }

  /// The places of a lower-case ASCII word that no letter or digit touches.
  func places(ofWord word: String) -> [Int] {
    guard let first = word.utf8.first, bytes.count >= word.utf8.count else { return [] }
    return (0...(bytes.count - word.utf8.count)).filter { index in
      Self.lowered(bytes[index]) == first && matches(word, at: index) && !isWord(index - 1)
        && !isWord(index + word.utf8.count)
    }
  }

  /// The content of the last `\boxed{…}` with matching braces; without the last brace, everything to the end.
  func lastBoxed() -> String? {
    var start = bytes.count - 1
    while start >= 0 {
      if bytes[start] == UInt8(ascii: "\\"), matches("\\boxed", at: start) { break }
      start -= 1
    }
    guard start >= 0 else { return nil }
    var index = skipSpaces(start + 6)
    guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else {
      let end = bytes[index...].firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") } ?? bytes.count
      return index < end ? text(index..<end) : nil
    }
    let content = index + 1
    var depth = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return text(content..<index) }
      default: break
      }
      index += 1
    }
    return text(content..<bytes.count)
  }

  /// The end of spaces from a place on; at most sixteen, so that no text takes long.
  func skipSpaces(_ start: Int) -> Int {
    var index = start
    while index < bytes.count, index < start + 16, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index
  }

  func isWord(_ index: Int) -> Bool {
    guard bytes.indices.contains(index) else { return false }
    let byte = Self.lowered(bytes[index])
    return (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80 || byte == UInt8(ascii: "_")
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}
