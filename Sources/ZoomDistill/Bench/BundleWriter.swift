// Benchmarks to files: a folder with JSONL and pictures, or VLMEvalKit's TSV.
// Not here: reading them (BundleReader.swift).

public import Foundation
import Lab
import Media

/// Writes benchmarks.
public enum BundleWriter {
  /// A row of `items.jsonl`, in the naming of the released benchmark, options and provenance added.
  private struct Row: Encodable {
    var id, query, response, image: String
    var crop: String?
    var box: [Double]?
    var category, format: String
    var options: [String]?
    var license, source: String?

    enum CodingKeys: String, CodingKey {
      case id, query, response, image, format, options, license, source
      case crop = "crop_image"
      case box = "bbox"
      case category = "question_type"
    }
  }

  /// Writes `items.jsonl` and `images/` into a folder; pictures are named by their content.
  ///
  /// - Returns: the bundle as it lies there.
  /// - Throws: ``BenchError``.
  @discardableResult
  public static func write(_ bundle: BenchBundle, to folder: URL) throws(BenchError) -> BenchBundle {
    var copies: [String: String] = ["": ""]
    var items = bundle.items
    var lines = ""
    for index in items.indices {
      items[index].image = try copy(items[index].image, from: bundle.folder, to: folder, &copies)
      items[index].crop = try copy(items[index].crop, from: bundle.folder, to: folder, &copies)
      lines += try line(items[index]) + "\n"
    }
    try save(Data(lines.utf8), to: folder.appending(path: BenchBundle.itemsFile))
    return BenchBundle(folder: BenchFolder(folder), items: items)
  }

  /// The line of an item in `items.jsonl`.
  ///
  /// - Throws: ``BenchError``.
  public static func line(_ item: BenchItem) throws(BenchError) -> String {
    try BenchJSON.line(
      Row(
        id: item.id,
        query: String(repeating: "<image>\n", count: item.placeholders)
          + QueryText.query(item.question, options: item.options), response: item.answer,
        image: item.image, crop: item.crop.isEmpty ? nil : item.crop,
        box: item.box.map { [$0.left, $0.top, $0.right, $0.bottom] }, category: item.category,
        format: item.format == .choice ? "mcq" : "open", options: item.options.isEmpty ? nil : item.options,
        license: item.license.isEmpty ? nil : item.license, source: item.source.isEmpty ? nil : item.source))
  }

  /// Writes VLMEvalKit's TSV of one view: `index, image, question, A…, answer, category`, pictures as base64.
  ///
  /// - Parameter crops: whether the picture is the crop, for the regional view; items without one are left out.
  /// - Throws: ``BenchError``.
  public static func writeTSV(_ bundle: BenchBundle, crops: Bool = false, to file: URL) throws(BenchError) {
    let items = bundle.items.filter { !crops || !$0.crop.isEmpty }
    guard !items.isEmpty else { throw .empty(path: file.relativePath) }
    let letters = (0..<(items.map(\.options.count).max() ?? 0)).map(AnswerKey.letter)
    var data = Data((["index", "image", "question"] + letters + ["answer", "category"]).joined(separator: "\t").utf8)
    for item in items {
      let bytes = Data(try bundle.folder.bytes(crops ? item.crop : item.image))
      let options = letters.indices.map { item.options.indices.contains($0) ? item.options[$0] : "" }
      let answer = item.format == .choice ? item.key.correctOption.map(AnswerKey.letter) ?? item.answer : item.answer
      let cells = [item.id, bytes.base64EncodedString(), item.question] + options + [answer, item.category]
      data.append(Data(("\n" + cells.map(TableScanner.written).joined(separator: "\t")).utf8))
    }
    data.append(0x0A)
    try save(data, to: file)
  }

  private static func copy(
    _ path: String, from source: BenchFolder, to folder: URL, _ copies: inout [String: String]
  ) throws(BenchError) -> String {
    if let known = copies[path] { return known }
    let bytes = try source.bytes(path)
    let format: ImageFileFormat
    do {
      format = try ImageFileFormat.detected(in: bytes, place: path)
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    let name = "images/\(ContentDigest.hex(Data(bytes))).\(format.fileExtension)"
    try save(Data(bytes), to: folder.appending(path: name))
    copies[path] = name
    return name
  }

  /// Writes a file as a whole, with the folders above it; a file of the same size that is named by its content stays.
  static func save(_ data: Data, to file: URL) throws(BenchError) {
    do {
      let parent = file.deletingLastPathComponent()
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      let isNamedByContent = file.deletingPathExtension().lastPathComponent.utf8.count == 64
      let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize
      if isNamedByContent, size == data.count { return }
      try AtomicFile.write(data, to: file)
    } catch {
      throw .cannotWrite(path: file.relativePath, reason: "\(error)")
    }
  }
}
