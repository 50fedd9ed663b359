// The runs of a study and how far each is, read from their folders.
// Not here: running them (StudyRunner.swift), what came out (StudyResults.swift).
public import Foundation
public import Lab

/// Why a study cannot go on.
public enum StudyError: LabError {
  /// A run's folder holds a run of another configuration.
  case otherConfig(directory: String, changes: [String])
  /// Too little is finished for a report.
  case nothingFinished(runs: String)
  /// A run ended with an error.
  case failed(run: String, log: String, reason: String)
  /// The program that trains is not where it should be.
  case missingProgram(path: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .otherConfig(let directory, let changes):
      "run '\(directory)' is of another configuration: expected the study's, got\n"
        + changes.map { "  \($0)" }.joined(separator: "\n")
        + "\nGive the study another 'runs' folder, or move that run away."
    case .nothingFinished(let runs):
      "study in '\(runs)': expected a finished run, got none. Start it with 'moda-study run'."
    case .failed(let run, let log, let reason): "run '\(run)' ended with an error: \(reason)\nIts log: \(log)"
    case .missingProgram(let path):
      "program '\(path)': expected the moda-lm beside moda-study, got none. Build with 'swift build -c release'."
    }
  }
}

/// One run of a study.
public struct StudyRun: Sendable {
  /// How far a run is.
  public enum State: Equatable, Sendable {
    /// Nothing is there.
    case waiting
    /// Some steps are done and nobody works on it.
    case stopped(step: Int)
    /// A process works on it.
    case running(step: Int)
    /// It is done.
    case finished
  }

  /// The arm.
  public let arm: StudyArm
  /// The seed.
  public let seed: UInt64
  /// The folder.
  public let directory: URL
  /// The whole configuration.
  public let config: ResolvedConfig<LanguageModelConfig>

  /// What it changes in the base configuration, each as after `--set`.
  public let changes: [String]

  /// `<arm>-s<seed>`.
  public var name: String { "\(arm.name)-s\(seed)" }
  /// Steps of the whole run.
  public var steps: Int { config.value.training.steps }

  /// Floating-point operations of one step, with a vocabulary from the configuration where the tokenizer's is not known
  /// yet: for shares of a study, not for tables.
  public var operationsPerStep: Double {
    var model = config.value.model
    if model.vocabulary == 0 {
      model.vocabulary = if case .train(let vocabulary) = config.value.data.tokenizer { vocabulary } else { 4096 }
    }
    let training = config.value.training
    return CostModel(model).trainingOperationsPerToken(tokens: training.tokens)
      * Double(training.batch * training.tokens * training.microBatches)
  }

  /// Keys that may differ between a run's folder and the study: they do not change what is learned or compared.
  static let indifferentKeys = ["training.evaluateEvery", "training.saveEvery", "training.keepCheckpoints"]

  /// How far the run is.
  ///
  /// - Throws: ``StudyError/otherConfig(directory:changes:)``, `RunError`.
  public func state() throws -> State {
    guard FileManager.default.fileExists(atPath: directory.path) else { return .waiting }
    let record = try RunRecord(directory)
    let stored = try Run.storedConfig(LanguageModelConfig.self, in: directory)
    let changes = config.changes(to: stored).filter { change in
      !Self.indifferentKeys.contains(change.key)
    }
    guard changes.isEmpty else {
      throw StudyError.otherConfig(directory: directory.relativePath, changes: changes.map(\.description))
    }
    let step = record.metrics.rows.last?.step ?? 0
    switch record.manifest.status {
    case .finished: return .finished
    case .running: return record.isAbandoned ? .stopped(step: step) : .running(step: step)
    case .failed, .interrupted: return .stopped(step: step)
    }
  }
}

/// All runs of a study, those of the first seeds first, so that a study that stops early holds whole seeds.
public struct StudyPlan: Sendable {
  /// The study.
  public let config: StudyConfig
  /// Its runs in the order of work.
  public let runs: [StudyRun]

  /// The plan of a study.
  ///
  /// - Throws: `ConfigError` of the base configuration or of an arm's changes.
  public init(_ config: StudyConfig) throws {
    self.config = config
    let loader = ConfigLoader<LanguageModelConfig>()
    let longest = config.arms.map { config.seeds(of: $0).count }.max() ?? 0
    var runs: [StudyRun] = []
    for index in 0..<longest {
      for arm in config.arms where index < config.seeds(of: arm).count {
        let seed = config.seeds(of: arm)[index]
        let changes = config.set + arm.set + ["seed=\(seed)"]
        let resolved = try loader.load(
          file: URL(fileURLWithPath: config.base), overrides: changes.map { .set($0) })
        let directory = URL(fileURLWithPath: config.runs).appending(path: "\(arm.name)-s\(seed)")
        runs.append(StudyRun(arm: arm, seed: seed, directory: directory, config: resolved, changes: changes))
      }
    }
    self.runs = runs
  }

  /// A table of all runs with their states.
  ///
  /// - Throws: as ``StudyRun/state()``.
  public func status() throws -> Table {
    let rows: [[Table.Cell]] = try runs.map { run in
      let state = try run.state()
      let (word, step): (String, Int) =
        switch state {
        case .waiting: ("waiting", 0)
        case .stopped(let step): ("stopped", step)
        case .running(let step): ("running", step)
        case .finished: ("finished", run.steps)
        }
      let record = state == .waiting ? nil : try RunRecord(run.directory)
      return [
        .init(stringLiteral: run.name), .init(stringLiteral: word), .integer(step), .integer(run.steps),
        .number(run.operationsPerStep * Double(run.steps) / 1e12, decimals: 1),
        record?.metrics.last("train/loss").map { .number($0, decimals: 4) } ?? "",
        record?.metrics.last("validation/loss").map { .number($0, decimals: 4) } ?? "",
      ]
    }
    return Table(
      columns: [
        .text("run"), .text("state"), .number("step"), .number("of"), .number("TFLOP"), .number("train loss"),
        .number("held-out loss"),
      ], rows: rows)
  }
}
