// Lives here: writing a file so that its name always shows the whole old or the whole new content.
// Not here: what is written (BytePairEncoding+Writing.swift, TokenShardWriter.swift).

internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A file being written beside its destination; `commit` moves it into place, anything else leaves no trace.
final class AtomicFile {
  private let path: String
  private let temporaryPath: String
  private let handle: FileHandle
  private var isOpen = true

  /// Creates the temporary file next to `path`.
  init(path: String) throws(TokenizerError) {
    self.path = path
    temporaryPath = "\(path).\(UUID().uuidString.prefix(8)).partial"
    guard FileManager.default.createFile(atPath: temporaryPath, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporaryPath)
    else {
      throw .unwritable(path: path, reason: "no new file in its folder; the folder may be missing or read-only")
    }
    self.handle = handle
  }

  deinit {
    if isOpen { discard() }
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws(TokenizerError) {
    do {
      try handle.write(contentsOf: Data(bytes))
    } catch {
      discard()
      throw .unwritable(path: path, reason: TokenizerError.reason(error))
    }
  }

  /// Overwrites the start of the file with bytes that were reserved there.
  func overwriteStart(_ bytes: [UInt8]) throws(TokenizerError) {
    do {
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: Data(bytes))
      try handle.seekToEnd()
    } catch {
      discard()
      throw .unwritable(path: path, reason: TokenizerError.reason(error))
    }
  }

  /// Flushes the file to the disk and gives it its name, replacing what had it.
  func commit() throws(TokenizerError) {
    precondition(isOpen, "AtomicFile.commit: expected an open file, got one that was committed or discarded")
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      discard()
      throw .unwritable(path: path, reason: TokenizerError.reason(error))
    }
    guard rename(temporaryPath, path) == 0 else {
      let reason = String(cString: strerror(errno))
      discard()
      throw .unwritable(path: path, reason: reason)
    }
    isOpen = false
    synchronizeFolder()
  }

  private func discard() {
    isOpen = false
    // The handle may be closed already and the file gone; both are what is wanted here.
    try? handle.close()
    unlink(temporaryPath)
  }

  /// Makes the new name itself durable; a file system that cannot flush folders is no error.
  private func synchronizeFolder() {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Writes a whole file at once.
  static func write(_ bytes: [UInt8], to path: String) throws(TokenizerError) {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }
}

extension TokenizerError {
  /// What the operating system said, as a part of a sentence.
  static func reason(_ error: any Error) -> String {
    var text = error.localizedDescription
    for opening in ["The operation could not be completed. ", "The operation couldn’t be completed. "]
    where text.hasPrefix(opening) {
      text.removeFirst(opening.count)
    }
    while text.hasSuffix(".") { text.removeLast() }
    return "\"\(text)\""
  }
}
