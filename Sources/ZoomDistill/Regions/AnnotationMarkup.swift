// The part of XML that annotation files use: elements and text. Document types, and entities other than the five of the
// language, are refused, so that no file can grow without end or name another one.
// Not here: what the elements mean (VocAnnotations.swift).

/// An element with its text and its children.
struct AnnotationElement {
  let name: String
  /// Where it begins, from 1.
  let line: Int
  /// The text directly within it.
  var text: String
  var children: [AnnotationElement]

  /// The text without blanks at its ends.
  var trimmed: String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

/// A strict scanner.
///
/// > Source: Extensible Markup Language 1.0 (Fifth Edition), W3C 2008; elements, attributes (read and forgotten),
/// references, comments and processing instructions.
struct AnnotationMarkup {
  /// Elements within elements at most.
  private static let depth = 32
  /// Elements of a document at most.
  private static let elements = 200_000

  private let path: String
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private var count = 0

  /// The element of a document in UTF-8.
  ///
  /// - Throws: ``ZoomError/annotations(path:line:reason:)`` with `path` as the place.
  static func parse(_ bytes: [UInt8], path: String) throws(ZoomError) -> AnnotationElement {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .annotations(path: path, line: 0, reason: "expected UTF-8")
    }
    var scanner = AnnotationMarkup(path: path, bytes: bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.place = 3 }
    try scanner.skipMisc()
    guard scanner.peek("<") else { throw scanner.failure("expected an element, got \(scanner.shown)") }
    let root = try scanner.element(depth: 1)
    try scanner.skipMisc()
    guard scanner.place == bytes.count else {
      throw scanner.failure("expected the end after '\(root.name)', got \(scanner.shown)")
    }
    return root
  }

  private init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  private func failure(_ reason: String) -> ZoomError { .annotations(path: path, line: line, reason: reason) }

  private var shown: String {
    place < bytes.count
      ? "'\(String(decoding: bytes[place..<min(place + 12, bytes.count)], as: UTF8.self))'" : "the end"
  }

  private func peek(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

  private mutating func advance(_ steps: Int = 1) {
    for index in place..<min(place + steps, bytes.count) where bytes[index] == UInt8(ascii: "\n") { line += 1 }
    place = min(place + steps, bytes.count)
  }

  private mutating func skipBlanks() {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { advance() }
  }

  /// Past the next occurrence of `end`.
  private mutating func skip(past end: String, in what: String) throws(ZoomError) {
    let start = line
    while place < bytes.count {
      if peek(end) { return advance(end.utf8.count) }
      advance()
    }
    throw .annotations(
      path: path, line: start, reason: "expected '\(end)' at the end of \(what), got the end of the file")
  }

  /// Blanks, comments and processing instructions around the element.
  private mutating func skipMisc() throws(ZoomError) {
    while true {
      skipBlanks()
      if peek("<!--") {
        try skip(past: "-->", in: "a comment")
      } else if peek("<?") {
        try skip(past: "?>", in: "a processing instruction")
      } else if peek("<!") {
        throw failure("document types are refused; got \(shown)")
      } else {
        return
      }
    }
  }

  private mutating func name() throws(ZoomError) -> String {
    let start = place
    while place < bytes.count, Self.isName(bytes[place], first: place == start) { place += 1 }
    guard place > start, place - start <= 100 else { throw failure("expected a name of 1 to 100 bytes, got \(shown)") }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private static func isName(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...0xFF:
      true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): !first
    default: false
    }
  }

  private mutating func element(depth: Int) throws(ZoomError) -> AnnotationElement {
    guard depth <= Self.depth else { throw failure("expected at most \(Self.depth) elements within each other") }
    count += 1
    guard count <= Self.elements else { throw failure("expected at most \(Self.elements) elements") }
    let start = line
    advance()
    let name = try name()
    var element = AnnotationElement(name: name, line: start, text: "", children: [])
    if try attributes(of: name) { return element }
    while true {
      guard place < bytes.count else {
        throw .annotations(path: path, line: start, reason: "expected the end of '\(name)', got the end of the file")
      }
      if peek("</") {
        advance(2)
        let end = try self.name()
        skipBlanks()
        guard end == name, peek(">") else { throw failure("expected '</\(name)>', got '</\(end)'") }
        advance()
        return element
      } else if peek("<!--") {
        try skip(past: "-->", in: "a comment")
      } else if peek("<?") {
        try skip(past: "?>", in: "a processing instruction")
      } else if peek("<!") {
        throw failure("expected an element or text, got \(shown)")
      } else if peek("<") {
        element.children.append(try self.element(depth: depth + 1))
      } else {
        element.text += try text(until: [UInt8(ascii: "<")])
      }
    }
  }

  /// Reads to the end of a start tag.
  ///
  /// - Returns: whether the element is empty and ends there.
  private mutating func attributes(of name: String) throws(ZoomError) -> Bool {
    while true {
      let before = place
      skipBlanks()
      if peek("/>") {
        advance(2)
        return true
      }
      if peek(">") {
        advance()
        return false
      }
      guard place > before else { throw failure("expected a blank or '>' in '\(name)', got \(shown)") }
      _ = try self.name()
      skipBlanks()
      guard peek("=") else { throw failure("expected '=' after an attribute of '\(name)', got \(shown)") }
      advance()
      skipBlanks()
      guard peek("\"") || peek("'") else { throw failure("expected a quoted value in '\(name)', got \(shown)") }
      let quote = bytes[place]
      advance()
      _ = try text(until: [quote, UInt8(ascii: "<")])
      guard place < bytes.count, bytes[place] == quote else {
        throw failure("expected the end of a quoted value in '\(name)', got \(shown)")
      }
      advance()
    }
  }

  /// Text with its references resolved, up to one of the bytes or the end.
  private mutating func text(until ends: [UInt8]) throws(ZoomError) -> String {
    var content: [UInt8] = []
    while place < bytes.count, !ends.contains(bytes[place]) {
      if bytes[place] == UInt8(ascii: "&") {
        content += try reference().utf8
      } else {
        content.append(bytes[place])
        advance()
      }
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// One of the five entities of the language, or a character by its number.
  private mutating func reference() throws(ZoomError) -> String {
    guard let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
      throw failure("expected a reference that ends with ';', got \(shown)")
    }
    let body = String(decoding: bytes[place + 1..<end], as: UTF8.self)
    let known = ["lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": "\""]
    var result = known[body]
    if result == nil, body.hasPrefix("#") {
      let digits = body.dropFirst(body.hasPrefix("#x") ? 2 : 1)
      let isNumber = digits.allSatisfy { $0.isHexDigit }
      if isNumber, let code = UInt32(digits, radix: body.hasPrefix("#x") ? 16 : 10), code >= 32,
        let scalar = Unicode.Scalar(code)
      {
        result = String(scalar)
      }
    }
    guard let result else { throw failure("entities are refused but for the five of the language, got '&\(body);'") }
    advance(end + 1 - place)
    return result
  }
}
