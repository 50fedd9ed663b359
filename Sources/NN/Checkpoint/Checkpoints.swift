// The checkpoints of a run: one directory each, by step. Not here: what is in one (Checkpoint).
public import Foundation

/// A directory of checkpoints `step-000500`, `step-001000`, ….
public struct Checkpoints: Sendable {
  /// The directory.
  public let directory: URL

  /// The checkpoints in `directory`, which need not exist yet.
  public init(in directory: URL) { self.directory = directory.standardizedFileURL }

  /// The directory of the checkpoint after `step` steps.
  public func directory(ofStep step: Int) -> URL {
    let digits = String(step)
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    return directory.appendingPathComponent("step-\(padding)\(digits)", isDirectory: true)
  }

  /// The steps of which a checkpoint directory exists, ascending; temporaries are left out, damaged ones are not.
  ///
  /// - Throws: `CheckpointError.unreadable` if the directory exists and cannot be listed.
  public func steps() throws(CheckpointError) -> [Int] {
    try entries().compactMap { name in
      guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0 else { return nil }
      return directory(ofStep: step).lastPathComponent == name ? step : nil
    }.sorted()
  }

  private func entries() throws(CheckpointError) -> [String] {
    guard FileManager.default.fileExists(atPath: directory.path) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory.path)
    } catch {
      throw .unreadable(path: directory.path, reason: DurableFiles.reason(error))
    }
  }

  /// The newest complete checkpoint; nil if there is none.
  ///
  /// Temporaries and damaged directories are passed over. A checkpoint whose replacement was interrupted is put back.
  ///
  /// - Throws: `CheckpointError.unreadable` if the directory exists and cannot be listed.
  public func latest() throws(CheckpointError) -> Checkpoint? {
    for name in try entries() where name.hasPrefix(".step-") && name.hasSuffix(".replaced") {
      DurableFiles.recover(directory.appendingPathComponent(String(name.dropFirst().dropLast(9))).path)
    }
    for step in try steps().reversed() {
      if let checkpoint = complete(step) { return checkpoint }
    }
    return nil
  }

  /// The checkpoint of `step` if it is complete.
  private func complete(_ step: Int) -> Checkpoint? { try? Checkpoint.load(directory(ofStep: step)) }

  /// Removes all complete checkpoints but the newest `count`, and what interrupted saves left.
  ///
  /// The newest complete checkpoint always stays. Damaged directories are left for inspection.
  ///
  /// - Precondition: `count ≥ 1`.
  /// - Throws: `CheckpointError` if something cannot be removed.
  public func prune(keepingLast count: Int) throws(CheckpointError) {
    precondition(count >= 1, "Checkpoints.prune: keeping the last \(count)")
    let whole = try steps().filter { complete($0) != nil }
    for step in whole.dropLast(count) { try DurableFiles.remove(directory(ofStep: step).path) }
    for name in try entries() where DurableFiles.isHidden(name) && name.hasPrefix(".step-") {
      DurableFiles.removeQuietly(directory.appendingPathComponent(name).path)
    }
  }
}

extension Checkpoint {
  /// The newest complete checkpoint in a directory of checkpoints; nil if there is none.
  ///
  /// - Throws: `CheckpointError.unreadable` if the directory exists and cannot be listed.
  public static func latest(in directory: URL) throws(CheckpointError) -> Checkpoint? {
    try Checkpoints(in: directory).latest()
  }
}
