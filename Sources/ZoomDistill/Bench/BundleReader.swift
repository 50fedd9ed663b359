// Benchmarks from files: JSONL with either naming of columns, and VLMEvalKit's TSV, with pictures as paths or base64.
// Not here: what the columns mean (BenchRow.swift), checks across rows (BundleCheck.swift).

public import Foundation
import Lab
import Media

/// Reads benchmarks strictly: a row that is not understood is an error with its line.
public struct BundleReader: Sendable {
  /// Where pictures that a file carries as base64 are unpacked.
  private let unpacking: URL?

  /// Most bytes of a file of items.
  private static let fileLimit = 8 << 30

  /// A reader.
  ///
  /// - Parameter unpacking: a folder for pictures that come as base64; without it such files are refused.
  public init(unpacking: URL? = nil) { self.unpacking = unpacking }

  /// Reads a folder with `items.jsonl`, a `.jsonl` or a `.tsv` file.
  ///
  /// - Throws: ``BenchError``.
  public func read(_ url: URL) throws(BenchError) -> BenchBundle {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .unreadable(path: url.relativePath, reason: "there is no such file or folder")
    }
    let file = isFolder.boolValue ? url.appending(path: BenchBundle.itemsFile) : url
    let data: Data
    do {
      let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
      guard size <= Self.fileLimit else {
        throw BenchError.unreadable(path: file.relativePath, reason: "\(size) bytes are too many")
      }
      data = try Data(contentsOf: file, options: .mappedIfSafe)
    } catch let error as BenchError {
      throw error
    } catch {
      throw .unreadable(path: file.relativePath, reason: error.localizedDescription)
    }
    let name = file.relativePath
    let rows: [BenchRow]
    switch file.pathExtension.lowercased() {
    case "jsonl", "json": rows = try Self.jsonRows(data, path: name)
    case "tsv": rows = try Self.tsvRows(data, path: name)
    default:
      throw .unreadable(path: name, reason: "expected a folder, .jsonl or .tsv, got '.\(file.pathExtension)'")
    }
    return try bundle(rows, file: file)
  }

  private func bundle(_ rows: [BenchRow], file: URL) throws(BenchError) -> BenchBundle {
    var lines: [String: Int] = [:]
    var items: [BenchItem] = []
    let carriesPictures = rows.contains { Self.base64($0) != nil }
    guard !carriesPictures || unpacking != nil else {
      throw .unreadable(
        path: file.relativePath,
        reason:
          "its pictures are base64. Hint: unpack it first: zoom-bench convert \(file.lastPathComponent) --out FOLDER")
    }
    var unpacked: [String: String] = [:]
    for (number, row) in rows.enumerated() {
      let image = try image(row, &unpacked)
      let item = try row.item(image: image, number: number + 1)
      if let earlier = lines.updateValue(row.line, forKey: item.id) {
        throw .duplicate(path: row.path, line: row.line, id: item.id, earlier: earlier)
      }
      unpacked["#\(item.id)"] = image
      items.append(item)
    }
    guard !items.isEmpty else { throw .empty(path: file.relativePath) }
    let folder = carriesPictures ? unpacking ?? file : file.deletingLastPathComponent()
    return BenchBundle(folder: BenchFolder(folder), items: items)
  }

  // MARK: Pictures

  /// The base64 of a row, if its picture comes so.
  private static func base64(_ row: BenchRow) -> String? {
    guard case .text(let text)? = row.cells["image"], text.utf8.count > 512 || text.hasPrefix("data:") else {
      return nil
    }
    return text
  }

  /// The path of a row's picture; a short text may name the row whose picture it shares.
  private func image(_ row: BenchRow, _ unpacked: inout [String: String]) throws(BenchError) -> String {
    guard let text = Self.base64(row), let unpacking else {
      let path = try row.required("image", "image_path", "images")
      return unpacked["#\(path)"] ?? path
    }
    let payload = text.hasPrefix("data:") ? text.split(separator: ",", maxSplits: 1).last.map(String.init) ?? "" : text
    let limit = BenchFolder.imageLimits.maxFileBytes
    guard payload.utf8.count / 4 * 3 <= limit else { throw row.error("a picture of at most \(limit) bytes", "more") }
    guard let bytes = Data(base64Encoded: payload) else { throw row.error("a picture as base64", "other text") }
    let digest = ContentDigest.hex(bytes)
    if let known = unpacked[digest] { return known }
    let info: ImageFileInfo
    do {
      info = try ImageFile.inspect(
        [UInt8](bytes), place: "\(row.path), line \(row.line)", limits: BenchFolder.imageLimits)
    } catch {
      throw row.error("a PNG or JPEG", "\(error)")
    }
    let path = "images/\(digest).\(info.format.fileExtension)"
    try BundleWriter.save(bytes, to: unpacking.appending(path: path))
    unpacked[digest] = path
    return path
  }

  // MARK: Rows

  private static func jsonRows(_ data: Data, path: String) throws(BenchError) -> [BenchRow] {
    var rows: [BenchRow] = []
    var start = data.startIndex
    var line = 0
    while start < data.endIndex {
      let end = data[start...].firstIndex(of: 0x0A) ?? data.endIndex
      line += 1
      let bytes = data[start..<end]
      start = end < data.endIndex ? end + 1 : data.endIndex
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
      guard let object = JSONCell.object(Data(bytes)) else {
        throw .malformed(
          path: path, line: line, expected: "one JSON object a line",
          got: "'\(String(decoding: bytes.prefix(60), as: UTF8.self))'")
      }
      var row = BenchRow(path: path, line: line)
      row.cells = object
      rows.append(row)
    }
    return rows
  }

  private static func tsvRows(_ data: Data, path: String) throws(BenchError) -> [BenchRow] {
    var reader = TableScanner(data, path: path)
    guard let header = try reader.next() else { return [] }
    guard Set(header.cells).count == header.cells.count, !header.cells.contains("") else {
      throw .malformed(
        path: path, line: 1, expected: "column names, each once", got: header.cells.joined(separator: ", "))
    }
    var rows: [BenchRow] = []
    while let record = try reader.next() {
      guard record.cells.count == header.cells.count else {
        throw .malformed(
          path: path, line: record.line, expected: "\(header.cells.count) columns", got: "\(record.cells.count)")
      }
      var row = BenchRow(path: path, line: record.line)
      for (name, cell) in zip(header.cells, record.cells) {
        // Tables of data frames write missing values so.
        row.cells[name] = .text(cell == "nan" || cell == "NaN" ? "" : cell)
      }
      rows.append(row)
    }
    return rows
  }
}
