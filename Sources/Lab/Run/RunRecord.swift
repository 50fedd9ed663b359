// A run directory as it can be read afterwards: for reports and comparisons.
// Not here: runs in progress (Run).

public import Foundation

/// A finished, interrupted or dead run.
public struct RunRecord: Sendable {
  /// The directory.
  public let directory: URL
  /// The manifest.
  public let manifest: RunManifest
  /// The config as YAML.
  public let configText: String
  /// The measured values.
  public let metrics: MetricsLog

  /// Reads a run directory.
  ///
  /// - Throws: ``RunError``.
  public init(_ directory: URL) throws(RunError) {
    self.directory = directory
    manifest = try RunManifest(readingFrom: directory)
    do {
      configText = try TextFile.read(directory.appending(path: RunFiles.config))
    } catch {
      throw .file(error)
    }
    do {
      metrics = try MetricsLog(reading: directory.appending(path: RunFiles.metrics))
    } catch {
      throw .metrics(error)
    }
  }

  /// The last component of the directory.
  public var name: String { directory.lastPathComponent }

  /// Whether the run says that it is running while no process holds its lock: it was killed.
  public var isAbandoned: Bool { manifest.status == .running && !RunLock.isHeld(directory) }

  /// The summary of a finished run.
  ///
  /// - Throws: ``RunError/notARun(directory:missing:)`` if the run has none, ``RunError/badManifest(path:reason:)`` if it
  ///   is of another form.
  public func summary<Summary: Decodable>(_ type: Summary.Type) throws(RunError) -> Summary {
    let file = directory.appending(path: RunFiles.summary)
    let bytes: [UInt8]
    do {
      bytes = try TextFile.readBytes(file)
    } catch {
      guard case .cannotRead(_, ENOENT) = error else { throw .file(error) }
      throw .notARun(directory: directory.displayPath, missing: RunFiles.summary)
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw .badManifest(path: file.displayPath, reason: "\(error)")
    }
  }
}
