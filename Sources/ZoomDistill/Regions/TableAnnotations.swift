// Boxes from a CSV file.
// Not here: other formats (Annotations.swift).
import Foundation
import Media

/// Reads the columns `path`, `name`, `x1`, `y1`, `x2`, `y2` and, if there is one, `space`, in any order after a header.
///
/// `space` is `pixels` (also where it is empty or missing), `unit` for 0...1, or `permille` for 0...1000 of the width and
/// the height. Other columns are an error, since they are most often misspelt ones.
///
/// > Source: RFC 4180: commas, fields in quotation marks, which are doubled within them, CR LF or LF.
struct TableAnnotations {
  let limits: Annotations.Limits
  let size: @Sendable (_ path: String) -> ImageSize?

  func read(_ url: URL) throws(ZoomError) -> [String: [GivenBox]] {
    let bytes = try AnnotationFile.bytes(url, limit: limits.fileBytes)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .annotations(path: url.path, line: 0, reason: "expected UTF-8")
    }
    var rows = TableRows(bytes: bytes, path: url.path)
    guard let header = try rows.next() else {
      throw .annotations(path: url.path, line: 1, reason: "expected a header, got an empty file")
    }
    let columns = try Self.columns(header, path: url.path)
    var boxes: [String: [GivenBox]] = [:]
    var count = 0
    while let row = try rows.next() {
      if row.fields == [""] { continue }
      count += 1
      guard count <= limits.boxes else {
        throw .annotations(path: url.path, line: row.line, reason: "expected at most \(limits.boxes) boxes")
      }
      let (path, box) = try box(row, columns, file: url.path)
      boxes[path, default: []].append(box)
    }
    return boxes
  }

  private static let needed = ["path", "name", "x1", "y1", "x2", "y2"]

  private static func columns(_ header: TableRows.Row, path: String) throws(ZoomError) -> [String: Int] {
    var columns: [String: Int] = [:]
    for (index, field) in header.fields.enumerated() {
      let name = field.trimmingCharacters(in: .whitespaces).lowercased()
      guard needed.contains(name) || name == "space" else {
        throw .annotations(
          path: path, line: header.line,
          reason: "expected the columns \(needed.joined(separator: ", ")) and perhaps space, got '\(field)'")
      }
      guard columns.updateValue(index, forKey: name) == nil else {
        throw .annotations(path: path, line: header.line, reason: "the column '\(name)' stands there twice")
      }
    }
    if let missing = needed.first(where: { columns[$0] == nil }) {
      throw .annotations(path: path, line: header.line, reason: "expected a column '\(missing)', got none")
    }
    return columns
  }

  private func box(
    _ row: TableRows.Row, _ columns: [String: Int], file: String
  ) throws(ZoomError) -> (String, GivenBox) {
    func failure(_ reason: String) -> ZoomError { .annotations(path: file, line: row.line, reason: reason) }
    guard row.fields.count == columns.count else {
      throw failure("expected \(columns.count) fields, got \(row.fields.count)")
    }
    func field(_ name: String) -> String {
      columns[name].map { row.fields[$0].trimmingCharacters(in: .whitespaces) } ?? ""
    }
    guard let path = AnnotationFile.path(field("path")) else {
      throw failure("path: expected a relative path, got '\(field("path"))'")
    }
    guard let name = AnnotationFile.name(field("name")) else {
      throw failure("name: expected 1 to 200 visible characters, got '\(field("name").prefix(40))'")
    }
    var edges: [Double] = []
    for side in ["x1", "y1", "x2", "y2"] {
      guard let value = Double(field(side)), value.isFinite else {
        throw failure("\(side): expected a number, got '\(field(side).prefix(40))'")
      }
      edges.append(value)
    }
    guard let box = AnnotationFile.box(edges) else { throw failure("expected x1 <= x2 and y1 <= y2, got \(edges)") }
    let space: CoordinateSpace
    switch field("space").lowercased() {
    case "", "pixels": return (path, GivenBox(name: name, box: box))
    case "unit": space = .unit
    case "permille": space = .perMille
    case let other: throw failure("space: expected pixels, unit or permille, got '\(other.prefix(40))'")
    }
    guard let size = size(path) else {
      throw failure(
        "space: '\(field("space"))' needs the size of '\(path)', which is no readable picture of the source")
    }
    return (path, GivenBox(name: name, box: space.pixels(box, in: size)))
  }
}

/// The records of a CSV file, one after the other.
struct TableRows {
  struct Row: Equatable {
    var fields: [String]
    /// Where the record begins, from 1.
    var line: Int
  }

  /// Bytes of a field at most.
  private static let longest = 1 << 16
  private let bytes: [UInt8]
  private let path: String
  private var place = 0
  private var line = 1

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// The next record; nil at the end.
  mutating func next() throws(ZoomError) -> Row? {
    guard place < bytes.count else { return nil }
    var row = Row(fields: [], line: line)
    while true {
      row.fields.append(try field(from: row.line))
      guard place < bytes.count else { return row }
      let end = bytes[place]
      place += 1
      if end == UInt8(ascii: ",") { continue }
      if end == UInt8(ascii: "\r"), place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
      line += 1
      return row
    }
  }

  /// A field, up to the comma or the end of the line behind it.
  private mutating func field(from start: Int) throws(ZoomError) -> String {
    var content: [UInt8] = []
    let isQuoted = place < bytes.count && bytes[place] == UInt8(ascii: "\"")
    if isQuoted { place += 1 }
    while true {
      guard content.count <= Self.longest else {
        throw .annotations(path: path, line: start, reason: "expected fields of at most \(Self.longest) bytes")
      }
      guard place < bytes.count else {
        if isQuoted { throw .annotations(path: path, line: start, reason: "a quotation mark is not closed") }
        break
      }
      let byte = bytes[place]
      if isQuoted {
        place += 1
        if byte == UInt8(ascii: "\n") { line += 1 }
        guard byte == UInt8(ascii: "\"") else {
          content.append(byte)
          continue
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
          content.append(byte)
          place += 1
          continue
        }
        guard place == bytes.count || Self.ends.contains(bytes[place]) else {
          throw .annotations(path: path, line: line, reason: "expected a comma after a quoted field")
        }
        break
      }
      if Self.ends.contains(byte) { break }
      guard byte != UInt8(ascii: "\"") else {
        throw .annotations(
          path: path, line: line, reason: "a quotation mark inside a field that does not begin with one")
      }
      content.append(byte)
      place += 1
    }
    return String(decoding: content, as: UTF8.self)
  }

  private static let ends = [UInt8(ascii: ","), UInt8(ascii: "\r"), UInt8(ascii: "\n")]
}
