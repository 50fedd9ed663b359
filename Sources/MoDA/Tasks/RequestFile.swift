// Request files: one JSON line for each continuation, as they are published for likelihood ranking.
// Not here: which files there are (TaskCatalogue.swift).
public import Foundation

/// Reads and writes `requests.jsonl` files.
///
/// A line is `{"doc_id": 0, "idx": 1, "label": 1, "request": {"context": "…", "continuation": "…"}}`; of other keys
/// `group` names a kind of question, the rest is passed over. Documents from number 1,000,000 on hold the
/// unconditional texts of the document with the number below.
public enum RequestFile {
  /// From this number on documents are unconditional.
  static let unconditionalOffset = 1_000_000

  private struct Line: Codable {
    struct Request: Codable {
      let context: String
      let continuation: String
    }
    let doc_id: Int
    let idx: Int
    let label: Int
    let request: Request
    var group: String?
    var task_name: String?
  }

  /// The lines of one document, by index.
  private struct Gathered {
    let firstLine: Int
    let label: Int
    let group: String
    var texts: [Int: TaskText] = [:]
  }

  /// The documents of a file, in the order of their first lines.
  ///
  /// - Throws: ``TaskError``.
  public static func read(_ url: URL) throws(TaskError) -> [TaskDocument] {
    let path = url.relativePath
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw .file(path: path, reason: "cannot be read: \(error.localizedDescription)")
    }
    let decoder = JSONDecoder()
    var order: [Int] = []
    var gathered: [Int: Gathered] = [:]
    for (index, bytes) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where !bytes.isEmpty {
      let number = index + 1
      let line: Line
      do {
        line = try decoder.decode(Line.self, from: Data(bytes))
      } catch {
        throw .badLine(
          path: path, line: number, expected: "doc_id, idx, label and request with context and continuation",
          got: "'\(String(decoding: bytes.prefix(60), as: UTF8.self))'")
      }
      guard line.doc_id >= 0, line.idx >= 0, line.idx < 1000 else {
        throw .badLine(
          path: path, line: number, expected: "doc_id from 0 and idx from 0 to 999",
          got: "doc_id \(line.doc_id), idx \(line.idx)")
      }
      if gathered[line.doc_id] == nil { order.append(line.doc_id) }
      try add(line, at: number, path: path, to: &gathered)
    }
    return try assemble(order, gathered, path: path)
  }

  private static func add(
    _ line: Line, at number: Int, path: String, to gathered: inout [Int: Gathered]
  ) throws(TaskError) {
    var entry = gathered[line.doc_id] ?? Gathered(firstLine: number, label: line.label, group: line.group ?? "")
    guard entry.label == line.label, entry.texts[line.idx] == nil else {
      throw .badDocument(
        path: path, line: number, document: line.doc_id, expected: "one label and each idx once",
        got: "label \(line.label) after \(entry.label), idx \(line.idx)")
    }
    entry.texts[line.idx] = TaskText(context: line.request.context, continuation: line.request.continuation)
    gathered[line.doc_id] = entry
  }

  private static func assemble(
    _ order: [Int], _ gathered: [Int: Gathered], path: String
  ) throws(TaskError) -> [TaskDocument] {
    var documents: [TaskDocument] = []
    for number in order where number < unconditionalOffset {
      guard let entry = gathered[number] else { continue }
      let choices = try texts(entry, document: number, path: path)
      guard choices.count >= 2, choices.indices.contains(entry.label) else {
        throw .badDocument(
          path: path, line: entry.firstLine, document: number,
          expected: "two choices or more, and the label one of them",
          got: "\(choices.count) choices, label \(entry.label)")
      }
      var unconditional: [TaskText] = []
      if let twin = gathered[number + unconditionalOffset] {
        unconditional = try texts(twin, document: number + unconditionalOffset, path: path)
        guard unconditional.map(\.continuation) == choices.map(\.continuation) else {
          throw .badDocument(
            path: path, line: twin.firstLine, document: number + unconditionalOffset,
            expected: "the continuations of document \(number)", got: "others")
        }
      }
      documents.append(
        TaskDocument(
          number: number, group: entry.group, label: entry.label, choices: choices, unconditional: unconditional))
    }
    for number in order where number >= unconditionalOffset && gathered[number - unconditionalOffset] == nil {
      throw .badDocument(
        path: path, line: gathered[number]?.firstLine ?? 0, document: number,
        expected: "document \(number - unconditionalOffset) in the file", got: "none")
    }
    guard !documents.isEmpty else {
      throw .badLine(path: path, line: 1, expected: "a request", got: "no document")
    }
    return documents
  }

  private static func texts(_ entry: Gathered, document: Int, path: String) throws(TaskError) -> [TaskText] {
    let texts = (0..<entry.texts.count).compactMap { entry.texts[$0] }
    guard texts.count == entry.texts.count else {
      throw .badDocument(
        path: path, line: entry.firstLine, document: document, expected: "idx from 0 without gaps",
        got: "\(entry.texts.keys.sorted())")
    }
    return texts
  }

  /// A task as a request file, equal bytes for equal tasks.
  public static func encode(_ task: DownstreamTask) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var data = Data()
    for document in task.documents {
      for (offset, texts) in [(0, document.choices), (unconditionalOffset, document.unconditional)] {
        for (index, text) in texts.enumerated() {
          let line = Line(
            doc_id: offset + document.number, idx: index, label: document.label,
            request: .init(context: text.context, continuation: text.continuation),
            group: document.group.isEmpty ? nil : document.group, task_name: task.name)
          data += try encoder.encode(line)
          data.append(0x0A)
        }
      }
    }
    return data
  }
}
