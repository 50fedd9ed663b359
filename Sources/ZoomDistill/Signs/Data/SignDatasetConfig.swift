// The configuration of a folder of sign scenes; a YAML file under Configs/zoom is a patch over it.
// Not here: the parameters of one scene (SignWorldConfig.swift).

public import Lab

/// Which scenes are drawn.
public struct SignDatasetConfig: ExperimentConfig {
  /// The seed of every draw. A scene depends on it, on its use and number, and on `world` alone.
  public var seed: UInt64 = 1
  /// What the scenes are for; scenes of different uses share nothing.
  public var use = SignUse.build
  /// How many scenes.
  public var scenes = 200
  /// How scenes are drawn.
  public var world = SignWorldConfig()

  /// The defaults.
  public static let base = SignDatasetConfig()

  /// A few scenes.
  public static var smoke: SignDatasetConfig {
    var config = base
    config.scenes = 4
    return config
  }

  /// Checks what types cannot express.
  ///
  /// - Throws: `ConfigError` with all problems.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require((1...1_000_000).contains(scenes), "scenes", expected: "1 to 1000000", got: scenes)
    world.check(&check, key: "world")
    try check.finish()
  }
}
