// The complete description of a dataset of scenes. Defaults live here and only here; a YAML file under Configs/spatial
// is a patch.
import Foundation
public import Lab
public import Media

/// The configuration of a dataset.
public struct SceneDatasetConfig: ExperimentConfig {
  /// The seed of every draw. A draw depends on it, on the scene's number and on its purpose alone.
  public var seed: UInt64 = 1
  /// Dry sounds.
  public var clips = ClipsConfig()
  /// How many scenes of each split.
  public var scenes = SceneCounts()
  /// Length of a scene in seconds.
  public var duration = 5.0
  /// Samples per second in Hz.
  public var sampleRate = 16_000
  /// Rooms.
  public var room = RoomConfig()
  /// The listener.
  public var listener = ListenerConfig()
  /// Sources.
  public var sources = SourcesConfig()
  /// Noise.
  public var noise = NoiseConfig()
  /// Files.
  public var output = OutputConfig()

  /// The defaults: rooms, places and levels of the small study, on the committed sample of clips.
  public static let base = SceneDatasetConfig()

  /// A dataset of a few short scenes.
  public static var smoke: SceneDatasetConfig {
    var config = base
    config.scenes = SceneCounts(train: 0, validation: 0, test: 3)
    config.duration = 2
    config.room.walls = .decay(seconds: Span(lower: 0.2, upper: 0.3))
    return config
  }

  /// Checks what types cannot express.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require(duration >= 0.5 && duration <= 600, "duration", expected: "0.5 to 600 s", got: duration)
    check.require(
      (8000...192_000).contains(sampleRate), "sampleRate", expected: "8000 to 192000 Hz", got: sampleRate)
    check.require(scenes.total >= 1, "scenes", expected: "at least one scene", got: scenes.total)
    check.require(
      scenes.train >= 0 && scenes.validation >= 0 && scenes.test >= 0, "scenes", expected: "counts of 0 or more",
      got: scenes.total)
    check.require(
      (-120...0).contains(clips.level), "clips.level", expected: "-120 to 0 dB re full scale", got: clips.level)
    check.require((0.01...600).contains(clips.longest), "clips.longest", expected: "0.01 to 600 s", got: clips.longest)
    check.require(
      (-120...0).contains(output.peak), "output.peak", expected: "-120 to 0 dB re full scale", got: output.peak)
    room.check(&check)
    sources.check(&check, duration: duration)
    check.span(listener.height, "listener.height", within: 0...100)
    check.require(listener.wallMargin >= 0, "listener.wallMargin", expected: "0 or more", got: listener.wallMargin)
    check.span(noise.signalToNoise, "noise.signalToNoise", within: -60...120)
    try check.finish()
  }
}

/// A range of numbers, both ends included.
public struct Span: Codable, Equatable, Sendable {
  /// The lower end.
  public var lower: Double
  /// The upper end.
  public var upper: Double

  /// Creates a range.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }
}

extension ConfigCheck {
  /// Requires a range in order and within bounds.
  mutating func span(_ span: Span, _ key: String, within bounds: ClosedRange<Double>) {
    require(
      span.lower <= span.upper && bounds.contains(span.lower) && bounds.contains(span.upper), key,
      expected: "lower ≤ upper within \(bounds.lowerBound) ... \(bounds.upperBound)",
      got: "\(span.lower) ... \(span.upper)")
  }
}

/// Where dry sounds come from.
public struct ClipsConfig: Codable, Equatable, Sendable {
  /// A folder with `<class>/<clip>`, relative to the working directory; `clips.jsonl` in it may name packages and splits.
  public var folder = "Data/sample/clips"
  /// Classes to use, in the order of their numbers; empty for all, by name.
  public var classes: [String] = []
  /// What may not be shared between splits.
  public var split = ClipSplit.clip
  /// Level of every clip over its active samples before its own gain, in dB re full scale.
  public var level = -26.0
  /// The longest stretch of a clip that is used, in seconds.
  public var longest = 4.0
}

/// What training, validation and test may not share.
public enum ClipSplit: String, Codable, CaseIterable, Sendable {
  /// Clips: each belongs to one split, by `clips.jsonl` or by a hash of its name.
  case clip
  /// Packages: all clips of a package belong to one split, by a hash of its name.
  case package
  /// Nothing: all clips serve all splits.
  case none
}

/// How many scenes of each split.
public struct SceneCounts: Codable, Equatable, Sendable {
  /// Training scenes.
  public var train: Int
  /// Validation scenes.
  public var validation: Int
  /// Test scenes.
  public var test: Int

  /// Creates counts.
  public init(train: Int = 0, validation: Int = 0, test: Int = 12) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// All scenes.
  public var total: Int { train + validation + test }
}

/// How rooms are drawn.
public struct RoomConfig: Codable, Equatable, Sendable {
  /// Length in metres.
  public var length = Span(lower: 4, upper: 10)
  /// Width in metres.
  public var width = Span(lower: 3.5, upper: 8)
  /// Height in metres.
  public var height = Span(lower: 2.5, upper: 4)
  /// What the walls are.
  public var walls = WallsConfig.decay(seconds: Span(lower: 0.2, upper: 0.8))
  /// What follows the exact early part of a response.
  public var tail = TailConfig.diffuse
  /// Largest displacement of each coordinate of the images in metres.
  public var jitter = 0.0
  /// How neighbouring octave bands share frequencies.
  public var bandShape = BandShape.wide
  /// A high-pass for responses.
  public var highPass = HighPass.none
  /// The air.
  public var air = Air()

