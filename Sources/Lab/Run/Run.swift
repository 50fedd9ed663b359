// A run directory that this process works on: created whole, locked, never overwritten.
// Not here: reading finished runs (RunRecord), resuming (Run+Resume).

public import Foundation
public import Logging
import Synchronization

/// What a run gets from the process around it.
public struct RunContext: Sendable {
  /// Where lines for people go.
  public var console: Console
  /// Raised when the run should stop.
  public var interrupt: Interrupt
  /// The clocks.
  public var time: TimeSource
  /// The command line for the manifest.
  public var command: [String]
  /// Threads to use; 0 leaves the choice to the experiment.
  public var threads: Int
  /// The state of the source tree.
  public var source: @Sendable () -> SourceState
  /// The machine.
  public var machine: @Sendable () -> Machine

  /// Creates a context; the defaults are those of a command.
  public init(
    console: Console, interrupt: Interrupt = Interrupt(), time: TimeSource = .system,
    command: [String] = CommandLine.arguments, threads: Int = 0,
    source: @escaping @Sendable () -> SourceState = SourceState.current,
    machine: @escaping @Sendable () -> Machine = Machine.current
  ) {
    self.console = console
    self.interrupt = interrupt
    self.time = time
    self.command = command
    self.threads = threads
    self.source = source
    self.machine = machine
  }
}

/// A run in progress.
///
/// Its directory holds `config.yaml`, `manifest.json`, `metrics.jsonl`, `log.txt`, `checkpoints/` and `report/`. It
/// appears complete or not at all, and only one process works on it at a time.
public final class Run: Sendable {
  /// The directory.
  public let directory: URL
  /// Whether an earlier session did a part of the run.
  public let isResumed: Bool
  /// Threads to use; 0 leaves the choice to the experiment.
  public let threads: Int
  /// Where lines for people go.
  public let console: Console
  /// The log of the run: terminal and `log.txt`.
  public let log: Logger
  /// The measured values.
  public let metrics: MetricsLogger
  /// Raised when the run should save and stop.
  public let interrupt: Interrupt
  private let time: TimeSource
  private let lock: RunLock
  private let state: Mutex<RunManifest>

  /// `checkpoints/`; what is inside belongs to the experiment.
  public var checkpoints: URL { directory.appending(path: RunFiles.checkpoints) }
  /// `report/`.
  public var report: URL { directory.appending(path: RunFiles.report) }
  /// The manifest as it is now.
  public var manifest: RunManifest { state.withLock { $0 } }

  init(
    directory: URL, manifest: RunManifest, lock: RunLock, isResumed: Bool, context: RunContext
  ) throws(RunError) {
    self.directory = directory
    self.isResumed = isResumed
    self.lock = lock
    threads = context.threads
    console = context.console
    interrupt = context.interrupt
    time = context.time
    log = context.console.logger(label: manifest.experiment)
    state = Mutex(manifest)
    do {
      try context.console.appendLines(to: directory.appending(path: RunFiles.log))
    } catch {
      throw .file(error)
    }
    do {
      metrics = try MetricsLogger(directory.appending(path: RunFiles.metrics), time: context.time)
    } catch {
      throw .metrics(error)
    }
  }

  /// Creates a run directory and takes its lock.
  ///
  /// - Parameters:
  ///   - experiment: the name, also of the directory above.
  ///   - config: written as `config.yaml`.
  ///   - directory: the new directory; nil makes `root/<experiment>/<yyyymmdd-hhmmss>-<hash8>` (UTC).
  ///   - root: where unnamed run directories go.
  ///   - context: the process around the run.
  /// - Throws: ``RunError``; nothing that was there before is touched.
  public static func create<Config>(
    experiment: String, config: ResolvedConfig<Config>, at directory: URL? = nil,
    under root: URL = URL(fileURLWithPath: "Runs"), context: RunContext
  ) throws(RunError) -> Run {
    let session = RunManifest.Session(context: context, configChanges: [])
    let manifest = RunManifest(experiment: experiment, configHash: config.hash, session: session)
    let files = try [RunFiles.config: Data(config.text.utf8), RunFiles.manifest: manifest.encoded()]
    if let directory {
      let lock = try place(files, at: directory)
      return try Run(directory: directory, manifest: manifest, lock: lock, isResumed: false, context: context)
    }
    let stamp = context.time.date().formattedInUTC("%Y%m%d-%H%M%S")
    let name = "\(stamp)-\(config.hash.prefix(8))"
    // Two runs of one config may start within a second.
    for attempt in 1... {
      let unique = attempt == 1 ? name : "\(name)-\(attempt)"
      let candidate = root.appending(path: experiment).appending(path: unique)
      do {
        let lock = try place(files, at: candidate)
        return try Run(directory: candidate, manifest: manifest, lock: lock, isResumed: false, context: context)
      } catch .exists where attempt < 100 {
        continue
      }
    }
    throw .exists(directory: name)
  }

