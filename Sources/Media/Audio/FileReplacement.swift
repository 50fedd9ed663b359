// Replacing a file as a whole: temporary sibling, sync, rename.
// Not here: what the bytes mean (WaveEncoder.swift, FlacEncoder.swift). Lab's AtomicFile does this for reports; Media
// stands below Lab and has its own errors.

package import Foundation

/// Whole-file writes that happen entirely or not at all.
package enum FileReplacement {
  /// Writes `bytes` to a temporary sibling, syncs it and renames it over `url`.
  ///
  /// - Throws: ``MediaError/cannotWrite(path:reason:)``; the file at `url` is then what it was, and the sibling is gone.
  package static func write(_ bytes: [UInt8], to url: URL) throws(MediaError) {
    let path = url.path
    let folder = url.deletingLastPathComponent()
    let stamp = "\(getpid())-\(DispatchTime.now().uptimeNanoseconds)"
    let temporary = folder.appending(path: ".\(url.lastPathComponent).\(stamp).tmp").path
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemReason(errno)) }
    var code = write(bytes, to: descriptor)
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(temporary, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw .cannotWrite(path: path, reason: systemReason(code))
    }
    // Makes the rename survive a power failure; some file systems cannot sync folders, the rename itself is done.
    let handle = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }

  /// Writes all bytes; returns 0, or the `errno` of the write that failed.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Foundation.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return errno }
        // A write of nothing without an error would never end.
        if count == 0 { return ENOSPC }
        done += count
      }
      return 0
    }
  }

  /// The system's text for an `errno`, with a hint where there is one.
  static func systemReason(_ code: Int32) -> String {
    let hint =
      switch code {
      case ENOSPC, EDQUOT: ". Hint: free some space and run again"
      case EISDIR: ". Hint: a directory is in its place"
      default: ""
      }
    return "\(String(cString: strerror(code))) (errno \(code))\(hint)"
  }
}
