// Lives here: a strict JSON reader (RFC 8259) that says line and column of the first fault.
// Not here: what the values mean (BytePairEncoding+Reading.swift).

/// Reads one JSON document from UTF-8.
///
/// Stricter than most readers: equal keys in one object, lone surrogates, more than 128 nested levels and anything
/// behind the document are errors.
///
/// > Source: RFC 8259.
struct JSONParser {
  private let bytes: [UInt8]
  private let path: String
  private var index = 0

  private static let deepest = 128

  private init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// The document in a file's text; `path` is for messages only.
  static func parse(_ text: String, path: String) throws(TokenizerError) -> JSONValue {
    var parser = JSONParser(bytes: Array(text.utf8), path: path)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == parser.bytes.count else { throw parser.fault(expected: "the end of the file") }
    return value
  }

  private func fault(expected: String, at position: Int? = nil) -> TokenizerError {
    let position = min(position ?? index, bytes.count)
    var line = 1
    var lineStart = 0
    for offset in 0..<position where bytes[offset] == UInt8(ascii: "\n") {
      line += 1
      lineStart = offset + 1
    }
    let got: String
    if position == bytes.count {
      got = "the end of the file"
    } else {
      let byte = bytes[position]
      got = (0x21..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "0x\(Fingerprint.hexadecimal(byte))"
    }
    return .invalidJSON(
      path: path, line: line, column: position - lineStart + 1, expected: expected, got: got)
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  /// Takes `byte` if it is next, after white space.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(truncatingIfNeeded: byte.value) else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(TokenizerError) -> JSONValue {
    guard depth < Self.deepest else { throw fault(expected: "at most \(Self.deepest) nested levels") }
    skipSpace()
    guard index < bytes.count else { throw fault(expected: "a value") }
    switch bytes[index] {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(TokenizerError) -> JSONValue {
    let expected = Array("\(text)".utf8)
    guard index + expected.count <= bytes.count, bytes[index..<(index + expected.count)].elementsEqual(expected)
    else { throw fault(expected: "\"\(text)\"") }
    index += expected.count
    return value
  }

  private mutating func elements(depth: Int) throws(TokenizerError) -> [JSONValue] {
    index += 1
    var values: [JSONValue] = []
    if take("]") { return values }
    while true {
      values.append(try value(depth: depth + 1))
      if take(",") { continue }
      guard take("]") else { throw fault(expected: "',' or ']'") }
      return values
    }
  }

  private mutating func members(depth: Int) throws(TokenizerError) -> [JSONMember] {
    index += 1
    var members: [JSONMember] = []
    var keys = ByteStringTable()
    if take("}") { return members }
    while true {
      skipSpace()
      let start = index
      guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw fault(expected: "a key") }
      let key = try string()
      guard keys.insert(key.utf8.span).isNew else {
        throw fault(expected: "each key once in an object (\"\(key)\" is there twice)", at: start)
      }
      guard take(":") else { throw fault(expected: "':'") }
      members.append(JSONMember(key, try value(depth: depth + 1)))
      if take(",") { continue }
      guard take("}") else { throw fault(expected: "',' or '}'") }
      return members
    }
  }

  private mutating func number() throws(TokenizerError) -> JSONValue {
    let start = index
    var isInteger = true
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let whole = try digits()
    guard whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else {
      throw fault(expected: "a number without leading zeros", at: start)
    }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      isInteger = false
      index += 1
      _ = try digits()
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      _ = try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fault(expected: "a finite number", at: start) }
    return .number(value)
  }

  private mutating func digits() throws(TokenizerError) -> Int {
    let start = index
    while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
    guard index > start else { throw fault(expected: "a value") }
    return index - start
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(TokenizerError) -> String {
    index += 1
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
      bytes[index] >= 0x20
    { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
      index += 1
      return String(decoding: bytes[start..<(index - 1)], as: UTF8.self)
    }
    return try escapedString(from: start)
  }

  /// The slow path: continues at `index`, where an escape or a fault is.
  private mutating func escapedString(from start: Int) throws(TokenizerError) -> String {
    var content = Array(bytes[start..<index])
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        let scalar = try escape()
        content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      case 0..<0x20:
        throw fault(expected: "control characters as \\u escapes")
      default:
        content.append(byte)
        index += 1
      }
    }
    throw fault(expected: "'\"'")
  }

  private mutating func escape() throws(TokenizerError) -> Unicode.Scalar {
    let start = index
    index += 2
    guard index <= bytes.count else { throw fault(expected: "an escape") }
    switch bytes[index - 1] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw fault(expected: "an escape", at: start + 1)
    }
    var value = try codeUnit()
    if (0xD800..<0xDC00).contains(value), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    {
      index += 2
      let low = try codeUnit()
      guard (0xDC00..<0xE000).contains(low) else { throw fault(expected: "a pair of surrogates", at: start) }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault(expected: "a pair of surrogates", at: start) }
    return scalar
  }

  private mutating func codeUnit() throws(TokenizerError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard index < bytes.count, let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw fault(expected: "four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
