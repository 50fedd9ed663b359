// Files and directories that survive a crash once a call returns. Not here: what is in them.
import Foundation
import Tensor

/// Writes that have reached the disk when they return.
enum DurableFiles {
  /// The text of the last system error.
  static var lastError: String { String(cString: strerror(errno)) }

  /// Writes a file and waits for the disk.
  static func write(_ data: Data, to path: String) throws(CheckpointError) {
    let bytes = [UInt8](data)
    do throws(SystemError) {
      try AtomicFile.write(to: path) { (sink: borrowing FileSink) throws(SystemError) in
        // The array outlives the call of which `withUnsafeBytes` cannot pass the typed error on.
        var failure: SystemError?
        bytes.withUnsafeBytes { buffer in
          do throws(SystemError) { try sink.append(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
      }
    } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
  }

  /// Waits until a directory's entries are on the disk; file systems that cannot do so for directories say EINVAL.
  static func sync(_ path: String) throws(CheckpointError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastError) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw .unwritable(path: path, reason: lastError) }
  }

  /// Makes a directory with its parents and waits for the disk; an existing one is fine.
  static func makeDirectory(_ path: String) throws(CheckpointError) {
    var parentsOfNew: [String] = []
    var current = path as NSString
    while current.length > 1 && !FileManager.default.fileExists(atPath: current as String) {
      current = current.deletingLastPathComponent as NSString
      parentsOfNew.append(current as String)
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: path, reason: reason(error))
    }
    for parent in parentsOfNew { try sync(parent.isEmpty ? "." : parent) }
  }

  /// Gives `directory` the name `target` in the same parent, in place of what was there, and waits for the disk.
  ///
  /// Whoever looks at `target` sees the old directory, the new one, or for a moment none, never a mixture. An
  /// interruption at that moment leaves the old one aside, where `recover(_:)` finds it.
  static func install(_ directory: String, as target: String) throws(CheckpointError) {
    let parent = (target as NSString).deletingLastPathComponent
    let aside = hidden(target, suffix: "replaced")
    let replaces = FileManager.default.fileExists(atPath: target)
    if replaces {
      removeQuietly(aside)
      guard rename(target, aside) == 0 else { throw .unwritable(path: target, reason: lastError) }
    }
    guard rename(directory, target) == 0 else {
      let reason = lastError
      recover(target)
      throw .unwritable(path: target, reason: reason)
    }
    try sync(parent.isEmpty ? "." : parent)
    if replaces { removeQuietly(aside) }
  }

  /// Puts back what an interrupted `install(_:as:)` left aside, unless `target` exists.
  static func recover(_ target: String) {
    let aside = hidden(target, suffix: "replaced")
    if !FileManager.default.fileExists(atPath: target) { rename(aside, target) }
  }

  /// Removes a directory so that an interruption leaves either all of it or only a hidden rest.
  static func remove(_ directory: String) throws(CheckpointError) {
    let hiddenName = hidden(directory, suffix: "removed")
    removeQuietly(hiddenName)
    guard rename(directory, hiddenName) == 0 else { throw .unwritable(path: directory, reason: lastError) }
    removeQuietly(hiddenName)
  }

  /// Removes what is at `path`, if anything; a rest that cannot be removed is harmless and retried by the next save.
  static func removeQuietly(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// `.name.suffix` beside `path`.
  static func hidden(_ path: String, suffix: String) -> String {
    let path = path as NSString
    let name = ".\(path.lastPathComponent).\(suffix)"
    return (path.deletingLastPathComponent as NSString).appendingPathComponent(name)
  }

  /// Whether a directory entry is a rest of `hidden(_:suffix:)`.
  static func isHidden(_ name: String) -> Bool {
    name.hasPrefix(".") && ["partial", "replaced", "removed"].contains { name.hasSuffix("." + $0) }
  }

  /// A Foundation error as the system says it.
  static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
    let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
    return code.map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
  }
}
