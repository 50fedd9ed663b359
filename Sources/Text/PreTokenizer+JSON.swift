// Lives here: the pre-tokenizer component of a tokenizer.json, read strictly and written back.
// Not here: cutting (PreTokenizer.swift).

extension PreTokenizer {
  /// Reads the component under `keyPath`.
  ///
  /// - Throws: `unsupported` for a component, an option or an expression that has no counterpart here, and for a
  ///   chain that does not end in exactly one `ByteLevel`.
  init(json value: JSONValue, at keyPath: String, in path: String) throws(TokenizerError) {
    self.init(try Component(json: value, at: keyPath, in: path))
    let byteLevels = component.steps.filter(\.isByteLevel)
    guard byteLevels.count == 1, component.steps.last?.isByteLevel == true else {
      throw .unsupported(
        path: path, key: keyPath, expected: "components that end in exactly one ByteLevel",
        got: value == .null ? "null" : "\(byteLevels.count) ByteLevel among \(component.steps.count)")
    }
  }

  /// The component as the reference library writes it.
  var json: JSONValue { component.json }
}

extension PreTokenizer.Component {
  fileprivate var isByteLevel: Bool {
    if case .byteLevel = self { return true }
    return false
  }

  fileprivate init(json value: JSONValue, at keyPath: String, in path: String) throws(TokenizerError) {
    if value == .null {
      self = .sequence([])
      return
    }
    switch try JSONObject.type(of: value, at: keyPath, in: path) {
    case "ByteLevel":
      self = .byteLevel(try PreTokenizer.ByteLevel(json: value, at: keyPath, in: path))
    case "Split":
      self = try Self.split(json: value, at: keyPath, in: path)
    case "Sequence":
      let object = try JSONObject(value, at: keyPath, in: path, keys: ["type", "pretokenizers"])
      var components: [Self] = []
      for (index, item) in try object.array("pretokenizers").enumerated() {
        components.append(try Self(json: item, at: "\(keyPath).pretokenizers[\(index)]", in: path))
      }
      self = .sequence(components)
    case let type:
      throw .unsupported(
        path: path, key: "\(keyPath).type", expected: "ByteLevel, Split or Sequence", got: "\"\(type)\"")
    }
  }

  private static func split(
    json value: JSONValue, at keyPath: String, in path: String
  ) throws(TokenizerError) -> Self {
    let object = try JSONObject(value, at: keyPath, in: path, keys: ["type", "pattern", "behavior", "invert"])
    let name = try object.string("behavior")
    guard let behavior = SplitBehavior(rawValue: name) else {
      let known = SplitBehavior.allCases.map(\.rawValue).joined(separator: ", ")
      throw .unsupported(path: path, key: object.key("behavior"), expected: "one of \(known)", got: "\"\(name)\"")
    }
    let key = object.key("pattern")
    let patterns = try JSONObject(try object.required("pattern"), at: key, in: path, keys: ["Regex", "String"])
    let isInverted = try object.boolean("invert")
    if let literal = try patterns.optionalString("String") {
      guard !literal.isEmpty else {
        throw .unsupported(path: path, key: "\(key).String", expected: "a text", got: "an empty one")
      }
      return .split(.literal(literal), behavior, isInverted: isInverted)
    }
    let expression = try patterns.string("Regex")
    guard let pattern = SplitPattern(expression: expression) else {
      throw .unsupported(
        path: path, key: "\(key).Regex", expected: "the expression of GPT-2, GPT-4 (cl100k) or Qwen2",
        got: "\"\(expression)\"")
    }
    return .split(pattern, behavior, isInverted: isInverted)
  }

  fileprivate var json: JSONValue {
    switch self {
    case .byteLevel(let options): options.json
    case .sequence(let components):
      .object([
        JSONMember("type", .string("Sequence")), JSONMember("pretokenizers", .array(components.map(\.json))),
      ])
    case .split(let pattern, let behavior, let isInverted):
      .object([
        JSONMember("type", .string("Split")),
        JSONMember("pattern", pattern.json),
        JSONMember("behavior", .string(behavior.rawValue)),
        JSONMember("invert", .boolean(isInverted)),
      ])
    }
  }
}

extension SplitPattern {
  fileprivate var json: JSONValue {
    if case .literal(let text) = self { return .object([JSONMember("String", .string(text))]) }
    return .object([JSONMember("Regex", .string(expression ?? ""))])
  }
}

extension PreTokenizer.ByteLevel {
  /// Reads the component, which has the same form as pre-tokenizer, post-processor and decoder.
  init(json value: JSONValue, at keyPath: String, in path: String) throws(TokenizerError) {
    let object = try JSONObject(
      value, at: keyPath, in: path, keys: ["type", "add_prefix_space", "trim_offsets", "use_regex"])
    addsPrefixSpace = try object.boolean("add_prefix_space")
    trimsOffsets = try object.boolean("trim_offsets")
    usesExpression = try object.boolean("use_regex", standard: true)
  }

  /// The component as the reference library writes it.
  var json: JSONValue {
    .object([
      JSONMember("type", .string("ByteLevel")),
      JSONMember("add_prefix_space", .boolean(addsPrefixSpace)),
      JSONMember("trim_offsets", .boolean(trimsOffsets)),
      JSONMember("use_regex", .boolean(usesExpression)),
    ])
  }
}
