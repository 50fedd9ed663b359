// Everything that can be wrong with a config, in the words that the user reads.
// Not here: finding the problems (ConfigParser, ConfigDecoder, the configs' own `validate()`).

import Foundation

/// One thing that is wrong with a config.
public struct ConfigProblem: Equatable, Sendable, CustomStringConvertible {
  /// The sort of problem.
  public enum Kind: String, Equatable, Sendable {
    /// The file cannot be read.
    case unreadable = "cannot read"
    /// The text is not YAML, or not of the form of a config.
    case syntax = "not a config"
    /// A key that the config does not have.
    case unknownKey = "unknown key"
    /// A key that has no default and was not given.
    case missingKey = "missing key"
    /// A key that stands twice in one mapping.
    case duplicateKey = "duplicate key"
    /// A value of another type than the key's.
    case wrongType = "wrong type for"
    /// A value of the right type that makes no sense.
    case invalidValue = "invalid value for"
  }

  /// The sort of problem.
  public var kind: Kind
  /// The dotted path of the key, for example `model.width`; empty for the whole file.
  public var key: String
  /// File and position, or the argument; nil if the problem has no place.
  public var origin: ConfigOrigin?
  /// The file, where the problem has no line.
  public var file: String
  /// What would be right.
  public var expected: String
  /// What is there.
  public var got: String
  /// What to do.
  public var hint: String

  /// Creates a problem; texts that do not apply stay empty.
  public init(
    _ kind: Kind, key: String = "", at origin: ConfigOrigin? = nil, file: String = "", expected: String,
    got: String = "", hint: String = ""
  ) {
    self.kind = kind
    self.key = key
    self.origin = origin
    self.file = file
    self.expected = expected
    self.got = got
    self.hint = hint
  }

  /// *Where: what: expected X, got Y. Hint.*
  public var description: String {
    let place = origin.map { "\($0): " } ?? (file.isEmpty ? "" : "\(file): ")
    let subject = key.isEmpty ? kind.rawValue : "\(kind.rawValue) '\(key)'"
    let actual = got.isEmpty ? "" : ", got \(got)"
    return "\(place)\(subject): expected \(expected)\(actual).\(hint.isEmpty ? "" : " " + hint)"
  }
}

/// All problems of a config that could be found at once.
public struct ConfigError: LabError, Equatable {
  /// The problems in the order of the file; never empty.
  public var problems: [ConfigProblem]

  /// Creates an error of one or more problems.
  public init(_ problems: [ConfigProblem]) {
    precondition(!problems.isEmpty, "ConfigError: expected at least one problem, got none")
    self.problems = problems
  }

  /// A value that makes no sense, for `validate()`; the loader adds file and line.
  public static func invalid(_ key: String, expected: String, got: some Any, hint: String = "") -> ConfigError {
    ConfigError([ConfigProblem(.invalidValue, key: key, expected: expected, got: "\(got)", hint: hint)])
  }

  /// One line for each problem.
  public var description: String {
    guard problems.count > 1 else { return problems.map(\.description).joined() }
    return "\(problems.count) problems in the configuration:\n"
      + problems.map { "  \($0)" }.joined(separator: "\n")
  }

  /// A wrong config is a usage error.
  public var exitStatus: ExitStatus { .usage }
}

/// Collects the problems of a `validate()`, so that all are reported at once.
///
/// ```swift
/// var check = ConfigCheck()
/// check.require(width > 0, "model.width", expected: "a positive width", got: width)
/// check.require(width % heads == 0, "model.heads", expected: "a divisor of width \(width)", got: heads)
/// try check.finish()
/// ```
public struct ConfigCheck {
  private var problems: [ConfigProblem] = []

  /// Creates a check without problems.
  public init() {}

  /// Records a problem unless the condition holds.
  public mutating func require(
    _ condition: Bool, _ key: String, expected: @autoclosure () -> String, got: @autoclosure () -> Any,
    hint: @autoclosure () -> String = ""
  ) {
    guard !condition else { return }
    problems.append(
      ConfigProblem(.invalidValue, key: key, expected: expected(), got: "\(got())", hint: hint()))
  }

  /// - Throws: ``ConfigError`` with all recorded problems, if there are any.
  public func finish() throws(ConfigError) {
    if !problems.isEmpty { throw ConfigError(problems) }
  }
}

extension ConfigCheck {
  /// Records a problem of the form `key: expected X, got Y` of a part of the config.
  package mutating func report(_ problem: String, prefix: String) {
    let parts = problem.split(separator: ":", maxSplits: 1).map(String.init)
    let rest = (parts.count > 1 ? parts[1] : "").components(separatedBy: ", got ")
    require(
      false, "\(prefix).\(parts[0])",
      expected: rest[0].replacingOccurrences(of: "expected ", with: "").trimmingCharacters(in: .whitespaces),
      got: rest.count > 1 ? rest[1] : "")
  }
}
