// One process at a time on a run directory.
// Not here: what the directory holds (Run).

package import Foundation

/// An exclusive lock on a run directory, held until the object goes away or the process ends, however it ends.
///
/// The lock belongs to the open file (flock(2)), so a file that a dead process left behind locks nothing.
package final class RunLock: Sendable {
  private static let fileName = "run.lock"
  private let file: OpenFile

  /// Takes the lock.
  ///
  /// - Throws: ``RunError/locked(directory:holder:)`` if another process has it.
  package init(_ directory: URL) throws(RunError) {
    let path = directory.appending(path: Self.fileName)
    do {
      file = try OpenFile(path.path, flags: O_RDWR | O_CREAT)
    } catch {
      throw .file(error)
    }
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw .file(.cannotWrite(path: path.displayPath, bytes: 0, code: errno)) }
      throw .locked(directory: directory.displayPath, holder: Self.holder(path))
    }
    // The number only helps messages: not writing it is no reason to stop.
    try? file.truncate(to: 0)
    try? file.write(Array("\(getpid())\n".utf8))
  }

  /// Whether some process holds the lock of a directory now.
  static func isHeld(_ directory: URL) -> Bool {
    guard let file = try? OpenFile(directory.appending(path: fileName).path, flags: O_RDWR) else { return false }
    return flock(file.descriptor, LOCK_SH | LOCK_NB) != 0
  }

  private static func holder(_ path: URL) -> Int? {
    (try? TextFile.read(path)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
