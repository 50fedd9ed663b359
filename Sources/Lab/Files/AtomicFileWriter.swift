// A large file written piece by piece that appears under its name only when it is whole.
// Not here: files whose content is in memory anyway (AtomicFile), files that grow line by line (MetricsLogger).

package import Foundation

/// A file in the making. Until ``finish()`` the file at its place is what it was before; a writer that is dropped
/// without it leaves nothing behind.
package final class AtomicFileWriter: Sendable {
  private let file: OpenFile
  private let url: URL
  private let temporary: URL

  /// Begins a temporary sibling of `url`.
  ///
  /// - Throws: ``FileError/cannotCreate(path:code:)``, which names `url`.
  package init(_ url: URL) throws(FileError) {
    self.url = url
    temporary = url.deletingLastPathComponent().appending(path: AtomicFile.temporaryName(for: url.lastPathComponent))
    do {
      file = try OpenFile(temporary.path, flags: O_WRONLY | O_CREAT | O_EXCL)
    } catch {
      guard case .cannotCreate(_, let code) = error else { throw error }
      throw .cannotCreate(path: url.displayPath, code: code)
    }
  }

  // After the rename there is nothing of this name.
  deinit { unlink(temporary.path) }

  /// Adds bytes at the end.
  ///
  /// - Throws: ``FileError/cannotWrite(path:bytes:code:)`` with the bytes of this piece.
  package func write(_ data: Data) throws(FileError) {
    do {
      try file.write(data)
    } catch {
      throw named(error, bytes: data.count)
    }
  }

  /// Adds text as UTF-8.
  ///
  /// - Throws: ``FileError/cannotWrite(path:bytes:code:)``.
  package func write(_ text: String) throws(FileError) { try write(Data(text.utf8)) }

  /// Syncs the file, gives it its name and syncs the directory. Nothing may be written afterwards.
  ///
  /// - Throws: ``FileError``; the file at the place is then what it was before.
  package func finish() throws(FileError) {
    do {
      try file.synchronize()
    } catch {
      throw named(error, bytes: file.size)
    }
    guard rename(temporary.path, url.path) == 0 else {
      throw .cannotReplace(path: url.displayPath, code: errno)
    }
    try AtomicFile.syncDirectory(url.deletingLastPathComponent())
  }

  /// The temporary file is an implementation detail: errors name the file that was asked for.
  private func named(_ error: FileError, bytes: Int) -> FileError {
    guard case .cannotWrite(_, _, let code) = error else { return error }
    return .cannotWrite(path: url.displayPath, bytes: bytes, code: code)
  }
}
