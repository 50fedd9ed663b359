// Swift source as the rules see it: the same lines with comments and string literals blanked out.
// A scanner, not a parser; regular-expression literals and code inside string interpolation are not looked into.

/// The lines of a Swift file, raw and with everything blanked that is not code.
struct SwiftText {
  /// The lines as they stand.
  let raw: [String]
  /// The same lines; comments and the contents of string literals are spaces.
  let code: [String]

  init(_ text: String) {
    raw = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var scanner = Scanner(text)
    code = scanner.blanked().split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

private struct Scanner {
  private let bytes: [UInt8]
  private var output: [UInt8] = []
  private var at = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    output.reserveCapacity(bytes.count)
  }

  mutating func blanked() -> [UInt8] {
    while at < bytes.count {
      if starts(with: "//") {
        blank { $0.bytes[$0.at] == 0x0A }
      } else if starts(with: "/*") {
        blankBlockComment()
      } else if let hashes = stringStart() {
        blankString(hashes: hashes)
      } else {
        output.append(bytes[at])
        at += 1
      }
    }
    return output
  }

  private func starts(with text: StaticString, at offset: Int = 0) -> Bool {
    let start = at + offset
    guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
  }

  /// The number of `#` before a string literal that begins here, or nil.
  private func stringStart() -> Int? {
    var hashes = 0
    while at + hashes < bytes.count, bytes[at + hashes] == UInt8(ascii: "#") { hashes += 1 }
    return at + hashes < bytes.count && bytes[at + hashes] == UInt8(ascii: "\"") ? hashes : nil
  }

  private mutating func blankOne() {
    let byte = bytes[at]
    if byte == 0x0A {
      output.append(byte)
    } else if byte & 0xC0 != 0x80 {
      output.append(UInt8(ascii: " "))  // one blank a scalar
    }
    at += 1
  }

  private mutating func blank(count: Int) {
    for _ in 0..<count where at < bytes.count { blankOne() }
  }

  private mutating func blank(until isEnd: (Self) -> Bool) {
    while at < bytes.count, !isEnd(self) { blankOne() }
  }

  private mutating func blankBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        blank(count: 2)
      } else if starts(with: "*/") {
        depth -= 1
        blank(count: 2)
      } else {
        blankOne()
      }
    } while depth > 0 && at < bytes.count
  }

  /// Blanks a literal but keeps its outer quotes, so that `f("…")` still reads as a call with an argument.
  private mutating func blankString(hashes: Int) {
    blank(count: hashes)
    let isMultiline = starts(with: "\"\"\"")
    let quotes = isMultiline ? 3 : 1
    output.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: quotes))
    at += quotes
    while at < bytes.count {
      if closes(quotes: quotes, hashes: hashes) {
        output.append(contentsOf: repeatElement(UInt8(ascii: "\""), count: quotes))
        at += quotes
        blank(count: hashes)
        return
      }
      if bytes[at] == UInt8(ascii: "\\"), isEscape(hashes: hashes) {
        let isInterpolation = byte(1 + hashes) == UInt8(ascii: "(")
        blank(count: 2 + hashes)
        if isInterpolation { blankInterpolation() }
      } else if bytes[at] == 0x0A, !isMultiline {
        return  // an unfinished literal: the compiler's business
      } else {
        blankOne()
      }
    }
  }

  private mutating func blankInterpolation() {
    var depth = 1
    while depth > 0, at < bytes.count {
      if let hashes = stringStart() {
        let start = output.count
        blankString(hashes: hashes)
        for index in start..<output.count where output[index] != 0x0A { output[index] = UInt8(ascii: " ") }
        continue
      }
      if bytes[at] == UInt8(ascii: "(") { depth += 1 }
      if bytes[at] == UInt8(ascii: ")") { depth -= 1 }
      blankOne()
    }
  }

  private func byte(_ offset: Int) -> UInt8? { at + offset < bytes.count ? bytes[at + offset] : nil }

  private func isEscape(hashes: Int) -> Bool {
    (0..<hashes).allSatisfy { byte(1 + $0) == UInt8(ascii: "#") }
  }

  private func closes(quotes: Int, hashes: Int) -> Bool {
    (0..<quotes).allSatisfy { byte($0) == UInt8(ascii: "\"") }
      && (0..<hashes).allSatisfy { byte(quotes + $0) == UInt8(ascii: "#") }
  }
}
