// Lives here: the byte-level BPE tokenizer: encoding, decoding, and its public face.
// Not here: files (BytePairEncoding+Reading.swift, +Writing.swift) and training (BytePairTrainer.swift).

/// Byte-level byte-pair encoding as Hugging Face `tokenizer.json` files describe it.
///
/// Gives the identifiers of the reference library `tokenizers`, for the vocabularies of OLMo, OLMo 2, GPT-NeoX,
/// GPT-2, Llama 3 and Qwen2: text goes through added tokens, normalisation, cutting, merging and surrounding tokens in
/// that order. Values are immutable and may be shared between threads.
///
/// > Source: Sennrich et al., arXiv 1508.07909; bytes instead of characters as in GPT-2.
public struct BytePairEncoding: Tokenizer {
  /// What happens to text first.
  public let normalizer: TextNormalizer
  /// How text is cut into the pieces in which pairs merge.
  public let preTokenizer: PreTokenizer
  /// Tokens that are recognised as a whole, by identifier.
  public let addedTokens: [AddedToken]
  /// Identifiers of the tokens that mark structure, by their text.
  public let specialTokens: [String: Int32]
  /// FNV-1a of the tokenizer's canonical file: equal however the file was laid out.
  public private(set) var fingerprint: UInt64 = 0

  let vocabulary: BytePairVocabulary
  let postProcessor: PostProcessor
  let decoderOptions: PreTokenizer.ByteLevel
  private let originalMatcher: AddedTokenMatcher
  private let normalizedMatcher: AddedTokenMatcher
  private let tokenBytes: TokenBytes
  private let specialIdentifiers: Set<Int32>
  private let prefix: [Int32]
  private let suffix: [Int32]
  private let workspaces = WorkspacePool()

  /// Puts checked parts together.
  init(
    vocabulary: BytePairVocabulary, addedTokens: [AddedToken], normalizer: TextNormalizer,
    preTokenizer: PreTokenizer, postProcessor: PostProcessor = .none,
    decoderOptions: PreTokenizer.ByteLevel = .init(addsPrefixSpace: true, usesExpression: true)
  ) {
    self.vocabulary = vocabulary
    self.addedTokens = addedTokens.sorted { $0.identifier < $1.identifier }
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.postProcessor = postProcessor
    self.decoderOptions = decoderOptions
    let special = addedTokens.filter(\.isSpecial)
    specialTokens = Dictionary(special.map { ($0.content, $0.identifier) }) { first, _ in first }
    specialIdentifiers = Set(special.map(\.identifier))
    let original = addedTokens.filter { !$0.isNormalized }
    originalMatcher = AddedTokenMatcher(original, patterns: original.map { Array($0.content.utf8) })
    let normalized = addedTokens.filter(\.isNormalized)
    normalizedMatcher = AddedTokenMatcher(
      normalized, patterns: normalized.map { Array(normalizer.normalize($0.content).utf8) })
    tokenBytes = TokenBytes(vocabulary: vocabulary, addedTokens: addedTokens, normalizer: normalizer)
    (prefix, suffix) = (postProcessor.prefix, postProcessor.suffix)
    fingerprint = Fingerprint(of: encodedJSON(pretty: false)).value
  }

  /// One more than the largest identifier.
  public var vocabularySize: Int { tokenBytes.count }

  /// Number of merges.
  public var mergeCount: Int { vocabulary.merges.count }

  /// The token between documents: the special token `<|endoftext|>`, `<|end_of_text|>` or `</s>`.
  public var endOfText: Int32? {
    ["<|endoftext|>", "<|end_of_text|>", "</s>"].lazy.compactMap { specialTokens[$0] }.first
  }

  /// Identifier of a token by its text: added tokens as they stand, others in the byte alphabet (`Ġthe`).
  public func identifier(of token: String) -> Int32? {
    addedTokens.first { $0.content.utf8.elementsEqual(token.utf8) }?.identifier ?? vocabulary.identifier(of: token)
  }

