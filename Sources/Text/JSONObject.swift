// Lives here: checked access to the members of a JSON object, with messages that name file and key.
// Not here: the values themselves (JSONValue.swift).

/// An object of a file, at a dotted key path, of which every member is known.
struct JSONObject {
  let path: String
  let keyPath: String
  private let members: [JSONMember]

  /// Takes an object apart.
  ///
  /// - Parameter keys: all keys that may be there.
  /// - Throws: `wrongValue` if it is no object, `unsupported` for a key that is not in `keys`.
  init(_ value: JSONValue, at keyPath: String, in path: String, keys: [String]) throws(TokenizerError) {
    guard case .object(let members) = value else {
      throw .wrongValue(path: path, key: keyPath, expected: "an object", got: value.typeName)
    }
    self.path = path
    self.keyPath = keyPath
    self.members = members
    for member in members where !keys.contains(member.key) {
      throw .unsupported(
        path: path, key: key(member.key), expected: "one of the keys \(keys.joined(separator: ", "))",
        got: member.value.typeName)
    }
  }

  /// Key path of a member.
  func key(_ name: String) -> String { keyPath.isEmpty ? name : "\(keyPath).\(name)" }

  /// A member, or nil if it is missing or null.
  func optional(_ name: String) -> JSONValue? {
    guard let member = members.first(where: { $0.key == name }), member.value != .null else { return nil }
    return member.value
  }

  /// A member that has to be there; null is a value.
  func required(_ name: String) throws(TokenizerError) -> JSONValue {
    guard let member = members.first(where: { $0.key == name }) else {
      throw .missingKey(path: path, key: key(name))
    }
    return member.value
  }

  /// A truth value; `standard` if it is missing, an error if that is nil.
  func boolean(_ name: String, standard: Bool? = nil) throws(TokenizerError) -> Bool {
    if let standard, optional(name) == nil { return standard }
    let value = try required(name)
    guard case .boolean(let boolean) = value else { throw wrong(name, "true or false", value) }
    return boolean
  }

  /// A string.
  func string(_ name: String) throws(TokenizerError) -> String {
    let value = try required(name)
    guard case .string(let string) = value else { throw wrong(name, "a string", value) }
    return string
  }

  /// A string, or nil if it is missing or null.
  func optionalString(_ name: String) throws(TokenizerError) -> String? {
    optional(name) == nil ? nil : try string(name)
  }

  /// A whole number in a range.
  func integer(_ name: String, in range: Range<Int>) throws(TokenizerError) -> Int {
    let value = try required(name)
    guard case .integer(let integer) = value, range.contains(integer) else {
      throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound - 1)", value)
    }
    return integer
  }

  /// An array.
  func array(_ name: String) throws(TokenizerError) -> [JSONValue] {
    let value = try required(name)
    guard case .array(let array) = value else { throw wrong(name, "an array", value) }
    return array
  }

  /// The members of an object whose keys are data.
  func dictionary(_ name: String) throws(TokenizerError) -> [JSONMember] {
    let value = try required(name)
    guard case .object(let members) = value else { throw wrong(name, "an object", value) }
    return members
  }

  /// The error for a member of the wrong type or range.
  func wrong(_ name: String, _ expected: String, _ value: JSONValue) -> TokenizerError {
    .wrongValue(path: path, key: key(name), expected: expected, got: value.typeName)
  }

  /// The error for a member that asks for something that is not implemented.
  func unsupported(_ name: String, _ expected: String, _ value: JSONValue) -> TokenizerError {
    .unsupported(path: path, key: key(name), expected: expected, got: value.typeName)
  }

  /// The string under "type" of a component.
  static func type(of value: JSONValue, at keyPath: String, in path: String) throws(TokenizerError) -> String {
    guard case .object(let members) = value else {
      throw .wrongValue(path: path, key: keyPath, expected: "an object", got: value.typeName)
    }
    guard let member = members.first(where: { $0.key == "type" }) else {
      throw .missingKey(path: path, key: "\(keyPath).type")
    }
    guard case .string(let type) = member.value else {
      throw .wrongValue(path: path, key: "\(keyPath).type", expected: "a string", got: member.value.typeName)
    }
    return type
  }
}
