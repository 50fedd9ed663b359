// The file of replies as bytes: reading at a place, appending whole lines, one process at a time.
// Not here: what the lines are (StoredReply.swift, ReplyScan.swift).

import Foundation

/// An open file of replies. Appends come from one queue; reads may come from any thread.
final class ReplyFile: Sendable {
  /// The path for messages.
  let path: String
  private let handle: FileHandle

  /// Opens a file, and makes it if it may be written.
  init(_ url: URL, writable: Bool) throws(ChatError) {
    path = url.path
    let flags = writable ? O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC : O_RDONLY | O_CLOEXEC
    let descriptor = open(url.path, flags, 0o644)
    guard descriptor >= 0 else { throw Self.failure(url.path) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// At most `count` bytes from `offset`; fewer only at the end of the file.
  func read(at offset: Int, count: Int) throws(ChatError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let got = pread(
          handle.fileDescriptor, buffer.baseAddress.map { $0 + initialized }, count - initialized,
          off_t(offset + initialized))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { code = errno }
        if got <= 0 { break }
        initialized += got
      }
    }
    guard code == 0 else { throw .storage(path: path, reason: Self.reason(code)) }
    return bytes
  }

  /// Appends bytes and, if asked, waits until they are on the disk. After a failure the file has its former length.
  func append(_ bytes: Data, after length: Int, sync: Bool) throws(ChatError) {
    do {
      try handle.write(contentsOf: bytes)
      if sync { try handle.synchronize() }
    } catch {
      // A part may have arrived. If even this fails, the next start finds a torn line and repairs it.
      _ = ftruncate(handle.fileDescriptor, off_t(length))
      throw .storage(path: path, reason: "\(bytes.count) bytes were not written: \(error.localizedDescription)")
    }
  }

  /// Cuts the file.
  func truncate(to length: Int) throws(ChatError) {
    guard ftruncate(handle.fileDescriptor, off_t(length)) == 0, fsync(handle.fileDescriptor) == 0 else {
      throw Self.failure(path)
    }
  }

  /// Takes the file for this object alone, until it goes away or the process ends, however it ends.
  ///
  /// - Returns: whether nobody else has it.
  func lock() -> Bool { flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 }

  private static func failure(_ path: String) -> ChatError { .storage(path: path, reason: reason(errno)) }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) + " (errno \(code))" }
}
