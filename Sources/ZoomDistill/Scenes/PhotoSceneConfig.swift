// The configuration of a folder of photographic scenes; a YAML file under Configs/zoom is a patch over it.
// Not here: drawing from it (PhotoScene.swift), files (PhotoSceneFolder.swift).

public import Lab
public import Media

/// Which pictures of a set scenes are made from.
public enum SceneSplit: String, Codable, CaseIterable, Hashable, Sendable {
  /// All of them.
  case all
  /// Those that the set calls so; pictures of one label are in one split.
  case train, validation, test
}

/// Which scenes are made, and how.
public struct PhotoSceneConfig: ExperimentConfig {
  /// The seed of every draw. A scene depends on it, on its number, on the pictures and on the settings alone.
  public var seed: UInt64 = 1
  /// How many scenes.
  public var scenes = 40
  /// A folder with `images.jsonl`, such as `Scripts/fetch-data images` makes.
  public var assets = "Data/sample/images"
  /// Which of its pictures are used.
  public var split = SceneSplit.all
  /// Kinds and categories of pictures that are no things with names, as `kind/category`.
  public var excluded = [
    "cutout/symbols", "cutout/people", "cutout/naturalforces", "cutout/town", "emoji/faces", "emoji/symbols",
  ]
  /// File names of the fonts of labels.
  public var fonts = ["DejaVuSans-Bold.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSerif-Bold.ttf"]
  /// The least shorter side in pixels.
  public var shortest = 1216
  /// The greatest longer side in pixels.
  public var longest = 4000
  /// Things that questions are about, in turn one of each dimension; fewer where they find no place.
  public var things = 8
  /// Things beside them that nobody asks about.
  public var clutter = 6
  /// Share of things that are there twice with one name and different content.
  public var duplicates = 0.1
  /// The smallest thing as a share of the picture; more where it could not be read.
  public var smallestArea = 0.0002
  /// The largest thing as a share of the picture; less where a picture would be enlarged too much.
  public var largestArea = 0.05
  /// How far things are turned at most, in degrees.
  public var tilt = 10.0
  /// How much pictures of things are enlarged at most.
  public var enlargement = 3.0
  /// The files.
  public var encoding = ImageEncoding.jpeg(quality: 92)

  /// The defaults.
  public static let base = PhotoSceneConfig()

  /// A few scenes.
  public static var smoke: PhotoSceneConfig {
    var config = base
    config.scenes = 2
    config.longest = 2200
    return config
  }

  /// Checks what types cannot express.
  ///
  /// - Throws: `ConfigError` with all problems.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require((1...1_000_000).contains(scenes), "scenes", expected: "1 to 1000000", got: scenes)
    check.require(!assets.isEmpty, "assets", expected: "a folder", got: "nothing")
    check.require(!fonts.isEmpty, "fonts", expected: "at least one file name", got: "none")
    check.require((256...8192).contains(shortest), "shortest", expected: "256 to 8192 px", got: shortest)
    check.require((256...16_384).contains(longest), "longest", expected: "256 to 16384 px", got: longest)
    check.require(
      Double(longest) >= Self.ratios.reduce(1, max) * Double(shortest), "longest",
      expected: "at least \(Self.ratios.reduce(1, max)) times 'shortest', for the widest pictures", got: longest)
    check.require((1...24).contains(things), "things", expected: "1 to 24", got: things)
    check.require((0...48).contains(clutter), "clutter", expected: "0 to 48", got: clutter)
    check.require((0...0.5).contains(duplicates), "duplicates", expected: "a share of 0 to 0.5", got: duplicates)
    check.require(
      smallestArea > 0 && smallestArea < largestArea, "smallestArea", expected: "above 0, below 'largestArea'",
      got: smallestArea)
    check.require(largestArea <= 0.1, "largestArea", expected: "at most 0.1", got: largestArea)
    check.require((0...30).contains(tilt), "tilt", expected: "0 to 30 degrees", got: tilt)
    check.require((1...8).contains(enlargement), "enlargement", expected: "1 to 8", got: enlargement)
    switch encoding {
    case .jpeg(let quality, _):
      check.require((1...100).contains(quality), "encoding.jpeg.quality", expected: "1 to 100", got: quality)
    case .png(let level, _):
      check.require((0...9).contains(level), "encoding.png.level", expected: "0 to 9", got: level)
    }
    try check.finish()
  }

  /// Longer over shorter side.
  static let ratios = [1.0, 4.0 / 3, 1.5, 16.0 / 9]
}
