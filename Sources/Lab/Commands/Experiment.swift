// What an experiment is: a config, a run, a summary, a report.
// Not here: the commands around it (RunCommand and its neighbours).

/// A reproducible experiment.
///
/// A conforming type becomes commands without further code:
///
/// ```swift
/// @main struct Main: ExperimentTool {
///   static let configuration = CommandConfiguration(
///     commandName: "moda-lm",
///     subcommands: [RunCommand<Training>.self, ResumeCommand<Training>.self, DryRunCommand<Training>.self,
///       ConfigCommand<Training>.self, ReportCommand<Training>.self])
/// }
/// ```
public protocol Experiment {
  /// The complete description of a run.
  associatedtype Config: ExperimentConfig
  /// What a finished run has to tell; written to `summary.json`.
  associatedtype Summary: Codable & Sendable

  /// The name of the run directories' parent.
  static var name: String { get }
  /// One line for the help.
  static var abstract: String { get }
  /// What a newcomer should know, with examples, for the help.
  static var discussion: String { get }
  /// The names of the commands.
  static var verbs: ExperimentVerbs { get }

  /// Runs from the start.
  ///
  /// Long loops look at `run.interrupt` after each step; when it is raised they save and throw ``RunInterrupted``.
  static func run(_ config: Config, in run: Run) throws -> Summary

  /// Tells what a run would be and cost, without running: sizes, memory, time.
  ///
  /// - Parameter threads: threads to use; 0 leaves the choice to the experiment.
  static func dryRun(_ config: Config, threads: Int) throws -> Report

  /// The report of one or more runs, made from their directories alone.
  static func report(_ runs: [RunRecord]) throws -> Report
}

extension Experiment {
  /// Nothing more than the abstract.
  public static var discussion: String { "" }
  /// `run`, `resume`, `dry-run`, `config`, `report`.
  public static var verbs: ExperimentVerbs { ExperimentVerbs() }
  /// Facts, curves of all metrics, and the config.
  public static func report(_ runs: [RunRecord]) throws -> Report { Report(of: runs) }
}

/// An experiment that saves checkpoints and can go on from them.
public protocol ResumableExperiment: Experiment {
  /// Keys that may differ from the stored config when a run goes on, with everything below them.
  static var keysThatMayChange: [String] { get }

  /// Goes on from the latest checkpoint in `run.checkpoints`.
  ///
  /// Calls ``Run/rewindMetrics(toStep:)`` with the step of the checkpoint before it logs anything.
  static func resume(_ config: Config, in run: Run) throws -> Summary
}

extension ResumableExperiment {
  /// None.
  public static var keysThatMayChange: [String] { [] }
}

/// The names of an experiment's commands.
public struct ExperimentVerbs: Equatable, Sendable {
  /// Starts a run.
  public var run: String
  /// Continues a run.
  public var resume: String
  /// Tells what a run would be.
  public var dryRun: String
  /// Prints the config.
  public var config: String
  /// Writes a report.
  public var report: String

  /// Creates a set of names.
  public init(
    run: String = "run", resume: String = "resume", dryRun: String = "dry-run", config: String = "config",
    report: String = "report"
  ) {
    self.run = run
    self.resume = resume
    self.dryRun = dryRun
    self.config = config
    self.report = report
  }
}
