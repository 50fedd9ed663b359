// Lives here: reading a Hugging Face tokenizer.json; whatever is not supported is refused by its key.
// Not here: what the parts do once they are read.

extension BytePairEncoding {
  /// Reads a `tokenizer.json`.
  ///
  /// - Throws: ``TokenizerError``: not found, not UTF-8, not JSON, a missing or wrong value, a component that is not
  ///   supported, a broken merge, identifiers that clash.
  public init(contentsOf path: String) throws(TokenizerError) {
    try self.init(json: try TextFile.read(path), path: path)
  }

  /// Reads the text of a `tokenizer.json`; `path` is for messages.
  ///
  /// - Throws: as ``init(contentsOf:)``.
  public init(json text: String, path: String = "tokenizer.json") throws(TokenizerError) {
    let root = try JSONObject(
      try JSONParser.parse(text, path: path), at: "", in: path,
      keys: [
        "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
        "decoder", "model",
      ])
    try Self.checkVersion(root)
    for name in ["truncation", "padding"] {
      if let value = root.optional(name) { throw root.unsupported(name, "null", value) }
    }
    let vocabulary = try BytePairVocabulary(model: try root.required("model"), path: path)
    let addedTokens = try Self.readAddedTokens(root, vocabulary: vocabulary)
    let last = addedTokens.map { Int($0.identifier) }.max() ?? -1
    self.init(
      vocabulary: vocabulary,
      addedTokens: addedTokens,
      normalizer: try Self.readNormalizer(root.optional("normalizer") ?? .null, at: "normalizer", in: path),
      preTokenizer: try PreTokenizer(
        json: root.optional("pre_tokenizer") ?? .null, at: "pre_tokenizer", in: path),
      postProcessor: try PostProcessor(
        json: root.optional("post_processor") ?? .null, at: "post_processor", in: path,
        vocabularySize: max(vocabulary.texts.count, last + 1)),
      decoderOptions: try Self.readDecoder(root))
  }

  private static func checkVersion(_ root: JSONObject) throws(TokenizerError) {
    guard let version = try root.optionalString("version") else { return }
    guard version == "1.0" else { throw root.unsupported("version", "\"1.0\"", .string(version)) }
  }

  private static func readNormalizer(
    _ value: JSONValue, at keyPath: String, in path: String
  ) throws(TokenizerError) -> TextNormalizer {
    if value == .null { return .none }
    switch try JSONObject.type(of: value, at: keyPath, in: path) {
    case "NFC":
      _ = try JSONObject(value, at: keyPath, in: path, keys: ["type"])
      return .canonicalComposition
    case let type:
      throw .unsupported(path: path, key: "\(keyPath).type", expected: "null or NFC", got: "\"\(type)\"")
    }
  }

  private static func readDecoder(_ root: JSONObject) throws(TokenizerError) -> PreTokenizer.ByteLevel {
    guard let value = root.optional("decoder") else {
      throw root.unsupported("decoder", "ByteLevel", .null)
    }
    let type = try JSONObject.type(of: value, at: "decoder", in: root.path)
    guard type == "ByteLevel" else {
      throw .unsupported(path: root.path, key: "decoder.type", expected: "ByteLevel", got: "\"\(type)\"")
    }
    return try PreTokenizer.ByteLevel(json: value, at: "decoder", in: root.path)
  }

