// The dataset on disk, in the layouts that the field's tools load without code of their own.
// Not here: rows (ExportRow.swift), the files that rows go to (ExportTables.swift), Parquet (Scripts/zoom-parquet).
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
    let count = try context.store.finishedItems()
    guard count > 0 else {
      throw .empty(what: "finished item to export", hint: "run the stages before, and see 'zoom-build status'.")
    }
    do {
      if FileManager.default.fileExists(atPath: root.path) { try FileManager.default.removeItem(at: root) }
      var tables = ExportTables(root, shardItems: context.config.export.shardItems)
      var done = 0
      try context.forEachExportRow { row in
        try place(row)
        try tables.add(row)
        done += 1
        progress(done, count)
      }
      try tables.finish()
      return try writeManifest(tables)
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

  private func writeManifest(_ tables: ExportTables) throws -> ExportSummary {
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
      let url = root.appending(path: path)
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      files[path] = try ContentDigest.hex(contentsOf: url)
    }
    let all = files.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined()
    let summary = ExportSummary(
      items: tables.items, dimensions: tables.dimensions,
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
}
