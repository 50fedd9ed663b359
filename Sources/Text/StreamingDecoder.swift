// Lives here: decoding tokens one by one without ever showing half a character.
// Not here: decoding a whole sequence (Tokenizer.swift).

/// Decodes tokens as they are generated.
///
/// What `append` and `finish` return, put together, is what ``Tokenizer/decode(_:skippingSpecialTokens:)`` returns
/// for all tokens at once. A character whose bytes come in several tokens appears with the last of them.
public struct StreamingDecoder: Sendable {
  private let tokenizer: any Tokenizer
  private let skippingSpecialTokens: Bool
  /// Bytes of a character that is not complete: at most three.
  private var pending: [UInt8] = []

  /// Starts with an empty text.
  public init(_ tokenizer: any Tokenizer, skippingSpecialTokens: Bool = false) {
    self.tokenizer = tokenizer
    self.skippingSpecialTokens = skippingSpecialTokens
  }

  /// The text that a further token completes; empty if it ends inside a character.
  public mutating func append(_ token: Int32) -> String {
    if skippingSpecialTokens, tokenizer.isSpecial(token) { return "" }
    pending.append(contentsOf: tokenizer.bytes(of: token) ?? [])
    let complete = pending.count - Self.incompleteSuffixLength(of: pending)
    defer { pending.removeFirst(complete) }
    return String(decoding: pending[..<complete], as: UTF8.self)
  }

  /// What is left when no token follows: U+FFFD for an incomplete character, otherwise nothing.
  public mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }

  /// Length of the longest suffix that further bytes can complete to one character.
  private static func incompleteSuffixLength(of bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let start = bytes.count - length
      let first = bytes[start]
      if first & 0xC0 == 0x80 { continue }
      let needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      guard first >= 0xC2, first <= 0xF4, length < needed else { return 0 }
      guard length > 1 else { return 1 }
      let second = bytes[start + 1]
      switch first {
      case 0xE0: return second >= 0xA0 ? length : 0
      case 0xED: return second <= 0x9F ? length : 0
      case 0xF0: return second >= 0x90 ? length : 0
      case 0xF4: return second <= 0x8F ? length : 0
      default: return length
      }
    }
    return 0
  }
}
