// The file of results: a line for each document, on the disk before the next batch, whole after any end.
// Not here: what a result is (ItemResult.swift).
public import Foundation

/// Appends results to a JSON-lines file, and finds those of an earlier call.
///
/// The first line says which model the results belong to; those of another are refused. What a kill left of a last
/// line is cut off when the file is opened.
public final class ItemLog {
  /// Whose results these are.
  public struct Header: Codable, Sendable, Equatable {
    /// A digest of parameters and configuration.
    public var model: String
    /// The tokenizer's fingerprint.
    public var tokenizer: String
    /// The most tokens that the model reads.
    public var context: Int

    /// The header of one model's results.
    public init(model: String, tokenizer: String, context: Int) {
      self.model = model
      self.tokenizer = tokenizer
      self.context = context
    }
  }

  private struct Key: Hashable {
    let task: String
    let version: Int
    let content: String
  }

  private let url: URL
  private let handle: FileHandle
  private var found: [Key: ItemResult]

  /// Opens or creates a file, with its folder.
  ///
  /// - Throws: ``TaskError``.
  public init(_ url: URL, header: Header) throws(TaskError) {
    self.url = url
    let path = url.relativePath
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url, options: .withoutOverwriting) }
      handle = try FileHandle(forUpdating: url)
    } catch {
      throw .file(path: path, reason: "cannot be opened: \(error.localizedDescription)")
    }
    guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw .file(
        path: path, reason: "another process is writing it. Hint: wait for it, or name a new file with --items.")
    }
    let read = try Self.read(url)
    found = read.items
    if let other = read.header {
      for (what, expected, got) in [
        ("model", header.model, other.model), ("tokenizer", header.tokenizer, other.tokenizer),
        ("context", "\(header.context)", "\(other.context)"),
      ] where expected != got {
        throw .foreignItems(path: path, what: what, expected: expected, got: got)
      }
    }
    do {
      try handle.truncate(atOffset: UInt64(read.length))
      try handle.seekToEnd()
    } catch {
      throw .file(path: path, reason: "cannot be written: \(error.localizedDescription)")
    }
    if read.header == nil { try append(lines: [header]) }
  }

  /// The result of a document from an earlier call.
  public func result(_ task: DownstreamTask, _ document: TaskDocument) -> ItemResult? {
    let item = found[Key(task: task.name, version: task.version, content: document.content)]
    return item.flatMap { $0.logLikelihoods.count == document.choices.count ? $0 : nil }
  }

  /// Appends results and waits until they are on the disk.
  ///
  /// - Throws: ``TaskError``.
  public func append(_ items: [ItemResult]) throws(TaskError) {
    try append(lines: items)
    for item in items { found[Key(task: item.task, version: item.version, content: item.content)] = item }
  }

  private func append(lines: [some Encodable]) throws(TaskError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      var data = Data()
      for line in lines {
        data += try encoder.encode(line)
        data.append(0x0A)
      }
      try handle.write(contentsOf: data)
      try handle.synchronize()
    } catch {
      throw .file(path: url.relativePath, reason: "cannot be written: \(error.localizedDescription)")
    }
  }

  /// The header and the results of a file.
  ///
  /// - Throws: ``TaskError``, also for a file without a header.
  public static func load(_ url: URL) throws(TaskError) -> (header: Header, items: [ItemResult]) {
    let read = try read(url)
    guard let header = read.header else {
      throw .file(path: url.relativePath, reason: "expected results of `moda-lm evaluate --items`, got nothing")
    }
    return (header, read.order)
  }

  private struct Content {
    var header: Header?
    var items: [Key: ItemResult] = [:]
    var order: [ItemResult] = []
    var length = 0
  }

  private static func read(_ url: URL) throws(TaskError) -> Content {
    let path = url.relativePath
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw .file(path: path, reason: "cannot be read: \(error.localizedDescription)")
    }
    let decoder = JSONDecoder()
    var content = Content()
    var line = 0
    var start = data.startIndex
    while let end = data[start...].firstIndex(of: 0x0A) {
      line += 1
      let bytes = Data(data[start..<end])
      if line == 1 {
        content.header = try? decoder.decode(Header.self, from: bytes)
      } else if let item = try? decoder.decode(ItemResult.self, from: bytes), item.isConsistent {
        content.items[Key(task: item.task, version: item.version, content: item.content)] = item
        content.order.append(item)
      }
      guard content.header != nil, line == 1 || content.order.count == line - 1 else {
        throw .badLine(
          path: path, line: line, expected: line == 1 ? "the header of a file of results" : "the result of a document",
          got: "'\(String(decoding: bytes.prefix(60), as: UTF8.self))'")
      }
      start = end + 1
    }
    content.length = start - data.startIndex
    return content
  }
}

@available(*, unavailable) extension ItemLog: Sendable {}
