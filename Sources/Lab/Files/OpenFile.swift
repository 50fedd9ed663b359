// One open file: a descriptor that closes itself, complete writes, typed errors.
// Not here: replacing whole files (AtomicFile).

import Foundation

/// An open file descriptor with its path for messages; closed at the end of its life.
package final class OpenFile: Sendable {
  package let descriptor: Int32
  package let path: String

  /// Opens `path`; `flags` as in open(2). Child processes do not inherit the descriptor.
  package init(_ path: String, flags: Int32) throws(FileError) {
    let descriptor = retryingInterrupts { open(path, flags | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else {
      let code = errno
      throw flags & O_CREAT == 0
        ? FileError.cannotRead(path: path, code: code) : FileError.cannotCreate(path: path, code: code)
    }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Writes all bytes at the file's position.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    let code = bytes.withUnsafeBytes { writeFully($0, to: descriptor) }
    guard code == 0 else { throw .cannotWrite(path: path, bytes: bytes.count, code: code) }
  }

  /// Writes all bytes at the file's position.
  func write(_ data: Data) throws(FileError) {
    let code = data.withUnsafeBytes { writeFully($0, to: descriptor) }
    guard code == 0 else { throw .cannotWrite(path: path, bytes: data.count, code: code) }
  }

  /// Waits until the file is on the disk.
  func synchronize() throws(FileError) {
    let result = retryingInterrupts { fsync(descriptor) }
    guard result == 0 else { throw .cannotWrite(path: path, bytes: 0, code: errno) }
  }

  /// Cuts the file to `length` bytes.
  func truncate(to length: Int) throws(FileError) {
    let result = retryingInterrupts { ftruncate(descriptor, off_t(length)) }
    guard result == 0 else { throw .cannotWrite(path: path, bytes: length, code: errno) }
  }

  /// Its present size in bytes; 0 if the system does not tell.
  package var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }
}

/// Repeats a system call that a signal interrupted.
private func retryingInterrupts(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// Returns 0, or the `errno` of the write that failed.
private func writeFully(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var done = 0
  while done < bytes.count {
    let written = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
    if written < 0 {
      if errno == EINTR { continue }
      return errno
    }
    // A write of nothing without an error would never end.
    if written == 0 { return ENOSPC }
    done += written
  }
  return 0
}