  /// Builds the directory beside its place, locked from the start, and renames it.
  private static func place(_ files: [String: Data], at directory: URL) throws(RunError) -> RunLock {
    let parent = directory.deletingLastPathComponent()
    guard !FileManager.default.fileExists(atPath: directory.path) else {
      throw .exists(directory: directory.displayPath)
    }
    let unique = "\(getpid())-\(DispatchTime.now().uptimeNanoseconds)"
    let draft = parent.appending(path: ".\(directory.lastPathComponent).\(unique).tmp")
    do throws(RunError) {
      let lock = try fill(draft, with: files)
      // Fails, other than for files, if somebody else made a directory with content at the place in the meantime.
      guard rename(draft.path, directory.path) == 0 else {
        let code = errno
        guard code == EEXIST || code == ENOTEMPTY else {
          throw RunError.file(.cannotCreate(path: directory.displayPath, code: code))
        }
        throw RunError.exists(directory: directory.displayPath)
      }
      return lock
    } catch {
      try? FileManager.default.removeItem(at: draft)
      throw error
    }
  }

  private static func fill(_ draft: URL, with files: [String: Data]) throws(RunError) -> RunLock {
    do {
      try Directory.create(draft)
      for name in [RunFiles.checkpoints, RunFiles.report] { try Directory.create(draft.appending(path: name)) }
      for (name, data) in files { try AtomicFile.write(data, to: draft.appending(path: name)) }
      try AtomicFile.write("", to: draft.appending(path: RunFiles.metrics))
    } catch {
      throw .file(error)
    }
    return try RunLock(draft)
  }

  // MARK: Recording

  /// Changes the manifest and writes it.
  ///
  /// - Throws: ``RunError/file(_:)``; the manifest on the disk is then the earlier one.
  public func record(_ change: (inout RunManifest) -> Void) throws(RunError) {
    // One writer at a time: the lock covers the file too.
    let failure: RunError? = state.withLock { manifest in
      var changed = manifest
      change(&changed)
      do throws(RunError) {
        let data = try changed.encoded()
        do throws(FileError) {
          try AtomicFile.write(data, to: directory.appending(path: RunFiles.manifest))
        } catch {
          return .file(error)
        }
        manifest = changed
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Records a fact for people, such as the BLAS core.
  ///
  /// - Throws: ``RunError/file(_:)``.
  public func note(_ name: String, _ value: String) throws(RunError) {
    try record { $0.notes[name] = value }
  }

  /// Records how the session ended, with the time.
  ///
  /// - Parameter failure: the text of the error that ended it.
  /// - Throws: ``RunError/file(_:)``.
  public func finish(_ status: RunStatus, failure: String = "") throws(RunError) {
    let end = time.date().timestamp
    try record { manifest in
      let last = manifest.sessions.count - 1
      manifest.sessions[last].end = end
      manifest.sessions[last].status = status
      manifest.sessions[last].failure = failure
    }
  }

  /// Drops the metrics after a step, because the run continues from the checkpoint of that step.
  ///
  /// - Throws: ``RunError/metrics(_:)``.
  public func rewindMetrics(toStep step: Int) throws(RunError) {
    do {
      try metrics.rewind(toStep: step)
    } catch {
      throw .metrics(error)
    }
  }

  /// Writes a file of the run, entirely or not at all.
  ///
  /// - Parameter name: the path below ``directory``.
  /// - Throws: ``RunError/file(_:)``.
  public func write(_ data: Data, to name: String) throws(RunError) {
    do {
      try AtomicFile.write(data, to: directory.appending(path: name))
    } catch {
      throw .file(error)
    }
  }
}

extension RunManifest.Session {
  init(context: RunContext, configChanges: [ConfigChange]) {
    start = context.time.date().timestamp
    end = ""
    status = .running
    failure = ""
    command = context.command
    source = context.source()
    machine = context.machine()
    environment = RecordedEnvironment.current()
    threads = context.threads
    self.configChanges = configChanges.map(\.description)
  }
}