  /// Text of a token: added tokens as they stand, others in the byte alphabet.
  public func token(of identifier: Int32) -> String? {
    if let added = addedTokens.first(where: { $0.identifier == identifier }) { return added.content }
    guard vocabulary.texts.indices.contains(Int(identifier)) else { return nil }
    return vocabulary.texts[Int(identifier)]
  }

  /// The tokens of a text, with those that the file puts around every text.
  public func encode(_ text: String) -> [Int32] {
    encode(text, addingSurroundingTokens: true)
  }

  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - addingSurroundingTokens: whether the tokens that the file's template puts before and behind every text (such
  ///     as a beginning-of-text token) are added.
  ///   - recognizingSpecialTokens: whether text such as `<|endoftext|>` becomes the token of that name. Say no for
  ///     text from strangers, who could end a document with it.
  /// - Complexity: O(n log n) in the length of the longest piece, otherwise linear.
  public func encode(
    _ text: String, addingSurroundingTokens: Bool, recognizingSpecialTokens: Bool = true
  ) -> [Int32] {
    var output = addingSurroundingTokens ? prefix : []
    output.reserveCapacity(text.utf8.count / 3)
    workspaces.withWorkspace { workspace in
      let bytes = text.utf8.span
      for part in originalMatcher.parts(of: bytes, includingSpecial: recognizingSpecialTokens) {
        if let token = part.token {
          output.append(token.identifier)
          continue
        }
        let piece = bytes.extracting(part.range)
        if normalizer == .canonicalComposition, let composed = CanonicalComposition.compose(piece) {
          append(composed.span, includingSpecial: recognizingSpecialTokens, to: &output, workspace: &workspace)
        } else {
          append(piece, includingSpecial: recognizingSpecialTokens, to: &output, workspace: &workspace)
        }
      }
    }
    if addingSurroundingTokens { output += suffix }
    return output
  }

  /// Appends the tokens of normalised text.
  private func append(
    _ bytes: Span<UInt8>, includingSpecial: Bool, to output: inout [Int32], workspace: inout EncodingWorkspace
  ) {
    // The closure must not capture self: copying all of it for every piece takes most of the time.
    let vocabulary = vocabulary
    for part in normalizedMatcher.parts(of: bytes, includingSpecial: includingSpecial) {
      if let token = part.token {
        output.append(token.identifier)
      } else {
        preTokenizer.forEachPiece(of: bytes.extracting(part.range)) { piece in
          vocabulary.appendTokens(of: piece, to: &output, workspace: &workspace)
        }
      }
    }
  }

  /// The bytes that a token stands for.
  public func bytes(of identifier: Int32) -> [UInt8]? { tokenBytes[identifier] }

  /// Whether a token marks structure.
  public func isSpecial(_ identifier: Int32) -> Bool { specialIdentifiers.contains(identifier) }
}

/// The bytes of every token, one behind the other.
private struct TokenBytes: Sendable {
  private var storage: [UInt8] = []
  private var ends: [Int] = [0]
  private var isToken: [Bool] = []

  /// One more than the largest identifier.
  var count: Int { isToken.count }

  init(vocabulary: BytePairVocabulary, addedTokens: [AddedToken], normalizer: TextNormalizer) {
    var texts = vocabulary.texts
    for token in addedTokens {
      while texts.count <= Int(token.identifier) { texts.append(nil) }
      texts[Int(token.identifier)] = token.isNormalized ? normalizer.normalize(token.content) : token.content
    }
    for text in texts {
      isToken.append(text != nil)
      // A text outside the byte alphabet stands for its own UTF-8, as in the reference decoder.
      if let text { storage.append(contentsOf: ByteAlphabet.bytes(of: text) ?? Array(text.utf8)) }
      ends.append(storage.count)
    }
  }

  subscript(identifier: Int32) -> [UInt8]? {
    guard isToken.indices.contains(Int(identifier)), isToken[Int(identifier)] else { return nil }
    return Array(storage[ends[Int(identifier)]..<ends[Int(identifier) + 1]])
  }
}
