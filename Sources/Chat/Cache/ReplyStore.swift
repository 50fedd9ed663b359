// Replies that outlive the process: an append-only file, and where in it each reply stands.
// Not here: who asks and what is asked for twice (ChatCache.swift).

package import Foundation
import Synchronization

/// A folder with `replies.jsonl`. The first reply to a request stays; texts are read from the file when they are asked
/// for, so memory does not grow with them.
package final class ReplyStore: Sendable {
  /// What the file held when it was opened.
  package let report: ReplyFileReport
  private let file: ReplyFile
  /// Held for its lock only.
  private let lock: ReplyFile?
  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "chat.replies", qos: .userInitiated)

  private struct Line {
    var key: RequestKey
    var bytes: Data
    var sync: Bool
    var continuation: CheckedContinuation<Result<Void, ChatError>, Never>
  }

  private struct State {
    var index: [RequestKey: ReplyPlace]
    var length: Int
    var waiting: [Line] = []
    var isWriting = false
  }

  /// How a store is opened.
  package enum Access {
    /// For reading alone; nothing is repaired, and nobody is kept out.
    case reading
    /// For this process alone; a torn end is cut off.
    case appending
  }

  /// The name of the file in its folder.
  package static let fileName = "replies.jsonl"
  /// Where torn ends are kept.
  package static let tornName = "replies.torn"

  /// Opens a folder.
  ///
  /// - Parameters:
  ///   - folder: the folder of the file.
  ///   - access: what may be done to it.
  ///   - patience: how many seconds to wait for a run that is just ending.
  /// - Throws: ``ChatError/storage(path:reason:)`` for a folder that cannot be used, or is in use.
  package init(_ folder: URL, access: Access, patience: Double = 1) throws(ChatError) {
    let url = folder.appending(path: Self.fileName)
    switch access {
    case .reading:
      lock = nil
      file = try ReplyFile(url, writable: false)
    case .appending:
      lock = try Self.locked(folder, patience: patience)
      file = try ReplyFile(url, writable: true)
    }
    let scan = try ReplyScan(file)
    report = scan.report
    var length = scan.wholeLength
    if access == .appending { length = try Self.repair(file, scan, folder) }
    state = Mutex(State(index: scan.index, length: length))
  }

  /// How many replies there are.
  package var count: Int { state.withLock { $0.index.count } }

  /// Whether there is a reply.
  package func contains(_ key: RequestKey) -> Bool { state.withLock { $0.index[key] != nil } }

  /// The reply, or nil where there is none.
  ///
  /// - Throws: ``ChatError/storage(path:reason:)`` if the file changed under the store.
  package func reply(to key: RequestKey, from source: ChatReply.Source) throws(ChatError) -> ChatReply? {
    guard let place = state.withLock({ $0.index[key] }) else { return nil }
    let bytes = try file.read(at: place.offset, count: place.length)
    guard let (found, stored) = StoredReply.read(Data(bytes)), found == key else {
      throw .storage(path: file.path, reason: "another program changed it while it was in use")
    }
    return stored.reply(from: source)
  }

  /// Keeps a reply; returns when it is in the file, and on the disk if `sync` says so. Lines that wait together are
  /// written and synced together. A key that has a reply already keeps it.
  ///
  /// - Throws: ``ChatError/storage(path:reason:)``.
  package func append(_ stored: StoredReply, for key: RequestKey, sync: Bool) async throws(ChatError) {
    var bytes = try stored.line(for: file.path)
    bytes.append(0x0A)
    let result: Result<Void, ChatError> = await withCheckedContinuation { continuation in
      let mustStart = state.withLock { state in
        state.waiting.append(Line(key: key, bytes: bytes, sync: sync, continuation: continuation))
        defer { state.isWriting = true }
        return !state.isWriting
      }
      if mustStart { queue.async { self.drain() } }
    }
    try result.get()
  }

  /// Writes until nothing waits. One at a time, on the queue, so that no thread of a task waits for the disk.
  private func drain() {
    while true {
      let (lines, length): ([Line], Int) = state.withLock { state in
        let (lines, length) = (state.waiting, state.length)
        state.waiting = []
        if lines.isEmpty { state.isWriting = false }
        return (lines, length)
      }
      if lines.isEmpty { return }
      let result = write(lines, after: length)
      for line in lines { line.continuation.resume(returning: result) }
    }
  }

  private func write(_ lines: [Line], after length: Int) -> Result<Void, ChatError> {
    var bytes = Data()
    var added: [RequestKey: ReplyPlace] = [:]
    let known = state.withLock { state in Set(lines.map(\.key).filter { state.index[$0] != nil }) }
    for line in lines where !known.contains(line.key) && added[line.key] == nil {
      added[line.key] = ReplyPlace(offset: length + bytes.count, length: line.bytes.count - 1)
      bytes.append(line.bytes)
    }
    do throws(ChatError) {
      try file.append(bytes, after: length, sync: lines.contains(where: \.sync))
    } catch {
      return .failure(error)
    }
    state.withLock { state in
      state.index.merge(added) { first, _ in first }
      state.length += bytes.count
    }
    return .success(())
  }

  // MARK: Opening

  private static func locked(_ folder: URL, patience: Double) throws(ChatError) -> ReplyFile {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .storage(path: folder.path, reason: "the folder cannot be made: \(error.localizedDescription)")
    }
    let lock = try ReplyFile(folder.appending(path: "lock"), writable: true)
    let end = DispatchTime.now() + patience
    while !lock.lock() {
      if DispatchTime.now() < end {
        usleep(5000)
        continue
      }
      throw .storage(path: folder.path, reason: "another run uses it. Hint: wait for that run, or use another folder")
    }
    return lock
  }

  /// Makes the file end with a whole line, and begin with the header.
  ///
  /// - Returns: its length.
  private static func repair(_ file: ReplyFile, _ scan: ReplyScan, _ folder: URL) throws(ChatError) -> Int {
    var length = scan.wholeLength
    if scan.report.tornBytes > 0 {
      let torn = try file.read(at: length, count: scan.report.tornBytes)
      let aside = try ReplyFile(folder.appending(path: tornName), writable: true)
      try aside.append(Data(torn + [0x0A]), after: 0, sync: true)
      try file.truncate(to: length)
    }
    if !scan.hasHeader {
      let header = Data((StoredReply.header + "\n").utf8)
      try file.append(header, after: length, sync: true)
      length += header.count
    }
    if scan.unbrokenBytes > 0 {
      try file.append(Data([0x0A]), after: length + scan.unbrokenBytes, sync: true)
      length += scan.unbrokenBytes + 1
    }
    return length
  }
}
