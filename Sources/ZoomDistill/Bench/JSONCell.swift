// JSON of any form, with booleans and numbers kept apart and numbers exact.
// Not here: what the members mean (BenchRow.swift, ToolCall.swift).

import Foundation

/// A JSON value.
enum JSONCell: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONCell])
  case object([String: JSONCell])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if container.decodeNil() {
      self = .null
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let list = try? container.decode([JSONCell].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONCell].self))
    }
  }

  /// The members of a text that is one JSON object; nil for anything else.
  static func object(_ data: Data) -> [String: JSONCell]? {
    try? JSONDecoder().decode([String: JSONCell].self, from: data)
  }

  /// The number; nil for anything else.
  var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// The text; nil for anything else.
  var text: String? { if case .text(let text) = self { text } else { nil } }

  /// A number as a table would write it.
  static func written(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
  }
}
