// Files that appear whole or not at all: temporary sibling, fsync, rename, fsync of the directory.
internal import Foundation

/// The system calls behind `AtomicFile`, replaceable so that tests can make each of them fail.
///
/// Every call answers with a count or 0, or with the negative of `errno`.
package struct FileCalls: Sendable {
  /// Writes bytes to a descriptor and answers how many.
  package var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
  /// Waits until a descriptor's data are on the disk.
  package var synchronize: @Sendable (Int32) -> Int
  /// Renames a file.
  package var rename: @Sendable (String, String) -> Int

  /// The system's own.
  package static let system = FileCalls(
    write: { descriptor, bytes in
      let count = Foundation.write(descriptor, bytes.baseAddress, bytes.count)
      return count < 0 ? -Int(errno) : count
    },
    synchronize: { fsync($0) == 0 ? 0 : -Int(errno) },
    rename: { Foundation.rename($0, $1) == 0 ? 0 : -Int(errno) })
}

/// Where the body of `AtomicFile.write` puts its bytes.
package struct FileSink: ~Copyable {
  fileprivate let descriptor: Int32
  fileprivate let calls: FileCalls

  /// Appends bytes.
  package borrowing func append(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let count = calls.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[done...]))
      if count == -Int(EINTR) { continue }
      guard count >= 0 else { throw SystemError(call: "write", code: Int32(-count)) }
      done += count
    }
  }
}

/// Replaces files atomically.
package enum AtomicFile {
  /// Writes a file that `body` fills; until the last moment, and after any failure, the old file at `path` is intact.
  ///
  /// - Throws: `SystemError` for the first call that failed; the temporary sibling is gone by then.
  package static func write(
    to path: String, calls: FileCalls = .system, _ body: (borrowing FileSink) throws(SystemError) -> Void
  ) throws(SystemError) {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? "./"
    let (temporary, descriptor) = try createSibling(in: directory)
    do throws(SystemError) {
      do throws(SystemError) {
        let sink = FileSink(descriptor: descriptor, calls: calls)
        try body(sink)
        try check("fsync", calls.synchronize(descriptor))
      } catch {
        close(descriptor)
        throw error
      }
      try check("close", close(descriptor) == 0 ? 0 : -Int(errno))
      try check("rename", calls.rename(temporary, path))
    } catch {
      unlink(temporary)
      throw error
    }
    try synchronizeDirectory(directory, calls)
  }

  private static func check(_ call: String, _ result: Int) throws(SystemError) {
    if result < 0 { throw SystemError(call: call, code: Int32(-result)) }
  }

  /// A new file beside the target: renaming works only within one file system.
  private static func createSibling(in directory: String) throws(SystemError) -> (path: String, descriptor: Int32) {
    for _ in 0..<100 {
      let path = "\(directory).\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (path, descriptor) }
      if errno != EEXIST { throw .last("open") }
    }
    throw SystemError(call: "open", code: EEXIST)
  }

  /// Makes the new name durable; some file systems have no such call for directories and answer EINVAL.
  private static func synchronizeDirectory(_ directory: String, _ calls: FileCalls) throws(SystemError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open") }
    defer { close(descriptor) }
    let result = calls.synchronize(descriptor)
    if result != -Int(EINVAL) { try check("fsync", result) }
  }
}
