// Starting and continuing runs from the command line.
// Not here: commands that only look (ConfigCommand, DryRunCommand, ReportCommand).

public import ArgumentParser
import Foundation
import Logging

/// Starts a run: `train --config Configs/moda/baseline.yaml`.
public struct RunCommand<E: Experiment>: LabCommand {
  /// Name and help from the experiment.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: E.verbs.run, abstract: E.abstract, discussion: ConfigHelp.discussion(E.discussion, E.verbs))
  }

  /// The config.
  @OptionGroup public var options: ExperimentOptions

  /// The run directory.
  @Option(
    help: ArgumentHelp(
      "The new run directory; it must not exist. Default: Runs/\(E.name)/<date>-<time>-<config hash>.",
      valueName: "directory"),
    completion: .directory)
  public var out: String?

  /// Less output.
  @Flag(name: .shortAndLong, help: "Shows warnings and errors only; log.txt has everything.")
  public var quiet = false

  /// Creates the defaults.
  public init() {}

  /// Creates the run directory and runs.
  public func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(E.Config.self)
    let session = CommandSession(environment: environment, quiet: quiet, threads: options.threads)
    let run = try Run.create(
      experiment: E.name, config: config, at: out.map { URL(fileURLWithPath: $0) }, context: session.context)
    if let seed = config.tree["seed"]?.scalar.flatMap({ UInt64(config: $0) }) {
      try run.record { $0.seeds["seed"] = seed }
    }
    run.log.info("\(run.directory.displayPath), config \(config.hash.prefix(8))")
    try session.perform(E.self, run) { try E.run(config.value, in: run) }
  }
}

/// Continues a run: `resume Runs/moda-lm/20261130-081500-1f2e3d4c`.
public struct ResumeCommand<E: ResumableExperiment>: LabCommand {
  /// Name and help from the experiment.
  public static var configuration: CommandConfiguration {
    let keys = E.keysThatMayChange
    let change =
      keys.isEmpty
      ? "The config stays as it was."
      : "These settings may change with --set: \(keys.joined(separator: ", ")). Everything else stays as it was."
    return CommandConfiguration(
      commandName: E.verbs.resume, abstract: "Continues a run from its latest checkpoint.",
      discussion: """
        Works for runs that were interrupted, killed, or that should go further. Measured values after the checkpoint \
        are dropped and measured again. \(change)
        """)
  }

  /// The run directory.
  @Argument(help: "The run directory.", completion: .directory)
  public var directory: String

  /// Overrides.
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Changes one setting; may be repeated.", valueName: "key=value"))
  public var overrides: [String] = []

  /// The threads.
  @Option(help: ArgumentHelp("Threads to use; 0 leaves the choice to the program.", valueName: "n"))
  public var threads: Int = 0

  /// Less output.
  @Flag(name: .shortAndLong, help: "Shows warnings and errors only; log.txt has everything.")
  public var quiet = false

  /// Creates the defaults.
  public init() {}

  /// Checks what types cannot.
  public func validate() throws {
    guard threads >= 0 else { throw ValidationError("--threads: expected 0 or more, got \(threads).") }
  }

  /// Opens the run directory and goes on.
  public func run(in environment: CommandEnvironment) throws {
    let place = URL(fileURLWithPath: directory)
    let config = try Run.storedConfig(E.Config.self, in: place, overrides: overrides.map { .set($0) })
    let session = CommandSession(environment: environment, quiet: quiet, threads: threads)
    let run = try Run.resume(
      place, experiment: E.name, config: config, mayChange: E.keysThatMayChange, context: session.context)
    run.log.info("continuing \(run.directory.displayPath)")
    try session.perform(E.self, run) { try E.resume(config.value, in: run) }
  }
}

/// What starting and continuing have in common: signals, the end of the run, its report.
struct CommandSession {
  let environment: CommandEnvironment
  let context: RunContext

  init(environment: CommandEnvironment, quiet: Bool, threads: Int) {
    self.environment = environment
    let console = Console(
      output: environment.standardError, shownLevel: quiet ? .warning : .info, time: environment.time)
    context = RunContext(console: console, time: environment.time, command: environment.arguments, threads: threads)
  }

  /// Runs the body and records how it ended.
  func perform<E: Experiment>(_ experiment: E.Type, _ run: Run, _ body: () throws -> E.Summary) throws {
    context.interrupt.install(signals: environment.interruptSignals) {
      run.log.warning("stopping after this step and saving; once more to stop at once")
    }
    defer { context.interrupt.remove() }
    do {
      let summary = try body()
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try run.write(encoder.encode(summary) + Data("\n".utf8), to: RunFiles.summary)
      try run.finish(.finished)
    } catch let interruption as RunInterrupted {
      run.console.setStatus("")
      try run.finish(.interrupted)
      run.log.warning("\(interruption)")
      if E.self is any ResumableExperiment.Type {
        let program = environment.arguments.first ?? E.name
        environment.standardError.write(
          "Continue with:\n  \(program) \(E.verbs.resume) \(run.directory.displayPath)\n")
      }
      throw ExitCode(ExitStatus.interrupted.rawValue)
    } catch {
      run.console.setStatus("")
      // The first error is the one to report; on a full disk the manifest cannot be written either.
      do {
        try run.finish(.failed, failure: "\(error)")
      } catch let second {
        run.log.warning("the manifest still says 'running': \(second)")
      }
      throw error
    }
    try E.report([RunRecord(run.directory)]).write(to: run.report)
    environment.standardOutput.write(
      "\(run.directory.displayPath)\n\(run.report.appending(path: "index.html").displayPath)\n")
  }
}
