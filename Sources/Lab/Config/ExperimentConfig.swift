// What a type must offer to be the config of an experiment.
// Not here: loading (ConfigLoader).

/// The complete description of one run.
///
/// Defaults live once, in ``base``; a YAML file and `--set` are patches over it. The properties are `var`s or `let`s
/// without default values in a second place, and never optional: a choice is an enum.
public protocol ExperimentConfig: Codable, Equatable, Sendable {
  /// Every default.
  static var base: Self { get }
  /// A tiny run of the same code, under 20 s, for CI and for a first look.
  static var smoke: Self { get }
  /// Checks what types cannot express.
  ///
  /// - Throws: ``ConfigError``; ``ConfigCheck`` collects several problems.
  func validate() throws(ConfigError)
}

extension ExperimentConfig {
  /// Accepts every value.
  public func validate() throws(ConfigError) {}
}

/// An enum with associated values that names its cases and their defaults.
///
/// With it a config may leave out associated values (`schedule: {cosine: {warmup: 100}}`) or all of them
/// (`schedule: cosine`), and a misspelt case is answered with the list of cases. Without it every associated value
/// of a case that is not the default's must be written.
///
/// ```swift
/// enum Schedule: ConfigChoice, Equatable {
///   case constant, cosine(warmup: Int, floor: Double)
///   static let defaults: [Schedule] = [.constant, .cosine(warmup: 100, floor: 0.1)]
/// }
/// ```
public protocol ConfigChoice: Codable {
  /// Each case once, with the defaults of its associated values.
  static var defaults: [Self] { get }
}
