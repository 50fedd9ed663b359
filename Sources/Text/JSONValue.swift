// Lives here: a JSON document as a value, with the order of its members kept.
// Not here: reading (JSONParser.swift), writing (JSONWriter.swift), checked access (JSONObject.swift).

/// Any JSON value. Foundation's reader is not used: it keeps only the last of two equal keys, loses their order, and
/// compares keys by canonical equivalence, which would merge different tokens.
enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The type's name for messages.
  var typeName: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "the number \(value)"
    case .number(let value): "the number \(value)"
    case .string(let value): "the string \"\(value.prefix(60))\""
    case .array(let values): "an array of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}

/// A key and its value.
struct JSONMember: Equatable, Sendable {
  let key: String
  let value: JSONValue

  init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }
}
