// Lives here: what every tokenizer can do, and decoding, which needs only the bytes of tokens.
// Not here: the tokenizers (ByteTokenizer.swift, BytePairEncoding.swift).

/// Turns text into token identifiers and back.
///
/// Tokens stand for bytes, not for characters: a token can end in the middle of a character. Use
/// ``StreamingDecoder`` where tokens arrive one by one.
public protocol Tokenizer: Sendable {
  /// One more than the largest identifier: the number of rows that an embedding needs.
  var vocabularySize: Int { get }
  /// Identifiers of the tokens that mark structure, by their text.
  var specialTokens: [String: Int32] { get }
  /// The token between documents, at which generation stops; nil if the vocabulary has none.
  var endOfText: Int32? { get }
  /// Tells tokenizers apart: equal for tokenizers that encode alike, written into token shards.
  var fingerprint: UInt64 { get }
  /// The tokens of a text.
  func encode(_ text: String) -> [Int32]
  /// The bytes that a token stands for; nil if the identifier stands for no token.
  func bytes(of identifier: Int32) -> [UInt8]?
  /// Whether a token marks structure.
  func isSpecial(_ identifier: Int32) -> Bool
}

extension Tokenizer {
  /// The text of tokens.
  ///
  /// Identifiers that stand for no token give nothing, as in the reference library; bytes that are no UTF-8 give
  /// U+FFFD.
  ///
  /// - Parameter skippingSpecialTokens: whether tokens that mark structure are left out.
  public func decode(_ tokens: some Sequence<Int32>, skippingSpecialTokens: Bool = false) -> String {
    var bytes: [UInt8] = []
    for token in tokens where !(skippingSpecialTokens && isSpecial(token)) {
      bytes.append(contentsOf: self.bytes(of: token) ?? [])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The first identifier that stands for no token, as an error; nothing if all are known.
  ///
  /// - Throws: ``TokenizerError/unknownIdentifier(identifier:vocabularySize:)``.
  public func validate(_ tokens: some Sequence<Int32>) throws(TokenizerError) {
    for token in tokens where bytes(of: token) == nil {
      throw .unknownIdentifier(identifier: Int(token), vocabularySize: vocabularySize)
    }
  }
}
