// The options that every experiment has, and how they make a config.
// Not here: what the commands do with it.

public import ArgumentParser
import Foundation

/// Options that choose the config of an experiment.
public struct ExperimentOptions: ParsableArguments {
  /// The config file.
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A YAML file with the settings that differ from the defaults.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  public var config: String?

  /// Overrides.
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Changes one setting, for example --set model.width=64; may be repeated, wins over the file.",
      valueName: "key=value"))
  public var overrides: [String] = []

  /// The seed.
  @Option(help: ArgumentHelp("The seed of everything random; the same as --set seed=<n>.", valueName: "n"))
  public var seed: UInt64?

  /// The threads.
  @Option(help: ArgumentHelp("Threads to use; 0 leaves the choice to the program.", valueName: "n"))
  public var threads: Int = 0

  /// The tiny config.
  @Flag(help: "Starts from the tiny settings of a first look instead of the defaults.")
  public var smoke = false

  /// Creates the defaults.
  public init() {}

  /// Checks what types cannot.
  public func validate() throws {
    guard threads >= 0 else { throw ValidationError("--threads: expected 0 or more, got \(threads).") }
  }

  /// The config that these options describe.
  ///
  /// - Throws: ``ConfigError`` with all problems.
  public func resolved<Config: ExperimentConfig>(_ type: Config.Type) throws(ConfigError) -> ResolvedConfig<Config> {
    let seedOverride = seed.map { [ConfigOverride.option("--seed", key: "seed", value: $0)] } ?? []
    return try ConfigLoader<Config>(base: smoke ? .smoke : .base).load(
      file: config.map { URL(fileURLWithPath: $0) }, overrides: overrides.map { .set($0) } + seedOverride)
  }
}

/// The part of the help that explains configs.
enum ConfigHelp {
  static func text(_ verbs: ExperimentVerbs) -> String {
    """
    Settings are defaults, changed by a --config file, changed by --set. '\(verbs.config)' prints all of them with \
    their present values; what it prints can be used as a file. A misspelt key is an error that names the right one.
    """
  }

  /// The experiment's discussion, then the part about configs.
  static func discussion(_ own: String, _ verbs: ExperimentVerbs) -> String {
    own.isEmpty ? text(verbs) : own + "\n\n" + text(verbs)
  }
}
