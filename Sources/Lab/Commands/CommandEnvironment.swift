// What a command sees of the process, and the entry point that maps errors to exit codes.
// Not here: the commands (RunCommand and its neighbours).

public import ArgumentParser
import Foundation

/// The process around a command, as a value that tests replace.
public struct CommandEnvironment: Sendable {
  /// Where results go.
  public var standardOutput: TextOutput
  /// Where progress and messages go.
  public var standardError: TextOutput
  /// The clocks.
  public var time: TimeSource
  /// The program with its arguments.
  public var arguments: [String]
  /// Signals that ask a run to stop.
  public var interruptSignals: [Int32]

  /// Creates an environment.
  public init(
    standardOutput: TextOutput, standardError: TextOutput, time: TimeSource = .system, arguments: [String],
    interruptSignals: [Int32]
  ) {
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.time = time
    self.arguments = arguments
    self.interruptSignals = interruptSignals
  }

  /// The real one.
  public static var process: CommandEnvironment {
    CommandEnvironment(
      standardOutput: .standardOutput, standardError: .standardError, arguments: CommandLine.arguments,
      interruptSignals: [SIGINT, SIGTERM])
  }
}

/// A command that gets its environment as a parameter.
public protocol LabCommand: ParsableCommand {
  /// Does what the command is for.
  func run(in environment: CommandEnvironment) throws
}

extension LabCommand {
  /// Runs in the environment of the process.
  public mutating func run() throws { try run(in: .process) }
}

/// The root command of an executable: exit codes are 0 for success, 1 for failure, 2 for a wrong command line or
/// config, and 130 for a run that was interrupted and saved.
public protocol ExperimentTool: ParsableCommand {}

extension ExperimentTool {
  /// The entry point.
  public static func main() {
    Foundation.exit(execute(in: .process))
  }

  /// Parses the arguments, runs the command and reports its error.
  ///
  /// - Returns: the exit code.
  public static func execute(in environment: CommandEnvironment) -> Int32 {
    do {
      var command = try parseAsRoot(Array(environment.arguments.dropFirst()))
      if let command = command as? any LabCommand {
        try command.run(in: environment)
      } else {
        try command.run()
      }
      return ExitStatus.success.rawValue
    } catch {
      return report(error, in: environment)
    }
  }

  private static func report(_ error: any Error, in environment: CommandEnvironment) -> Int32 {
    if let code = error as? ExitCode { return code.rawValue }
    if let error = error as? any LabError {
      environment.standardError.write("error: \(error)\n")
      return error.exitStatus.rawValue
    }
    let code = exitCode(for: error)
    guard code != .failure else {
      environment.standardError.write("error: \(error)\n")
      return ExitStatus.failure.rawValue
    }
    let output = code.isSuccess ? environment.standardOutput : environment.standardError
    output.write(fullMessage(for: error) + "\n")
    return code.isSuccess ? ExitStatus.success.rawValue : ExitStatus.usage.rawValue
  }
}
