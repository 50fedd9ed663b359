// The file of a run's records: one line of JSON each, on the disk before the next question, whole after any end.
// Not here: what a record is (BenchRecord.swift).

public import Foundation
import Lab
import Synchronization

/// Appends records to `results.jsonl`.
///
/// The first line says what the results belong to; other results are refused. A line counts when its line break is
/// there: what a kill left of a last line is cut off when the file is opened.
public final class ResultLog: Sendable {
  /// The file.
  public let file: URL
  private let state: Mutex<State>

  private struct State {
    var handle: FileHandle
    var length: UInt64
    var records: [BenchUnit: BenchRecord]
  }

  /// Opens or creates a file, with its folder, for one process.
  ///
  /// - Throws: ``BenchError``.
  public init(_ file: URL, header: BenchHeader) throws(BenchError) {
    self.file = file
    let handle = try Self.open(file)
    let read = try Self.read(file)
    if let found = read.header {
      for (what, expected, got) in [
        ("bundle", header.bundle, found.bundle), ("model", header.model, found.model),
        ("settings", header.settings, found.settings),
      ] where expected != got {
        throw .foreignResults(path: file.relativePath, what: what, expected: expected, got: got)
      }
    }
    state = Mutex(State(handle: handle, length: 0, records: read.records))
    try cut(to: read.length)
    if read.header == nil { try append(line: try BenchJSON.line(header)) }
  }

  /// What is there: the latest record of each question.
  public var records: [BenchUnit: BenchRecord] { state.withLock { $0.records } }

  /// Appends a record and waits until it is on the disk.
  ///
  /// - Throws: ``BenchError/cannotWrite(path:reason:)``; the file then ends with the line before.
  public func append(_ record: BenchRecord) throws(BenchError) {
    try append(line: try BenchJSON.line(record))
    state.withLock { $0.records[record.unit] = record }
  }

  /// The header and the latest record of each question of a finished or running file.
  ///
  /// - Throws: ``BenchError``, also for a file without a header.
  public static func load(_ file: URL) throws(BenchError) -> (header: BenchHeader, records: [BenchUnit: BenchRecord]) {
    let read = try read(file)
    guard let header = read.header else {
      throw .unreadable(path: file.relativePath, reason: "expected results of 'zoom-bench run', got nothing")
    }
    return (header, read.records)
  }

  // MARK: File

  private static func open(_ file: URL) throws(BenchError) -> FileHandle {
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(path: file.relativePath, reason: error.localizedDescription)
    }
    let descriptor = Foundation.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: file.relativePath, reason: String(cString: strerror(errno))) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: file.relativePath) }
    return handle
  }

  private static func read(
    _ file: URL
  ) throws(BenchError) -> (header: BenchHeader?, records: [BenchUnit: BenchRecord], length: UInt64) {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw .unreadable(path: file.relativePath, reason: error.localizedDescription)
    }
    let decoder = JSONDecoder()
    var header: BenchHeader?
    var records: [BenchUnit: BenchRecord] = [:]
    var start = data.startIndex
    var line = 0
    while let end = data[start...].firstIndex(of: 0x0A) {
      line += 1
      let bytes = Data(data[start..<end])
      do {
        if line == 1 {
          header = try decoder.decode(BenchHeader.self, from: bytes)
        } else {
          let record = try decoder.decode(BenchRecord.self, from: bytes)
          records[record.unit] = record
        }
      } catch {
        // Blocks that a crash left unwritten, at the very end, are a torn line too.
        if !data[(end + 1)...].contains(where: { $0 != 0 && $0 != 0x0A }), line > 1 { break }
        throw .malformed(
          path: file.relativePath, line: line, expected: line == 1 ? "the header of a run" : "a record",
          got: "'\(String(decoding: bytes.prefix(60), as: UTF8.self))'")
      }
      start = end + 1
    }
    return (header, records, UInt64(start - data.startIndex))
  }

  private func cut(to length: UInt64) throws(BenchError) {
    do {
      try state.withLock { state in
        try state.handle.truncate(atOffset: length)
        state.length = length
      }
    } catch {
      throw .cannotWrite(path: file.relativePath, reason: "\(error)")
    }
  }

  private func append(line: String) throws(BenchError) {
    let data = Data((line + "\n").utf8)
    do {
      try state.withLock { state in
        do {
          try state.handle.seek(toOffset: state.length)
          try state.handle.write(contentsOf: data)
          try state.handle.synchronize()
          state.length += UInt64(data.count)
        } catch {
          // A part of the line may have arrived: the file ends with a whole line again.
          _ = ftruncate(state.handle.fileDescriptor, off_t(state.length))
          throw error
        }
      }
    } catch {
      throw .cannotWrite(path: file.relativePath, reason: "\(error)")
    }
  }
}