  func check(_ check: inout ConfigCheck) {
    check.span(length, "room.length", within: 0.5...200)
    check.span(width, "room.width", within: 0.5...200)
    check.span(height, "room.height", within: 0.5...200)
    check.require((0...1).contains(jitter), "room.jitter", expected: "0 to 1 m", got: jitter)
    switch walls {
    case .materials: break
    case .decay(let seconds): check.span(seconds, "room.walls.decay.seconds", within: 0.05...10)
    case .absorption(let value):
      check.require((0...1).contains(value), "room.walls.absorption.value", expected: "0 to 1", got: value)
    }
    if case .butterworth(let hertz) = highPass {
      check.require(
        (0.1...1000).contains(hertz), "room.highPass.butterworth.hertz", expected: "0.1 to 1000 Hz", got: hertz)
    }
    checkAir(&check)
  }

  private func checkAir(_ check: inout ConfigCheck) {
    check.require(
      (-50...60).contains(air.temperature), "room.air.temperature", expected: "-50 to 60 °C", got: air.temperature)
    check.require((0...100).contains(air.humidity), "room.air.humidity", expected: "0 to 100 %", got: air.humidity)
    if case .constants(let values) = air.absorption {
      check.require(
        !values.isEmpty && values.allSatisfy { (0...10).contains($0) }, "room.air.absorption.constants.perMeter",
        expected: "at least one number of 0 to 10 1/m", got: values)
    }
    if case .fixed(let speed) = air.speed {
      check.require(
        (50...2000).contains(speed), "room.air.speed.fixed.metersPerSecond", expected: "50 to 2000 m/s", got: speed)
    }
  }
}

/// What the walls are.
public enum WallsConfig: ConfigChoice, Equatable, Sendable {
  /// A material drawn for each wall.
  case materials
  /// A material drawn for each wall, scaled until the measured T20 is a drawn one, in seconds.
  case decay(seconds: Span)
  /// One absorption for all walls and bands; 1 is a free field.
  case absorption(value: Double)

  /// Each case with its defaults.
  public static let defaults: [WallsConfig] = [
    .materials, .decay(seconds: Span(lower: 0.2, upper: 0.8)), .absorption(value: 1),
  ]
}

/// What follows the exact early part of a response.
public enum TailConfig: String, Codable, CaseIterable, Sendable {
  /// Image sources to the mixing time, then diffuse noise of the same decay: what a room with scattering does.
  case diffuse
  /// Image sources to the end: exact for a shoebox of smooth walls, and anisotropic late.
  case imageSources
}

/// How the listener is placed.
public struct ListenerConfig: Codable, Equatable, Sendable {
  /// The least distance from side walls in metres.
  public var wallMargin = 1.0
  /// Height of the ears in metres.
  public var height = Span(lower: 1, upper: 1.8)
  /// Whether the heading is drawn; otherwise it is the room's x axis.
  public var turns = true
}

/// How sources are drawn.
public struct SourcesConfig: Codable, Equatable, Sendable {
  /// Weights of 1, 2, 3, … sources.
  public var counts = [0.4, 0.35, 0.25]
  /// The most sources that sound at once; 1 puts them one after the other.
  public var polyphony = 5
  /// Distance from the listener in metres.
  public var distance = Span(lower: 0.7, upper: 4.5)
  /// The least distance from walls in metres.
  public var wallMargin = 0.5
  /// The least angle between two sources in degrees, at all times.
  public var separation = 20.0
  /// Gain over the clips' common level in dB.
  public var gain = Span(lower: -6, upper: 6)
  /// Whether two sources of a scene may be of one class.
  public var repeatsClasses = false
  /// Share of sources that move.
  public var moving = 0.0
  /// Speed of moving sources in m/s.
  public var speed = Span(lower: 0.5, upper: 2)
  /// How motion is rendered.
  public var motion = MotionConfig.crossfade

  func check(_ check: inout ConfigCheck, duration: Double) {
    check.require(
      (1...8).contains(counts.count) && counts.allSatisfy { $0 >= 0 } && counts.reduce(0, +) > 0, "sources.counts",
      expected: "1 to 8 weights of 0 or more, not all 0", got: "\(counts)")
    check.require(polyphony >= 1, "sources.polyphony", expected: "at least 1", got: polyphony)
    check.span(distance, "sources.distance", within: ShoeboxRoom.smallestDistance...500)
    check.require(wallMargin >= 0, "sources.wallMargin", expected: "0 or more", got: wallMargin)
    check.require((0...170).contains(separation), "sources.separation", expected: "0 to 170 degrees", got: separation)
    check.span(gain, "sources.gain", within: -60...60)
    check.require((0...1).contains(moving), "sources.moving", expected: "0 to 1", got: moving)
    check.span(speed, "sources.speed", within: 0.01...50)
  }
}

/// How motion is rendered.
public enum MotionConfig: String, Codable, CaseIterable, Sendable {
  /// Responses at 20 places a second, crossfaded on the input; no Doppler shift.
  case crossfade
  /// The direct path with a delay that varies in time (Doppler shift), everything else as `crossfade`.
  case doppler
}

/// Added noise.
public struct NoiseConfig: Codable, Equatable, Sendable {
  /// The spectrum.
  public var kind = NoiseKind.pink
  /// Level of the sources over the noise in W in dB.
  public var signalToNoise = Span(lower: 10, upper: 40)
}

/// The spectrum of added noise.
public enum NoiseKind: String, Codable, CaseIterable, Sendable {
  /// No noise.
  case none
  /// Equal energy in each hertz.
  case white
  /// Equal energy in each octave.
  case pink
}

/// What files are written.
public struct OutputConfig: Codable, Equatable, Sendable {
  /// Container and sample type.
  public var encoding = AudioEncoding.wav16
  /// Channel order and normalisation.
  public var format = AmbisonicFormat.acnSN3D
  /// The highest peak of any channel in dB re full scale.
  public var peak = -3.0
}
