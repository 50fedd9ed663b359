// Lives here: writing a tokenizer as a Hugging Face tokenizer.json, byte for byte as the reference library does.
// Not here: the layout of JSON (JSONWriter.swift).

extension BytePairEncoding {
  /// Writes a `tokenizer.json`; the file is complete or not there at all.
  ///
  /// - Throws: ``TokenizerError/unwritable(path:reason:)``.
  public func write(to path: String, pretty: Bool = true) throws(TokenizerError) {
    try AtomicFile.write(encodedJSON(pretty: pretty), to: path)
  }

  /// The text of the `tokenizer.json`.
  public func jsonText(pretty: Bool = true) -> String {
    String(decoding: encodedJSON(pretty: pretty), as: UTF8.self)
  }

  /// UTF-8 of the file; without white space it is the canonical form that the fingerprint is taken of.
  func encodedJSON(pretty: Bool) -> [UInt8] {
    let document = JSONValue.object([
      JSONMember("version", .string("1.0")),
      JSONMember("truncation", .null),
      JSONMember("padding", .null),
      JSONMember("added_tokens", .array(addedTokens.map(\.json))),
      JSONMember("normalizer", normalizer.json),
      JSONMember("pre_tokenizer", preTokenizer.json),
      JSONMember("post_processor", postProcessor.json),
      JSONMember("decoder", decoderOptions.json),
      JSONMember("model", vocabulary.json),
    ])
    return JSONWriter.bytes(of: document, pretty: pretty)
  }
}

extension TextNormalizer {
  fileprivate var json: JSONValue {
    switch self {
    case .none: .null
    case .canonicalComposition: .object([JSONMember("type", .string("NFC"))])
    }
  }
}

extension AddedToken {
  fileprivate var json: JSONValue {
    .object([
      JSONMember("id", .integer(Int(identifier))),
      JSONMember("content", .string(content)),
      JSONMember("single_word", .boolean(isSingleWord)),
      JSONMember("lstrip", .boolean(stripsLeft)),
      JSONMember("rstrip", .boolean(stripsRight)),
      JSONMember("normalized", .boolean(isNormalized)),
      JSONMember("special", .boolean(isSpecial)),
    ])
  }
}

extension BytePairVocabulary {
  fileprivate var json: JSONValue {
    let optional = { (text: String?) -> JSONValue in text.map(JSONValue.string) ?? .null }
    let entries = texts.enumerated().compactMap { identifier, text in
      text.map { JSONMember($0, .integer(identifier)) }
    }
    let pairs = merges.map { pair in
      JSONValue.array([
        .string(texts[Int(pair.left)] ?? ""), .string(texts[Int(pair.right)] ?? ""),
      ])
    }
    return .object([
      JSONMember("type", .string("BPE")),
      JSONMember("dropout", .null),
      JSONMember("unk_token", optional(options.unknownToken)),
      JSONMember("continuing_subword_prefix", optional(options.continuingPrefix)),
      JSONMember("end_of_word_suffix", optional(options.endOfWordSuffix)),
      JSONMember("fuse_unk", .boolean(options.fusesUnknown)),
      JSONMember("byte_fallback", .boolean(options.fallsBackToBytes)),
      JSONMember("ignore_merges", .boolean(options.ignoresMerges)),
      JSONMember("vocab", .object(entries)),
      JSONMember("merges", .array(pairs)),
    ])
  }
}
