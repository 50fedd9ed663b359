// The dataset on disk, in the layouts that the field's tools load without code of their own.
// Not here: rows (ExportRow.swift), Parquet (Scripts/zoom-parquet.py).
import Foundation
import Lab

/// What an export wrote.
package struct ExportSummary: Codable, Equatable, Sendable {
  /// Items by split.
  package var items: [String: Int]
  /// Items by dimension.
  package var dimensions: [String: Int]
  /// The digest over all files but the manifest: equal datasets have equal digests.
  package var digest: String
}

/// Writes the dataset of a build.
///
/// | path | for |
/// |---|---|
/// | `dataset.jsonl` | everything that is known of each item |
/// | `<split>/metadata.jsonl` and its pictures | `load_dataset("imagefolder", data_dir=…)` of Hugging Face |
/// | `rl/<split>.jsonl` | trainers by reinforcement: `images, problem, answer, data_source, ability, extra_info` |
/// | `sft/<split>.jsonl` | chat fine-tuning |
/// | `shards/<split>-000000.tar` | WebDataset |
/// | `crops/` | what the teachers saw |
/// | `SOURCES.tsv` | licence and origin of every picture |
/// | `manifest.json` | digests of all of these, counts, the digest of the dataset |
package struct DatasetExport {
  package let context: BuildContext
  private var root: URL { context.folder.export }

  package init(_ context: BuildContext) { self.context = context }

  /// Writes the dataset anew.
  ///
  /// - Throws: ``ZoomError``; ``ZoomError/empty(what:hint:)`` if no item is finished.
  package func write(progress: (Int, Int) -> Void = { _, _ in }) throws(ZoomError) -> ExportSummary {
    let rows = try context.exportRows()
    guard !rows.isEmpty else {
      throw .empty(what: "finished item to export", hint: "run the stages before, and see 'zoom-build status'.")
    }
    do {
      if FileManager.default.fileExists(atPath: root.path) { try FileManager.default.removeItem(at: root) }
      for (index, row) in rows.enumerated() {
        try place(row)
        progress(index + 1, rows.count)
      }
      try writeTables(rows)
      try writeShards(rows)
      return try writeManifest(rows)
    } catch let error as ZoomError {
      throw error
    } catch {
      throw .output(path: root.path, reason: "\(error)")
    }
  }

  /// Puts the pictures of a row into the dataset.
  private func place(_ row: ExportRow) throws {
    let region = String(((row.crop_image as NSString).lastPathComponent as NSString).deletingPathExtension)
    try link(context.folder.crop(region, context.config.crop.encoding), to: row.crop_image)
    try link(source(of: row, region: region), to: row.image)
  }

  private func source(of row: ExportRow, region: String) throws(ZoomError) -> URL {
    row.boxed ? context.folder.boxed(region, context.config.items.encoding) : try context.input.file(row.source.path)
  }

  /// A second name for a file of the build, or a copy where the file system has none or the file is not ours.
  private func link(_ file: URL, to path: String) throws {
    let target = root.appending(path: path)
    guard !FileManager.default.fileExists(atPath: target.path) else { return }
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    let isOurs = file.path.hasPrefix(context.folder.root.path + "/")
    if !isOurs || Foundation.link(file.path, target.path) != 0 {
      try FileManager.default.copyItem(at: file, to: target)
    }
  }

  private func writeTables(_ rows: [ExportRow]) throws {
    try write(rows.map { try Self.line($0) }, to: "dataset.jsonl")
    for (split, rows) in Self.bySplit(rows) {
      try write(
        rows.map { row in
          try Self.line([
            "file_name": (row.image as NSString).lastPathComponent, "id": row.id, "problem": row.problem,
            "answer": row.letter, "answer_text": row.answer, "dimension": row.dimension, "bbox": row.bbox,
            "licence": row.source.licence, "origin": row.source.origin,
          ])
        }, to: "\(split)/metadata.jsonl")
      try write(rows.map { try Self.line($0.reinforcement) }, to: "rl/\(split).jsonl")
      try write(rows.map { try Self.line($0.conversation) }, to: "sft/\(split).jsonl")
    }
    let sources = Set(rows.map { [$0.source.path, $0.source.sha256_prefix, $0.source.licence, $0.source.origin] })
    let lines = sources.map { $0.map { $0.filter { $0 != "\t" && !$0.isNewline } }.joined(separator: "\t") }.sorted()
    try write(["path\tsha256_prefix\tlicence\torigin"] + lines, to: "SOURCES.tsv")
  }

  private func writeShards(_ rows: [ExportRow]) throws {
    let size = context.config.export.shardItems
    guard size > 0 else { return }
    for (split, rows) in Self.bySplit(rows) {
      for start in stride(from: 0, to: rows.count, by: size) {
        var tar = TarWriter()
        for row in rows[start..<min(rows.count, start + size)] {
          let bytes = try Data(contentsOf: root.appending(path: row.image))
          tar.add("\(row.id).\((row.image as NSString).pathExtension)", Array(bytes))
          tar.add("\(row.id).json", Array(try Self.line(row).utf8))
        }
        let number = String(start / size)
        let name = "\(split)-\(String(repeating: "0", count: max(0, 6 - number.count)))\(number).tar"
        try BuildFolder.write(tar.finished(), to: root.appending(path: "shards/\(name)"))
      }
    }
  }

  private func writeManifest(_ rows: [ExportRow]) throws -> ExportSummary {
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
      let url = root.appending(path: path)
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      files[path] = try ContentDigest.hex(contentsOf: url)
    }
    let all = files.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined()
    let summary = ExportSummary(
      items: Self.bySplit(rows).mapValues(\.count),
      dimensions: Dictionary(grouping: rows, by: \.dimension).mapValues(\.count),
      digest: ContentDigest.hex(Data(all.utf8)))
    struct Manifest: Encodable {
      let summary: ExportSummary
      let prompts: String
      let files: [String: String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let manifest = Manifest(summary: summary, prompts: context.teachers.prompts.digest, files: files)
    try BuildFolder.write(Array(try encoder.encode(manifest)), to: root.appending(path: "manifest.json"))
    return summary
  }

  private func write(_ lines: [String], to path: String) throws(ZoomError) {
    try BuildFolder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: root.appending(path: path))
  }

  private static func bySplit(_ rows: [ExportRow]) -> [String: [ExportRow]] { Dictionary(grouping: rows, by: \.split) }

  private static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func line(_ value: [String: any Sendable]) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }
}
