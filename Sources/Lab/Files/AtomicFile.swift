// Replacing a file so that a reader, a crash or a full disk sees the old or the new content, never a part.
// Not here: files that grow line by line (MetricsLogger, Console).

public import Foundation

/// Whole-file writes that happen entirely or not at all.
public enum AtomicFile {
  /// Writes `data` to a temporary sibling, syncs it, renames it over `url` and syncs the directory.
  ///
  /// - Throws: ``FileError``; the file at `url` is then what it was before, and the sibling is gone.
  public static func write(_ data: Data, to url: URL) throws(FileError) {
    let path = url.displayPath
    let directory = url.deletingLastPathComponent()
    let temporary = directory.appending(path: temporaryName(for: url.lastPathComponent))
    do {
      try writeAndSync(data, to: temporary.path, reportedAs: path)
    } catch {
      unlink(temporary.path)
      throw error
    }
    guard rename(temporary.path, url.path) == 0 else {
      let code = errno
      unlink(temporary.path)
      throw .cannotReplace(path: path, code: code)
    }
    try syncDirectory(directory)
  }

  /// Writes `text` as UTF-8; see ``write(_:to:)-(Data,_)``.
  ///
  /// - Throws: ``FileError``; the file at `url` is then what it was before.
  public static func write(_ text: String, to url: URL) throws(FileError) {
    try write(Data(text.utf8), to: url)
  }

  /// The temporary file is an implementation detail: errors name the file that was asked for.
  private static func writeAndSync(_ data: Data, to temporary: String, reportedAs path: String) throws(FileError) {
    do {
      let file = try OpenFile(temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
      try file.write(data)
      try file.synchronize()
    } catch {
      switch error {
      case .cannotWrite(_, _, let code): throw .cannotWrite(path: path, bytes: data.count, code: code)
      case .cannotCreate(_, let code): throw .cannotCreate(path: path, code: code)
      default: throw error
      }
    }
  }

  /// Unique among the threads and processes that may write the same file now.
  private static func temporaryName(for name: String) -> String {
    ".\(name).\(getpid())-\(DispatchTime.now().uptimeNanoseconds).tmp"
  }

  /// Makes a rename inside `directory` survive a power failure.
  static func syncDirectory(_ directory: URL) throws(FileError) {
    let handle = try OpenFile(directory.path, flags: O_RDONLY | O_DIRECTORY)
    // Some file systems cannot sync directories; the rename itself is done.
    _ = fsync(handle.descriptor)
  }
}
