// Lives here: training a byte-level BPE vocabulary: its options, and the tokenizer that results.
// Not here: counting words (WordCounts.swift) and learning merges (MergeLearner.swift).

/// Trains byte-level BPE vocabularies that equal those of the reference library's `BpeTrainer`.
///
/// Identifiers are: special tokens in the order given, the 256 bytes in the order of the byte alphabet, then one token
/// for each merge. The most frequent pair merges first; of equally frequent pairs the one with the smaller identifiers.
public struct BytePairTrainer: Sendable {
  /// Number of tokens to aim for; a small corpus may give fewer.
  public var vocabularySize: Int
  /// Pairs that occur less often are not merged.
  public var minimumFrequency: Int
  /// Tokens that mark structure; they get the first identifiers.
  public var specialTokens: [String]
  /// What happens to text first.
  public var normalizer: TextNormalizer
  /// How text is cut into pieces.
  public var preTokenizer: PreTokenizer

  /// How far training is.
  public struct Progress: Equatable, Sendable {
    /// Merges that were learned.
    public let merges: Int
    /// Merges that are to be learned, unless the corpus ends before.
    public let total: Int
  }

  /// Sets the options.
  public init(
    vocabularySize: Int, minimumFrequency: Int = 0, specialTokens: [String] = ["<|endoftext|>"],
    normalizer: TextNormalizer = .none, preTokenizer: PreTokenizer = .gpt4
  ) {
    self.vocabularySize = vocabularySize
    self.minimumFrequency = minimumFrequency
    self.specialTokens = specialTokens
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
  }

  /// Empty counts for this trainer's way of cutting text; feed them and call ``train(on:progress:)-(WordCounts,_)``.
  public func makeCounts() -> WordCounts {
    WordCounts(normalizer: normalizer, preTokenizer: preTokenizer)
  }

  /// Trains on texts, each a document of its own.
  ///
  /// - Throws: ``TokenizerError/vocabularyTooSmall(requested:minimum:)``.
  public func train(
    on texts: some Sequence<String>, progress: ((Progress) -> Void)? = nil
  ) throws(TokenizerError) -> BytePairEncoding {
    var counts = makeCounts()
    for text in texts { counts.add(text) }
    return try train(on: counts, progress: progress)
  }

  /// Trains on counted pieces.
  ///
  /// - Throws: ``TokenizerError/vocabularyTooSmall(requested:minimum:)``.
  /// - Precondition: the counts were made by ``makeCounts()`` of a trainer with the same normaliser and pre-tokenizer.
  public func train(
    on counts: WordCounts, progress: ((Progress) -> Void)? = nil
  ) throws(TokenizerError) -> BytePairEncoding {
    precondition(
      counts.usedNormalizer == normalizer && counts.usedPreTokenizer == preTokenizer,
      "BytePairTrainer.train: expected counts made with \(preTokenizer), got \(counts.usedPreTokenizer)")
    let (entries, byteTokens) = initialEntries()
    guard vocabularySize >= entries.count else {
      throw .vocabularyTooSmall(requested: vocabularySize, minimum: entries.count)
    }
    var learner = MergeLearner(counts: counts, byteTokens: byteTokens, texts: entries)
    learner.learn(vocabularySize: vocabularySize, minimumFrequency: minimumFrequency, progress: progress)
    let texts = learner.texts
    let vocabulary = try BytePairVocabulary(
      entries: texts.enumerated().map { ($0.element, $0.offset) },
      merges: learner.merges.map { (texts[Int($0.left)], texts[Int($0.right)]) },
      options: BytePairVocabulary.Options(), path: "(trained)")
    return BytePairEncoding(
      vocabulary: vocabulary,
      addedTokens: uniqueSpecialTokens.compactMap { content in
        vocabulary.identifier(of: content).map { AddedToken(content, identifier: $0) }
      },
      normalizer: normalizer, preTokenizer: preTokenizer)
  }

  private var uniqueSpecialTokens: [String] {
    var seen = ByteStringTable()
    return specialTokens.filter { !$0.isEmpty && seen.insert($0.utf8.span).isNew }
  }

  /// Texts of the special tokens and bytes by identifier, and the identifier of each byte.
  private func initialEntries() -> (texts: [String], byteTokens: [Int32]) {
    var texts = uniqueSpecialTokens
    var byteTokens = [Int32](repeating: 0, count: 256)
    for byte in ByteAlphabet.bytesByScalar {
      let text = String(ByteAlphabet.scalars[Int(byte)])
      // A special token of one character may be a byte's token already.
      let known = texts.firstIndex { $0.utf8.elementsEqual(text.utf8) }
      byteTokens[Int(byte)] = Int32(known ?? texts.count)
      if known == nil { texts.append(text) }
    }
    return (texts, byteTokens)
  }
}
