// Replacing a file so that a reader, a crash or a full disk sees the old or the new content, never a part.
// Not here: files too large for memory (AtomicFileWriter), files that grow line by line (MetricsLogger, Console).

public import Foundation

/// Whole-file writes that happen entirely or not at all.
public enum AtomicFile {
  /// Writes `data` to a temporary sibling, syncs it, renames it over `url` and syncs the directory.
  ///
  /// - Throws: ``FileError``; the file at `url` is then what it was before, and the sibling is gone.
  public static func write(_ data: Data, to url: URL) throws(FileError) {
    let writer = try AtomicFileWriter(url)
    try writer.write(data)
    try writer.finish()
  }

  /// Writes `text` as UTF-8; see ``write(_:to:)-(Data,_)``.
  ///
  /// - Throws: ``FileError``; the file at `url` is then what it was before.
  public static func write(_ text: String, to url: URL) throws(FileError) {
    try write(Data(text.utf8), to: url)
  }

  /// Unique among the threads and processes that may write the same file now. Two threads can ask in the same tick of a
  /// clock, so the name is random.
  static func temporaryName(for name: String) -> String {
    ".\(name).\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
  }

  /// Makes a rename inside `directory` survive a power failure.
  static func syncDirectory(_ directory: URL) throws(FileError) {
    let handle = try OpenFile(directory.path, flags: O_RDONLY | O_DIRECTORY)
    // Some file systems cannot sync directories; the rename itself is done.
    _ = fsync(handle.descriptor)
  }
}
