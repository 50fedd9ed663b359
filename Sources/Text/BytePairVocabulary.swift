// Lives here: the tokens and merges of a byte-level BPE model, checked once and looked up ever after.
// Not here: merging (BytePairVocabulary+Merging.swift) and file formats (BytePairEncoding+Reading.swift).

/// Tokens, their identifiers, and the merges in the order of their rank.
///
/// A class, so that the loops over pieces pass one reference around and not a dozen arrays; it never changes.
final class BytePairVocabulary: Sendable {
  /// Largest number of identifiers: bounds what a hostile file can make the reader allocate.
  static let identifierLimit = 1 << 24

  /// Options of the model that change nothing for byte-level vocabularies but belong to the file.
  struct Options: Equatable, Sendable {
    /// Never used: every byte has a token.
    var unknownToken: String?
    /// nil or empty; both mean none.
    var continuingPrefix: String?
    /// nil or empty; both mean none.
    var endOfWordSuffix: String?
    /// Never used: every byte has a token.
    var fusesUnknown = false
    /// Never used: every byte has a token.
    var fallsBackToBytes = false
    /// Whether a piece that is a token as a whole is taken without merging.
    var ignoresMerges = false
  }

  /// Token texts (in the byte alphabet) by identifier; nil where the identifier stands for nothing.
  let texts: [String?]
  /// Pairs in the order of their rank.
  let merges: [TokenPair]
  let options: Options

  /// Identifier of the token of each byte; -1 for bytes that never occur in UTF-8 and have no token (GPT-NeoX).
  let byteTokens: [Int32]
  /// Merge of a pair: rank in the upper half, resulting token in the lower.
  let ranks: PairTable
  private let strings: ByteStringTable
  private let identifiers: [Int32]

  /// Checks and indexes a vocabulary.
  ///
  /// - Parameters:
  ///   - entries: token texts with identifiers, texts unique.
  ///   - merges: parts of each merge, in order of rank. Of equal pairs the last counts, as in the reference.
  ///   - path: for messages.
  init(
    entries: [(text: String, identifier: Int)], merges parts: [(left: String, right: String)], options: Options,
    path: String
  ) throws(TokenizerError) {
    var texts = [String?](repeating: nil, count: (entries.map(\.identifier).max() ?? -1) + 1)
    var strings = ByteStringTable()
    var identifiers: [Int32] = []
    for (text, identifier) in entries {
      if let first = texts[identifier] {
        throw .duplicateIdentifier(path: path, identifier: identifier, first: first, second: text)
      }
      texts[identifier] = text
      if strings.insert(text.utf8.span).isNew { identifiers.append(Int32(identifier)) }
    }
    var byteTokens: [Int32] = []
    for byte in UInt8.min...UInt8.max {
      let text = String(ByteAlphabet.scalars[Int(byte)])
      if let index = strings.index(of: text.utf8.span) {
        byteTokens.append(identifiers[index])
      } else if Self.occursInUTF8(byte) {
        throw .missingByte(path: path, byte: byte)
      } else {
        byteTokens.append(-1)
      }
    }
    let lookup: (String) -> Int32? = { text in strings.index(of: text.utf8.span).map { identifiers[$0] } }
    var ranks = PairTable(capacity: parts.count)
    var pairs: [TokenPair] = []
    pairs.reserveCapacity(parts.count)
    for (index, (left, right)) in parts.enumerated() {
      guard let first = lookup(left), let second = lookup(right), let result = lookup(left + right),
        !left.isEmpty, !right.isEmpty
      else {
        let missing = [left, right, left + right].first { $0.isEmpty || lookup($0) == nil } ?? ""
        throw .brokenMerge(
          path: path, index: index, merge: "\(left) \(right)",
          reason: missing.isEmpty ? "an empty part" : "no token \"\(missing)\"")
      }
      let pair = TokenPair(first, second)
      ranks.set(pair, to: index << 32 | Int(result))
      pairs.append(pair)
    }
    if ranks.count < pairs.count {
      pairs = pairs.enumerated().filter { ranks[$0.element].map { $0 >> 32 } == $0.offset }.map(\.element)
    }
    self.texts = texts
    self.merges = pairs
    self.options = options
    self.byteTokens = byteTokens
    self.ranks = ranks
    self.strings = strings
    self.identifiers = identifiers
  }

  /// Whether valid UTF-8 can contain the byte.
  private static func occursInUTF8(_ byte: UInt8) -> Bool { byte < 0xC0 || (0xC2...0xF4).contains(byte) }

  /// Number of tokens.
  var count: Int { identifiers.count }

  /// Identifier of a token text, or nil.
  func identifier(of text: String) -> Int32? {
    strings.index(of: text.utf8.span).map { identifiers[$0] }
  }

  /// Identifier of the token that stands for exactly these bytes, or nil.
  func identifier(ofBytes bytes: Span<UInt8>) -> Int32? {
    var text = String.UnicodeScalarView()
    for index in bytes.indices { text.append(ByteAlphabet.scalars[Int(bytes[index])]) }
    return identifier(of: String(text))
  }
}
