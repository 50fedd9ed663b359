// Lives here: how often each piece occurs in a training text.
// Not here: learning merges from the counts (MergeLearner.swift).

/// Counts of the pieces that a pre-tokenizer cuts texts into: all that training needs to remember of a corpus.
public struct WordCounts: Sendable {
  private let normalizer: TextNormalizer
  private let preTokenizer: PreTokenizer
  private(set) var words = ByteStringTable()
  private(set) var counts: [Int] = []
  /// Bytes of UTF-8 that were counted.
  public private(set) var byteCount = 0

  /// Starts with no text.
  public init(normalizer: TextNormalizer = .none, preTokenizer: PreTokenizer) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
  }

  /// Number of different pieces.
  public var count: Int { counts.count }

  /// Counts the pieces of a text; texts are independent of each other, so no piece spans two of them.
  ///
  /// Text that looks like a special token is counted as text, as in the reference library.
  public mutating func add(_ text: String) {
    byteCount += text.utf8.count
    let bytes = text.utf8.span
    if normalizer == .canonicalComposition, let composed = CanonicalComposition.compose(bytes) {
      add(bytes: composed.span)
    } else {
      add(bytes: bytes)
    }
  }

  private mutating func add(bytes: Span<UInt8>) {
    preTokenizer.forEachPiece(of: bytes) { piece in
      let (index, isNew) = words.insert(piece)
      if isNew { counts.append(0) }
      counts[index] += 1
    }
  }

  /// The normaliser with which texts were counted.
  var usedNormalizer: TextNormalizer { normalizer }
  /// The pre-tokenizer with which texts were counted.
  var usedPreTokenizer: PreTokenizer { preTokenizer }
}
