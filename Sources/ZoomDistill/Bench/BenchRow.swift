// One row of a file as named columns, in any of the known schemas, and the item that it describes.
// Not here: the file formats (BundleReader.swift).

import Foundation
import Media

/// Columns of a row by name.
struct BenchRow {
  let path: String
  let line: Int
  var cells: [String: JSONCell] = [:]

  /// Most bytes of one text.
  private static let textLimit = 1 << 16

  init(path: String, line: Int) {
    self.path = path
    self.line = line
  }

  func error(_ expected: String, _ got: String) -> BenchError {
    .malformed(path: path, line: line, expected: expected, got: got)
  }

  /// The text of the one column that is there; empty if none is.
  func text(_ names: String...) throws(BenchError) -> String {
    var found = ""
    var column = ""
    for name in names {
      let value: String
      switch cells[name] {
      case nil, .null: continue
      case .text(let text): value = text
      case .number(let number): value = JSONCell.written(number)
      case .list(let list):
        guard list.count == 1, let text = list[0].text else { throw error("'\(name)' as text", "a list") }
        value = text
      case .object(let members) where members["path"]?.text != nil: value = members["path"]?.text ?? ""
      default: throw error("'\(name)' as text", "another value")
      }
      guard column.isEmpty || value == found else {
        throw error("one of '\(column)' and '\(name)'", "both, and they differ")
      }
      (found, column) = (value, name)
    }
    guard found.utf8.count <= Self.textLimit else {
      throw error("at most \(Self.textLimit) bytes in '\(column)'", "\(found.utf8.count)")
    }
    return found
  }

  func required(_ names: String...) throws(BenchError) -> String {
    for name in names where cells[name] != nil {
      let value = try text(name)
      guard !value.isEmpty else { throw error("'\(name)' that is not empty", "nothing") }
      for other in names where other != name { _ = try text(name, other) }
      return value
    }
    throw error("a column \(names.map { "'\($0)'" }.joined(separator: " or "))", "none")
  }

  // MARK: Item

  /// The item, with the columns of any of the schemas.
  func item(image: String, number: Int) throws(BenchError) -> BenchItem {
    let query = QueryText(try required("query", "prompt", "question"))
    let options = try options(query)
    let answer = try required("response", "answer")
    let format = try format(options)
    guard !query.question.isEmpty else { throw error("a question", "a query without one") }
    var id = try text("id", "index")
    if id.isEmpty { id = "row-\(number)" }
    guard id.utf8.count <= 256 else { throw error("an id of at most 256 bytes", "\(id.utf8.count) bytes") }
    return BenchItem(
      id: id, question: query.question, answer: answer, options: format == .choice ? options : [], format: format,
      category: try text("question_type", "category", "dimension"), image: image,
      crop: try text("crop_image", "crop", "crop_path"), box: try box(),
      license: try text("license", "licence"), source: try text("source"), placeholders: query.placeholders)
  }

  /// Options of a list, of lettered columns, or of the query; where several tell them, they must agree.
  private func options(_ query: QueryText) throws(BenchError) -> [String] {
    var told: [[String]] = query.options.isEmpty ? [] : [query.options]
    switch cells["options"] {
    case .list(let list)? where !list.isEmpty:
      let texts = list.compactMap { $0.text ?? $0.number.map(JSONCell.written) }
      guard texts.count == list.count else { throw error("'options' as a list of texts", "other values") }
      told.append(texts)
    case .text(let text)? where !text.isEmpty: throw error("'options' as a list", "the text '\(text.prefix(40))'")
    default: break
    }
    var lettered: [String] = []
    for index in 0..<AnswerKey.mostOptions {
      let text = try text(AnswerKey.letter(index))
      if text.isEmpty { break }
      lettered.append(text)
    }
    if !lettered.isEmpty { told.append(lettered) }
    guard let first = told.first else { return [] }
    for other in told where other != first { throw error("the same options everywhere", "\(first) and \(other)") }
    guard first.count <= AnswerKey.mostOptions else { throw error("at most 26 options", "\(first.count)") }
    return first
  }

  private func format(_ options: [String]) throws(BenchError) -> AnswerFormat {
    let name = try text("format").lowercased()
    switch name {
    case "": return options.isEmpty ? .open : .choice
    case "mcq", "choice", "multiple-choice", "multiple choice", "multi-choice", "multiple_choice": return .choice
    case "open", "openqa", "open-ended", "open ended", "open_ended", "qa": return .open
    default: throw error("'format' as mcq or open", "'\(name.prefix(40))'")
    }
  }

  /// `[x1, y1, x2, y2]` in pixels, as a list or as text.
  private func box() throws(BenchError) -> BoundingBox? {
    var numbers: [Double] = []
    switch cells["bbox"] ?? cells["box"] ?? .null {
    case .null, .list([]), .text(""): return nil
    case .list(let list): numbers = list.compactMap(\.number)
    case .text(let text):
      let inner = text.trimmingCharacters(in: CharacterSet(charactersIn: "[]() "))
      numbers = inner.split(separator: ",", omittingEmptySubsequences: false)
        .compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    default: break
    }
    guard numbers.count == 4, numbers.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else {
      throw error("'bbox' as four numbers in pixels", numbers.isEmpty ? "something else" : "\(numbers)")
    }
    return BoundingBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
  }
}
