// Commands that look and change nothing: config, dry run, report.
// Not here: running (RunCommand, ResumeCommand).

public import ArgumentParser
import Foundation

/// Prints the config with every default: the way to learn the keys.
public struct ConfigCommand<E: Experiment>: LabCommand {
  /// Name and help.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: E.verbs.config, abstract: "Prints all settings with their values, as YAML.",
      discussion: ConfigHelp.text(E.verbs))
  }

  /// The config.
  @OptionGroup public var options: ExperimentOptions

  /// Creates the defaults.
  public init() {}

  /// Prints the config.
  public func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(E.Config.self)
    environment.standardOutput.write("# \(E.name), config hash \(config.hash)\n" + config.text)
  }
}

/// Tells what a run would be and cost.
public struct DryRunCommand<E: Experiment>: LabCommand {
  /// Name and help.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: E.verbs.dryRun, abstract: "Tells what '\(E.verbs.run)' would do and cost, without doing it.",
      discussion: ConfigHelp.text(E.verbs))
  }

  /// The config.
  @OptionGroup public var options: ExperimentOptions

  /// Creates the defaults.
  public init() {}

  /// Prints the estimate.
  public func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(E.Config.self)
    let report = try E.dryRun(config.value, threads: options.threads)
    environment.standardOutput.write(report.plainText)
  }
}

/// Writes the report of one or more runs anew.
public struct ReportCommand<E: Experiment>: LabCommand {
  /// Name and help.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: E.verbs.report, abstract: "Writes a report of one or more runs.",
      discussion: "The report is made from the run directories alone, so it also works for runs that were killed.")
  }

  /// The run directories.
  @Argument(help: ArgumentHelp("Run directories.", valueName: "directory"), completion: .directory)
  public var directories: [String]

  /// Where the report goes.
  @Option(
    help: ArgumentHelp(
      "Where the report goes; needed for several runs. Default: report/ of the run.", valueName: "directory"),
    completion: .directory)
  public var out: String?

  /// Creates the defaults.
  public init() {}

  /// A report of several runs belongs to none of them.
  public func validate() throws {
    guard directories.count <= 1 || out != nil else {
      throw ValidationError("--out: expected a directory for the report of \(directories.count) runs, got none.")
    }
  }

  /// Writes the report and prints its path.
  public func run(in environment: CommandEnvironment) throws {
    let places = directories.map { URL(fileURLWithPath: $0) }
    let report = try E.report(places.map { try RunRecord($0) })
    let target = out.map { URL(fileURLWithPath: $0) } ?? places[0].appending(path: RunFiles.report)
    try report.write(to: target)
    environment.standardOutput.write("\(target.appending(path: "index.html").displayPath)\n")
  }
}
