// Tab-separated values with quoted cells, record by record.
// Not here: what the columns mean (BenchRow.swift).

import Foundation

/// Reads tab-separated records; a cell in double quotes may hold tabs, line breaks and doubled quotes.
struct TableScanner {
  private let data: Data
  private let path: String
  private var position: Data.Index
  private var line = 1

  init(_ data: Data, path: String) {
    self.data = data
    self.path = path
    position = data.startIndex
    // A byte order mark is no part of the first name.
    if data.starts(with: [0xEF, 0xBB, 0xBF]) { position += 3 }
  }

  /// The next record that is not an empty line, with the line where it begins; nil at the end.
  ///
  /// - Throws: ``BenchError/malformed(path:line:expected:got:)``.
  mutating func next() throws(BenchError) -> (line: Int, cells: [String])? {
    while position < data.endIndex {
      let start = line
      let cells = try record()
      if cells != [""] { return (start, cells) }
    }
    return nil
  }

  private mutating func record() throws(BenchError) -> [String] {
    var cells: [String] = []
    while true {
      cells.append(try cell())
      guard position < data.endIndex else { return cells }
      let end = data[position]
      position += 1
      if end == 0x09 {
        if position == data.endIndex {
          cells.append("")
          return cells
        }
        continue
      }
      line += 1
      return cells
    }
  }

  /// One cell; the position is then at the tab or line break behind it, or at the end.
  private mutating func cell() throws(BenchError) -> String {
    let start = line
    guard position < data.endIndex, data[position] == 0x22 else {
      let end = data[position...].firstIndex { $0 == 0x09 || $0 == 0x0A } ?? data.endIndex
      var bytes = data[position..<end]
      position = end
      if bytes.last == 0x0D, end == data.endIndex || data[end] == 0x0A { bytes = bytes.dropLast() }
      return try text(bytes, start)
    }
    position += 1
    var bytes = Data()
    while true {
      guard let quote = data[position...].firstIndex(of: 0x22) else {
        throw .malformed(path: path, line: start, expected: "a closing quote", got: "the end of the file")
      }
      let piece = data[position..<quote]
      line += piece.count { $0 == 0x0A }
      bytes += piece
      position = quote + 1
      guard position < data.endIndex, data[position] == 0x22 else { break }
      bytes.append(0x22)
      position += 1
    }
    if position < data.endIndex, data[position] == 0x0D { position += 1 }
    guard position == data.endIndex || data[position] == 0x09 || data[position] == 0x0A else {
      throw .malformed(path: path, line: line, expected: "a tab after the closing quote", got: "more text")
    }
    return try text(bytes, start)
  }

  private func text(_ bytes: Data, _ line: Int) throws(BenchError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(path: path, line: line, expected: "UTF-8", got: "other bytes")
    }
    return text
  }

  /// A cell as it is written: quoted where it must be.
  static func written(_ text: String) -> String {
    guard text.contains(where: { "\t\"\n\r\r\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
