// Lives here: the tokenizer without a vocabulary, for tests and for models of bytes.
// Not here: byte-level BPE (BytePairEncoding.swift).

/// One token for each byte and one for the end of a text: 257 in all.
public struct ByteTokenizer: Tokenizer {
  /// Text of the end-of-text token when it is decoded.
  public static let endOfTextContent = "<|endoftext|>"

  /// Makes the tokenizer; there is only one.
  public init() {}

  /// 257: identifiers 0 to 255 are bytes, 256 ends a text.
  public var vocabularySize: Int { 257 }
  /// The end of text.
  public var specialTokens: [String: Int32] { [Self.endOfTextContent: 256] }
  /// 256.
  public var endOfText: Int32? { 256 }
  /// The same for all.
  public var fingerprint: UInt64 { Fingerprint(of: "bytes and end of text".utf8).value }

  /// The UTF-8 of a text; the end-of-text token is never made from text.
  public func encode(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

  /// The byte itself; the text of the token for 256; nil above.
  public func bytes(of identifier: Int32) -> [UInt8]? {
    switch identifier {
    case 0..<256: [UInt8(identifier)]
    case 256: Array(Self.endOfTextContent.utf8)
    default: nil
    }
  }

  /// Whether it is 256.
  public func isSpecial(_ identifier: Int32) -> Bool { identifier == 256 }
}
