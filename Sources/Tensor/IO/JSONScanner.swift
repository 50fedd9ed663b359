// A strict scanner for the few JSON forms of a safetensors header. It never recurses and never skips what it does not
// know. Not here: what keys mean (SafeTensorsHeader.swift).

/// Reads JSON tokens from UTF-8 bytes, at a position that errors name.
struct JSONScanner {
  /// A token other than the grammar asks for.
  struct Mismatch: Error {
    let byte: Int
    let expected: String
    let found: String
  }

  private let bytes: UnsafeRawBufferPointer
  /// The next byte to read.
  private(set) var position = 0

  /// - Precondition: the bytes are valid UTF-8.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private func mismatch(_ expected: String, at byte: Int? = nil) -> Mismatch {
    let byte = byte ?? position
    guard byte < bytes.count else { return Mismatch(byte: byte, expected: expected, found: "the end") }
    let isPrintable = (0x21..<0x7f).contains(bytes[byte])
    let found = isPrintable ? "'\(Character(Unicode.Scalar(bytes[byte])))'" : "0x\(String(bytes[byte], radix: 16))"
    return Mismatch(byte: byte, expected: expected, found: found)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  /// Whether the next token is the given character, which then is consumed.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Consumes the given character.
  mutating func expect(_ character: Unicode.Scalar) throws(Mismatch) {
    if !take(character) { throw mismatch("'\(character)'") }
  }

  /// Consumes the rest, which must be space.
  mutating func expectEnd() throws(Mismatch) {
    skipSpace()
    if position < bytes.count { throw mismatch("only spaces up to the end of the header") }
  }

  /// The items of an object: `body` is called at each key's value, with the key.
  mutating func object<Failure: Error>(
    _ body: (inout JSONScanner, _ key: String) throws(Failure) -> Void, _ wrap: (Mismatch) -> Failure
  ) throws(Failure) {
    do throws(Mismatch) { try expect("{") } catch { throw wrap(error) }
    if take("}") { return }
    repeat {
      let key: String
      do throws(Mismatch) {
        key = try string()
        try expect(":")
      } catch { throw wrap(error) }
      try body(&self, key)
    } while take(",")
    do throws(Mismatch) { try expect("}") } catch { throw wrap(error) }
  }

  /// An array of non-negative integers.
  mutating func integers() throws(Mismatch) -> [Int] {
    try expect("[")
    var values: [Int] = []
    if take("]") { return values }
    repeat { values.append(try integer()) } while take(",")
    try expect("]")
    return values
  }

  /// A non-negative integer without sign, fraction, exponent or leading zeros that fits Int.
  mutating func integer() throws(Mismatch) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - 0x30))
      if overflow || carry { throw mismatch("an integer below 2^63", at: start) }
      value = sum
      position += 1
    }
    if position == start { throw mismatch("a non-negative integer") }
    if position - start > 1 && bytes[start] == 0x30 { throw mismatch("an integer without leading zeros", at: start) }
    if position < bytes.count, [0x2e, 0x65, 0x45].contains(bytes[position]) { throw mismatch("an integer") }
    return value
  }

  /// A string.
  mutating func string() throws(Mismatch) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x22 else { throw mismatch("a string") }
    position += 1
    var text: [UInt8] = []
    while true {
      guard position < bytes.count else { throw mismatch("'\"'") }
      let byte = bytes[position]
      switch byte {
      case 0x22:
        position += 1
        return String(decoding: text, as: UTF8.self)
      case 0x5c:
        position += 1
        try appendEscape(to: &text)
      case 0..<0x20:
        throw mismatch("an escaped control character")
      default:
        text.append(byte)
        position += 1
      }
    }
  }

  private mutating func appendEscape(to text: inout [UInt8]) throws(Mismatch) {
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09,
    ]
    guard position < bytes.count else { throw mismatch("an escape") }
    if let byte = plain[bytes[position]] {
      text.append(byte)
      position += 1
      return
    }
    guard bytes[position] == UInt8(ascii: "u") else { throw mismatch("an escape") }
    let start = position - 1
    position += 1
    var code = try hexadecimal()
    if (0xd800..<0xdc00).contains(code), position + 1 < bytes.count, bytes[position] == 0x5c,
      bytes[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let low = try hexadecimal()
      guard (0xdc00..<0xe000).contains(low) else { throw mismatch("a surrogate pair", at: start) }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw mismatch("a surrogate pair", at: start) }
    text.append(contentsOf: Array(Character(scalar).utf8))
  }

  private mutating func hexadecimal() throws(Mismatch) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw mismatch("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
