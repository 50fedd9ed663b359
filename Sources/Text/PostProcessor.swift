// Lives here: the tokens that a file puts before and behind every text (for example a beginning-of-text token).
// Not here: tokens in the text (AddedToken.swift).

/// The post-processor of a tokenizer.json, for one text.
indirect enum PostProcessor: Equatable, Sendable {
  case none
  /// Only about character offsets, which are not computed here.
  case byteLevel(PreTokenizer.ByteLevel)
  case template(Template)
  case sequence([PostProcessor])

  /// A `TemplateProcessing`: which tokens surround a text.
  struct Template: Equatable, Sendable {
    /// Tokens before the text.
    var prefix: [Int32]
    /// Tokens behind the text.
    var suffix: [Int32]
    /// The component as it stood in the file, for writing.
    var json: JSONValue
  }

  /// Tokens before every text.
  var prefix: [Int32] {
    switch self {
    case .none, .byteLevel: []
    case .template(let template): template.prefix
    case .sequence(let processors): processors.reversed().flatMap(\.prefix)
    }
  }

  /// Tokens behind every text.
  var suffix: [Int32] {
    switch self {
    case .none, .byteLevel: []
    case .template(let template): template.suffix
    case .sequence(let processors): processors.flatMap(\.suffix)
    }
  }

  /// The component as the reference library writes it.
  var json: JSONValue {
    switch self {
    case .none: .null
    case .byteLevel(let options): options.json
    case .template(let template): template.json
    case .sequence(let processors):
      .object([
        JSONMember("type", .string("Sequence")), JSONMember("processors", .array(processors.map(\.json))),
      ])
    }
  }

  /// Reads the component under `keyPath`; `vocabularySize` bounds the identifiers of templates.
  init(
    json value: JSONValue, at keyPath: String, in path: String, vocabularySize: Int
  ) throws(TokenizerError) {
    if value == .null {
      self = .none
      return
    }
    switch try JSONObject.type(of: value, at: keyPath, in: path) {
    case "ByteLevel":
      self = .byteLevel(try PreTokenizer.ByteLevel(json: value, at: keyPath, in: path))
    case "TemplateProcessing":
      self = .template(
        try Template(json: value, at: keyPath, in: path, vocabularySize: vocabularySize))
    case "Sequence":
      let object = try JSONObject(value, at: keyPath, in: path, keys: ["type", "processors"])
      var processors: [PostProcessor] = []
      for (index, item) in try object.array("processors").enumerated() {
        let key = "\(keyPath).processors[\(index)]"
        processors.append(try PostProcessor(json: item, at: key, in: path, vocabularySize: vocabularySize))
      }
      self = .sequence(processors)
    case let type:
      throw .unsupported(
        path: path, key: "\(keyPath).type", expected: "null, ByteLevel, TemplateProcessing or Sequence",
        got: "\"\(type)\"")
    }
  }
}

extension PostProcessor.Template {
  fileprivate init(
    json value: JSONValue, at keyPath: String, in path: String, vocabularySize: Int
  ) throws(TokenizerError) {
    let object = try JSONObject(
      value, at: keyPath, in: path, keys: ["type", "single", "pair", "special_tokens"])
    let identifiers = try Self.specialTokens(of: object, vocabularySize: vocabularySize)
    var surroundings: [[Int32]] = [[]]
    for (index, piece) in try object.array("single").enumerated() {
      let key = "\(object.key("single"))[\(index)]"
      let kinds = try JSONObject(piece, at: key, in: path, keys: ["SpecialToken", "Sequence"])
      if let special = kinds.optional("SpecialToken") {
        let token = try JSONObject(special, at: kinds.key("SpecialToken"), in: path, keys: ["id", "type_id"])
        let name = try token.string("id")
        guard let found = identifiers.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
          throw .missingKey(path: path, key: "\(object.key("special_tokens")).\(name)")
        }
        surroundings[surroundings.count - 1] += found.identifiers
      } else {
        let sequence = try JSONObject(
          try kinds.required("Sequence"), at: kinds.key("Sequence"), in: path, keys: ["id", "type_id"])
        guard try sequence.string("id") == "A" else {
          throw .unsupported(path: path, key: sequence.key("id"), expected: "\"A\"", got: "another text")
        }
        surroundings.append([])
      }
    }
    guard surroundings.count == 2 else {
      throw .unsupported(
        path: path, key: object.key("single"), expected: "the text \"A\" exactly once",
        got: "\(surroundings.count - 1) times")
    }
    (prefix, suffix, json) = (surroundings[0], surroundings[1], value)
  }

  private static func specialTokens(
    of object: JSONObject, vocabularySize: Int
  ) throws(TokenizerError) -> [(name: String, identifiers: [Int32])] {
    var tokens: [(name: String, identifiers: [Int32])] = []
    for member in try object.dictionary("special_tokens") {
      let key = "\(object.key("special_tokens")).\(member.key)"
      let entry = try JSONObject(member.value, at: key, in: object.path, keys: ["id", "ids", "tokens"])
      var identifiers: [Int32] = []
      for value in try entry.array("ids") {
        guard case .integer(let identifier) = value, (0..<vocabularySize).contains(identifier) else {
          throw entry.wrong("ids", "identifiers from 0 to \(vocabularySize - 1)", value)
        }
        identifiers.append(Int32(identifier))
      }
      tokens.append((member.key, identifiers))
    }
    return tokens
  }
}
