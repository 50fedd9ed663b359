// Every way in which a run directory can refuse.
// Not here: errors of the experiment itself.

/// What can go wrong with a run directory.
public enum RunError: LabError, Equatable {
  /// There is something at the place of the new directory.
  case exists(directory: String)
  /// Another process works on the directory; its process number, if it is known.
  case locked(directory: String, holder: Int?)
  /// The directory lacks a part of a run.
  case notARun(directory: String, missing: String)
  /// The manifest cannot be decoded.
  case badManifest(path: String, reason: String)
  /// The run belongs to another experiment.
  case otherExperiment(directory: String, expected: String, got: String)
  /// The config differs in keys that must not change.
  case configChanged(directory: String, changes: [ConfigChange])
  /// The stored config is not valid any more.
  case config(ConfigError)
  /// The metrics file is broken.
  case metrics(MetricsError)
  /// A file operation failed.
  case file(FileError)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .exists(let directory):
      "run directory '\(directory)' exists: expected a new path, got existing files."
        + " Nothing was changed. Choose another --out, or resume the run."
    case .locked(let directory, let holder):
      "run directory '\(directory)' is in use: expected no other process, got "
        + (holder.map { "process \($0)" } ?? "another process")
        + ". Nothing was changed. Wait for it, or stop it."
    case .notARun(let directory, let missing):
      "'\(directory)' is no run directory: expected '\(missing)' in it, got none. Check the path."
    case .badManifest(let path, let reason):
      "manifest '\(path)' cannot be read: expected what this program wrote, got an error: \(reason)."
    case .otherExperiment(let directory, let expected, let got):
      "run '\(directory)' is of another experiment: expected '\(expected)', got '\(got)'."
    case .configChanged(let directory, let changes):
      "cannot resume '\(directory)': expected the same config, got \(changes.count) other"
        + " value\(changes.count == 1 ? "" : "s"):\n" + changes.map { "  \($0)" }.joined(separator: "\n")
        + "\nStart a new run for another config."
    case .config(let error): error.description
    case .metrics(let error): error.description
    case .file(let error): error.description
    }
  }

  /// A config that may not be used is a usage error; everything else is a failure.
  public var exitStatus: ExitStatus {
    switch self {
    case .config, .configChanged, .exists, .notARun, .otherExperiment: .usage
    default: .failure
    }
  }
}

/// Thrown by an experiment that stopped because it was asked to, after saving everything.
public struct RunInterrupted: LabError, Equatable {
  /// The last finished step, which is saved.
  public var step: Int

  /// Creates the error after saving at a step.
  public init(step: Int) {
    self.step = step
  }

  /// What was kept.
  public var description: String { "interrupted after step \(step): everything up to there is saved." }
  /// ``ExitStatus/interrupted``.
  public var exitStatus: ExitStatus { .interrupted }
}