  /// Reads the added tokens and checks that each has the identifier that the reference library would give it.
  private static func readAddedTokens(
    _ root: JSONObject, vocabulary: BytePairVocabulary
  ) throws(TokenizerError) -> [AddedToken] {
    guard root.optional("added_tokens") != nil else { return [] }
    var tokens: [AddedToken] = []
    var contents = ByteStringTable()
    var next = vocabulary.count
    for (index, item) in try root.array("added_tokens").enumerated() {
      let key = "added_tokens[\(index)]"
      let object = try JSONObject(
        item, at: key, in: root.path,
        keys: ["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"])
      let content = try object.string("content")
      guard !content.isEmpty else { throw object.wrong("content", "a text", .string(content)) }
      guard contents.insert(content.utf8.span).isNew else {
        throw object.wrong("content", "each added token once", .string(content))
      }
      let identifier = try object.integer("id", in: 0..<BytePairVocabulary.identifierLimit)
      let expected = vocabulary.identifier(of: content).map(Int.init) ?? next
      if vocabulary.identifier(of: content) == nil { next += 1 }
      guard identifier == expected else {
        throw object.wrong(
          "id", "\(expected) (as the vocabulary says, or next behind it) for \"\(content)\"",
          .integer(identifier))
      }
      tokens.append(
        AddedToken(
          content, identifier: Int32(identifier),
          isSpecial: try object.boolean("special"),
          isSingleWord: try object.boolean("single_word"),
          stripsLeft: try object.boolean("lstrip"),
          stripsRight: try object.boolean("rstrip"),
          isNormalized: try object.boolean("normalized")))
    }
    return tokens
  }
}

extension BytePairVocabulary {
  /// Reads the `model` component.
  fileprivate convenience init(model value: JSONValue, path: String) throws(TokenizerError) {
    // The oldest files leave the type out; everything else in them is the same.
    if case .object(let members) = value, members.contains(where: { $0.key == "type" }) {
      let type = try JSONObject.type(of: value, at: "model", in: path)
      guard type == "BPE" else {
        throw .unsupported(path: path, key: "model.type", expected: "BPE", got: "\"\(type)\"")
      }
    }
    let model = try JSONObject(
      value, at: "model", in: path,
      keys: [
        "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
        "byte_fallback", "ignore_merges", "vocab", "merges",
      ])
    if let dropout = model.optional("dropout") { throw model.unsupported("dropout", "null", dropout) }
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let text = try model.optionalString(name), !text.isEmpty {
        throw model.unsupported(name, "null or an empty text", .string(text))
      }
    }
    let options = Options(
      unknownToken: try model.optionalString("unk_token"),
      continuingPrefix: try model.optionalString("continuing_subword_prefix"),
      endOfWordSuffix: try model.optionalString("end_of_word_suffix"),
      fusesUnknown: try model.boolean("fuse_unk", standard: false),
      fallsBackToBytes: try model.boolean("byte_fallback", standard: false),
      ignoresMerges: try model.boolean("ignore_merges", standard: false))
    try self.init(
      entries: try Self.readEntries(model), merges: try Self.readMerges(model), options: options, path: path)
  }

  private static func readEntries(
    _ model: JSONObject
  ) throws(TokenizerError) -> [(text: String, identifier: Int)] {
    var entries: [(text: String, identifier: Int)] = []
    for member in try model.dictionary("vocab") {
      guard case .integer(let identifier) = member.value, (0..<identifierLimit).contains(identifier) else {
        throw .wrongValue(
          path: model.path, key: "model.vocab.\(member.key)",
          expected: "a whole number from 0 to \(identifierLimit - 1)", got: member.value.typeName)
      }
      entries.append((member.key, identifier))
    }
    return entries
  }

  /// Merges as pairs, or as the older "left right" strings, among which "#version" lines are skipped.
  private static func readMerges(
    _ model: JSONObject
  ) throws(TokenizerError) -> [(left: String, right: String)] {
    var merges: [(left: String, right: String)] = []
    for (index, item) in try model.array("merges").enumerated() {
      switch item {
      case .array(let parts):
        guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1] else {
          throw .wrongValue(
            path: model.path, key: "model.merges[\(index)]", expected: "two strings", got: item.typeName)
        }
        merges.append((left, right))
      case .string(let text):
        if text.hasPrefix("#version") { continue }
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2 else {
          throw .brokenMerge(
            path: model.path, index: index, merge: text, reason: "\(parts.count) parts between spaces")
        }
        merges.append((String(Substring(parts[0])), String(Substring(parts[1]))))
      default:
        throw .wrongValue(
          path: model.path, key: "model.merges[\(index)]", expected: "a string or two strings", got: item.typeName)
      }
    }
    return merges
  }
}
