// What is recorded about a run beside its config: who ran what, where, when, and how it ended.
// Not here: measured values (metrics.jsonl).

public import Foundation

/// The state of a run.
public enum RunStatus: String, Codable, Sendable {
  /// A process works on it, or died without a word.
  case running
  /// It ended as it should.
  case finished
  /// It stopped with an error.
  case failed
  /// It was asked to stop and saved its state.
  case interrupted
}

/// The content of `manifest.json`.
public struct RunManifest: Codable, Equatable, Sendable {
  /// One process that worked on the run.
  public struct Session: Codable, Equatable, Sendable {
    /// When it started, in UTC.
    public var start: String
    /// When it ended, in UTC; empty while it runs.
    public var end: String
    /// How it ended.
    public var status: RunStatus
    /// The text of the error that ended it; empty if none did.
    public var failure: String
    /// The command line.
    public var command: [String]
    /// The commit and whether files differed from it.
    public var source: SourceState
    /// The machine.
    public var machine: Machine
    /// Environment variables of the numeric libraries that were set.
    public var environment: [String: String]
    /// Threads that were asked for; 0 left the choice to the experiment.
    public var threads: Int
    /// Config values that this session changed.
    public var configChanges: [String]
  }

  /// The experiment's name.
  public var experiment: String
  /// The hash of the config, 16 hexadecimal digits.
  public var configHash: String
  /// All sessions, first to last; never empty.
  public var sessions: [Session]
  /// Seeds by purpose.
  public var seeds: [String: UInt64]
  /// Hashes of the files that the run read, by their role.
  public var inputs: [String: String]
  /// Versions of tools and libraries.
  public var tools: [String: String]
  /// Anything else worth knowing, such as the BLAS core.
  public var notes: [String: String]

  /// The state of the last session.
  public var status: RunStatus { sessions.last?.status ?? .failed }

  /// Pretty JSON with sorted keys.
  func encoded() throws(RunError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(self) + Data("\n".utf8)
    } catch {
      throw .badManifest(path: "manifest.json", reason: "\(error)")
    }
  }

  /// Reads the manifest of a run directory.
  ///
  /// - Throws: ``RunError/notARun(directory:missing:)`` or ``RunError/badManifest(path:reason:)``.
  public init(readingFrom directory: URL) throws(RunError) {
    let file = directory.appending(path: RunFiles.manifest)
    let bytes: [UInt8]
    do {
      bytes = try TextFile.readBytes(file)
    } catch {
      guard case .cannotRead(_, ENOENT) = error else { throw .file(error) }
      throw .notARun(directory: directory.displayPath, missing: RunFiles.manifest)
    }
    do {
      self = try JSONDecoder().decode(RunManifest.self, from: Data(bytes))
    } catch {
      throw .badManifest(path: file.displayPath, reason: "\(error)")
    }
  }

  /// The manifest of a new run.
  init(experiment: String, configHash: String, session: Session) {
    self.experiment = experiment
    self.configHash = configHash
    sessions = [session]
    seeds = [:]
    inputs = [:]
    tools = ["swift": Self.compiler]
    notes = [:]
  }

  /// The compiler's version, as far as a program can know it.
  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}

/// The names inside a run directory.
enum RunFiles {
  static let config = "config.yaml"
  static let manifest = "manifest.json"
  static let metrics = "metrics.jsonl"
  static let log = "log.txt"
  static let summary = "summary.json"
  static let checkpoints = "checkpoints"
  static let report = "report"
}
