// The tables and shards of a dataset while it is written: open files that take one row after the other.
// Not here: which rows, pictures, the manifest (DatasetExport.swift).
import Foundation
import Lab

/// Open files of a dataset. Nothing but the sources of pictures stays in memory; a file has its name once it is whole.
struct ExportTables {
  private let root: URL
  private let shardItems: Int
  private var files: [String: AtomicFileWriter] = [:]
  private var shards: [String: Shard] = [:]
  private var sources: Set<String> = []
  /// Items by split and by dimension so far.
  private(set) var items: [String: Int] = [:], dimensions: [String: Int] = [:]

  private struct Shard {
    let file: AtomicFileWriter
    let tar: TarWriter<FileError>
    let number: Int
    var count = 0
  }

  /// - Parameter shardItems: items of a shard, 0 for no shards.
  init(_ root: URL, shardItems: Int) {
    self.root = root
    self.shardItems = shardItems
  }

  /// Adds a row whose pictures are in place.
  mutating func add(_ row: ExportRow) throws {
    let whole = try Self.line(row)
    try write(whole, to: "dataset.jsonl")
    try write(
      Self.line([
        "file_name": (row.image as NSString).lastPathComponent, "id": row.id, "problem": row.problem,
        "answer": row.letter, "answer_text": row.answer, "dimension": row.dimension, "bbox": row.bbox,
        "licence": row.source.licence, "origin": row.source.origin,
      ]), to: "\(row.split)/metadata.jsonl")
    try write(Self.line(row.reinforcement), to: "rl/\(row.split).jsonl")
    try write(Self.line(row.conversation), to: "sft/\(row.split).jsonl")
    let source = [row.source.path, row.source.sha256_prefix, row.source.licence, row.source.origin]
    sources.insert(source.map { $0.filter { $0 != "\t" && !$0.isNewline } }.joined(separator: "\t"))
    if shardItems > 0 { try archive(row, whole) }
    items[row.split, default: 0] += 1
    dimensions[row.dimension, default: 0] += 1
  }

  /// Ends all files.
  mutating func finish() throws {
    for (_, shard) in shards.sorted(by: { $0.key < $1.key }) { try Self.end(shard) }
    for line in ["path\tsha256_prefix\tlicence\torigin"] + sources.sorted() { try write(line, to: "SOURCES.tsv") }
    for (_, file) in files.sorted(by: { $0.key < $1.key }) { try file.finish() }
    (shards, files) = ([:], [:])
  }

  private mutating func write(_ line: String, to path: String) throws {
    let file = try files[path] ?? open(path)
    files[path] = file
    try file.write(line + "\n")
  }

  private mutating func archive(_ row: ExportRow, _ line: String) throws {
    var shard = try shards[row.split] ?? begin(row.split, number: 0)
    if shard.count == shardItems {
      try Self.end(shard)
      shard = try begin(row.split, number: shard.number + 1)
    }
    try shard.tar.add(
      "\(row.id).\((row.image as NSString).pathExtension)", Data(contentsOf: root.appending(path: row.image)))
    try shard.tar.add("\(row.id).json", Data(line.utf8))
    shard.count += 1
    shards[row.split] = shard
  }

  private func begin(_ split: String, number: Int) throws -> Shard {
    let digits = String(number)
    let file = try open("shards/\(split)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).tar")
    return Shard(file: file, tar: TarWriter { (bytes) throws(FileError) in try file.write(bytes) }, number: number)
  }

  private static func end(_ shard: Shard) throws {
    try shard.tar.finish()
    try shard.file.finish()
  }

  private func open(_ path: String) throws -> AtomicFileWriter {
    let url = root.appending(path: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return try AtomicFileWriter(url)
  }

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
