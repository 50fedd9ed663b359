// From defaults, a file and arguments to one checked config.
// Not here: the steps themselves (ConfigParser, ConfigMerge, ConfigDecoder, ConfigText).

public import Foundation

/// A config that passed every check, with its canonical text.
public struct ResolvedConfig<Config: ExperimentConfig>: Equatable, Sendable {
  /// The config.
  public let value: Config
  /// Every key with its value as YAML, in the order of the properties; loading it gives an equal config.
  public let text: String
  /// FNV-1a (64 bits) of ``text``, 16 hexadecimal digits: equal configs have equal hashes on every machine.
  public let hash: String
  let tree: ConfigNode

  /// Resolves a config that was made in Swift.
  ///
  /// - Throws: ``ConfigError`` if `validate()` refuses it.
  public init(_ value: Config) throws(ConfigError) {
    try value.validate()
    try self.init(checked: value)
  }

  init(checked value: Config) throws(ConfigError) {
    self.value = value
    tree = try configTree(of: value)
    text = tree.yaml
    hash = StableHash.hex(text)
  }

  /// What another config has otherwise than this one.
  public func changes(to other: ResolvedConfig) -> [ConfigChange] { ConfigChange.between(tree, other.tree) }
}

/// Loads configs strictly: defaults, then the file, then `--set`, then the checks.
///
/// A file is a patch over the defaults. A key that the config does not have is an error with its line and the nearest
/// valid key; so is a value of the wrong type; all problems are reported at once.
public struct ConfigLoader<Config: ExperimentConfig> {
  private let base: Config

  /// Creates a loader.
  ///
  /// - Parameter base: the defaults under the file, usually `.base` or `.smoke`.
  public init(base: Config = .base) {
    self.base = base
  }

  /// Loads a config.
  ///
  /// - Parameters:
  ///   - file: a YAML file, or nil for the defaults alone.
  ///   - overrides: `key.path=value`, as after `--set`; values are YAML.
  ///   - argumentName: how messages name an override.
  /// - Throws: ``ConfigError`` with all problems.
  public func load(file: URL? = nil, overrides: [ConfigOverride] = []) throws(ConfigError) -> ResolvedConfig<Config> {
    guard let file else { return try load(yaml: nil, name: "", overrides: overrides) }
    let text: String
    do {
      // Far more than people write, far less than would hurt.
      text = try TextFile.read(file, limit: 1 << 24)
    } catch {
      throw ConfigError([Self.unreadable(file, error)])
    }
    return try load(yaml: text, name: file.displayPath, overrides: overrides)
  }

  /// Loads a config from YAML text.
  ///
  /// - Parameters:
  ///   - yaml: the text, or nil for the defaults alone.
  ///   - name: the file name for messages.
  ///   - overrides: applied after the text, in order.
  /// - Throws: ``ConfigError`` with all problems.
  public func load(yaml: String?, name: String, overrides: [ConfigOverride] = []) throws(ConfigError) -> ResolvedConfig<
    Config
  > {
    let defaults = try configTree(of: base)
    var tree = defaults
    if let yaml { tree = tree.merged(with: try ConfigParser.parseFile(yaml, file: name)) }
    for override in overrides {
      let (path, value) = try override.parsed()
      tree = try tree.setting(path[...], to: value)
    }
    let config = try ConfigDecoder(defaults: defaults).decode(Config.self, from: tree)
    do {
      try config.validate()
    } catch {
      throw ConfigError(error.problems.map { $0.located(in: tree) })
    }
    return try ResolvedConfig(checked: config)
  }

  private static func unreadable(_ file: URL, _ error: FileError) -> ConfigProblem {
    switch error {
    case .notText(let path, let offset):
      ConfigProblem(
        .unreadable, file: path, expected: "UTF-8 text", got: "an invalid byte sequence at offset \(offset)")
    case .cannotRead(let path, let code):
      ConfigProblem(
        .unreadable, file: path, expected: "a YAML file", got: FileError.reason(code),
        hint: code == ENOENT ? "Check the spelling of the path." : "")
    default: ConfigProblem(.unreadable, file: file.displayPath, expected: "a YAML file", got: "\(error)")
    }
  }
}

/// One `key.path=value` from the command line.
public struct ConfigOverride: Equatable, Sendable {
  /// How messages show it, for example `--set steps=3`.
  public var argument: String
  private let assignment: String

  /// An override as it follows `--set`.
  public static func set(_ assignment: String) -> ConfigOverride {
    ConfigOverride(argument: "--set \(assignment)", assignment: assignment)
  }

  /// An override that has an option of its own, for example `--seed 7`.
  public static func option(_ name: String, key: String, value: some CustomStringConvertible) -> ConfigOverride {
    ConfigOverride(argument: "\(name) \(value)", assignment: "\(key)=\(value)")
  }

  /// The path and the value.
  func parsed() throws(ConfigError) -> (path: [String], value: ConfigNode) {
    let origin = ConfigOrigin.argument(argument)
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count == 2, !path.contains("") else {
      throw ConfigError([
        ConfigProblem(
          .syntax, at: origin, expected: "key=value, for example model.width=64", got: "'\(assignment)'")
      ])
    }
    return (path, try ConfigParser.parseValue(String(parts[1]), argument: argument))
  }
}

/// The tree of a config that was made in Swift.
private func configTree(of value: some Encodable) throws(ConfigError) -> ConfigNode {
  do {
    return try ConfigEncoder.encode(value)
  } catch {
    throw ConfigError([
      ConfigProblem(
        .syntax, expected: "a config that can be encoded", got: "\(error)", hint: "This is a program error.")
    ])
  }
}

extension ConfigProblem {
  /// The problem with the place where its key was written, for problems that `validate()` found.
  fileprivate func located(in tree: ConfigNode) -> ConfigProblem {
    guard origin == nil else { return self }
    var located = self
    let steps = key.split(whereSeparator: { ".[]".contains($0) }).map { part in
      Int(part).map { ConfigPath.Step.index($0) } ?? .key(String(part))
    }
    located.origin = tree.node(at: ConfigPath(steps: steps))?.origin
    return located
  }
}
