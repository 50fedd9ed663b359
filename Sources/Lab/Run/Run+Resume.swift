// Continuing a run that was interrupted, killed, or should go further.
// Not here: restoring the experiment's state from its checkpoints.

public import Foundation

extension Run {
  /// The config of a run directory, with overrides.
  ///
  /// - Parameters:
  ///   - directory: a run directory.
  ///   - overrides: values to change; ``resume(_:experiment:config:mayChange:context:)`` judges whether they may.
  /// - Throws: ``RunError/config(_:)`` if the stored config does not fit the program any more.
  public static func storedConfig<Config: ExperimentConfig>(
    _ type: Config.Type, in directory: URL, overrides: [ConfigOverride] = []
  ) throws(RunError) -> ResolvedConfig<Config> {
    let file = directory.appending(path: RunFiles.config)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw .notARun(directory: directory.displayPath, missing: RunFiles.config)
    }
    do {
      return try ConfigLoader<Config>().load(file: file, overrides: overrides)
    } catch {
      throw .config(error)
    }
  }

  /// Opens an existing run directory, takes its lock and starts a new session.
  ///
  /// Metrics keep all whole lines; once the experiment knows the step of its checkpoint it calls
  /// ``rewindMetrics(toStep:)``.
  ///
  /// - Parameters:
  ///   - directory: the run directory.
  ///   - experiment: the name that the run must have.
  ///   - config: the config to continue with.
  ///   - mayChange: keys that may differ from the stored config, with everything below them; for example `steps`.
  ///   - context: the process around the run.
  /// - Throws: ``RunError``; nothing on the disk has then changed.
  public static func resume<Config: ExperimentConfig>(
    _ directory: URL, experiment: String, config: ResolvedConfig<Config>, mayChange: [String] = [], context: RunContext
  ) throws(RunError) -> Run {
    guard Directory.exists(directory) else {
      throw .notARun(directory: directory.displayPath, missing: RunFiles.manifest)
    }
    // Before the lock file is made: a mistyped path stays as it is.
    _ = try RunManifest(readingFrom: directory)
    let lock = try RunLock(directory)
    var manifest = try RunManifest(readingFrom: directory)
    guard manifest.experiment == experiment else {
      throw .otherExperiment(directory: directory.displayPath, expected: experiment, got: manifest.experiment)
    }
    let stored = try storedConfig(Config.self, in: directory)
    let changes = stored.changes(to: config)
    let refused = changes.filter { change in
      !mayChange.contains { change.key == $0 || change.key.hasPrefix($0 + ".") || change.key.hasPrefix($0 + "[") }
    }
    guard refused.isEmpty else { throw .configChanged(directory: directory.displayPath, changes: refused) }
    manifest.sessions.append(RunManifest.Session(context: context, configChanges: changes))
    manifest.configHash = config.hash
    let run = try Run(directory: directory, manifest: manifest, lock: lock, isResumed: true, context: context)
    if !changes.isEmpty { try run.write(Data(config.text.utf8), to: RunFiles.config) }
    try run.record { _ in }
    return run
  }
}
