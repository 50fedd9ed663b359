// What a spatial encoder is made of: front ends, body, attractors, outputs.
// Not here: how it is trained (EncoderTraining/EncoderConfig.swift).

public import Lab
import Media

/// The architecture of a spatial encoder.
public struct SpatialEncoderConfig: Codable, Equatable, Sendable {
  /// Fine in time: what arrives before the walls answer.
  public var onset = FrontEndConfig.onset
  /// Fine in frequency: what kind of sound it is.
  public var timbre = FrontEndConfig.timbre
  /// Width of the dense time map, D.
  public var width = 128
  /// What mixes moments.
  public var body = EncoderBodyConfig.attention(blocks: 2, heads: 4)
  /// The most sources of a scene, K.
  public var slots = 3
  /// Width of the hidden layer of each slot's heads.
  public var headWidth = 128
  /// Tracks of the multi-ACCDOA output, which is left out with 0.
  public var tracks = 3
  /// Class names in the order of their numbers; set from the data.
  public var classes: [String] = []

  /// The architecture of the small study.
  public static let base = SpatialEncoderConfig()

  /// Moments of the dense map in a second.
  public static let momentsPerSecond = 10

  /// The front ends in use.
  public var frontEnds: [FrontEndConfig] { [onset, timbre].filter { !$0.features.kinds.isEmpty } }

  func check(_ check: inout ConfigCheck, prefix: String) {
    check.require(
      !frontEnds.isEmpty, "\(prefix).onset.features.kinds", expected: "features in one of onset and timbre", got: "none"
    )
    for (name, frontEnd) in [("onset", onset), ("timbre", timbre)] where !frontEnd.features.kinds.isEmpty {
      frontEnd.check(&check, "\(prefix).\(name)")
    }
    if case .attention(_, let heads) = body {
      check.require(
        heads >= 1 && width % max(1, 2 * heads) == 0, "\(prefix).width", expected: "an even multiple of \(heads) heads",
        got: width)
    }
    check.require((1...8).contains(slots), "\(prefix).slots", expected: "1 to 8", got: slots)
    check.require(headWidth >= 1, "\(prefix).headWidth", expected: "at least 1", got: headWidth)
    check.require([0, 3].contains(tracks), "\(prefix).tracks", expected: "0 or 3", got: tracks)
  }
}

/// Features with the convolutions that bring them to one row each 100 ms.
public struct FrontEndConfig: Codable, Equatable, Sendable {
  /// The planes; a front end without kinds is left out.
  public var features: FeatureConfig
  /// Output channels of each convolution.
  public var channels: [Int]
  /// Steps in time of each convolution; their product is the frames of 100 ms.
  public var timeStrides: [Int]
  /// Steps in frequency of each convolution.
  public var bandStrides: [Int]

  /// Frames of 10 ms each 5 ms in 24 bands: the level of W, and intensity with diffuseness as its length.
  public static let onset = FrontEndConfig(
    features: FeatureConfig(
      kinds: [.logMelOmni, .intensityBandEnergy], sampleRate: 16_000,
      frames: FrameLayout(window: 160, hop: 80, transformSize: 160, padding: .reflect), melBands: 24,
      melScale: .slaney, topDecibels: 80, diffusenessFrames: 5),
    channels: [16, 48, 128], timeStrides: [1, 5, 4], bandStrides: [2, 2, 2])

  /// Frames of 40 ms each 20 ms in 64 bands: the level of W, and intensity.
  public static let timbre = FrontEndConfig(
    features: FeatureConfig(
      kinds: [.logMelOmni, .intensityBandEnergy], sampleRate: 16_000,
      frames: FrameLayout(window: 640, hop: 320, transformSize: 640, padding: .reflect), melBands: 64,
      melScale: .slaney, topDecibels: 80, diffusenessFrames: 5),
    channels: [24, 64, 96], timeStrides: [1, 5, 1], bandStrides: [4, 4, 2])

  /// Frames of one moment of 100 ms.
  public var framesPerMoment: Int { timeStrides.reduce(1, *) }

  func check(_ check: inout ConfigCheck, _ key: String) {
    do {
      try features.validate()
    } catch {
      for problem in error.problems {
        check.require(
          false, "\(key).features.\(problem.key)", expected: problem.expected, got: problem.got)
      }
    }
    let counts = [channels.count, timeStrides.count, bandStrides.count]
    check.require(
      Set(counts).count == 1 && counts[0] > 0, "\(key).channels",
      expected: "as many channels, timeStrides and bandStrides", got: "\(counts)")
    check.require(
      (channels + timeStrides + bandStrides).allSatisfy { $0 >= 1 }, "\(key).channels",
      expected: "channels and strides of at least 1", got: "\(channels), \(timeStrides), \(bandStrides)")
    let needed = features.sampleRate / max(1, features.frames.hop * SpatialEncoderConfig.momentsPerSecond)
    check.require(
      framesPerMoment == needed, "\(key).timeStrides",
      expected: "a product of \(needed), the frames of 100 ms", got: framesPerMoment)
  }
}

/// What mixes the moments of the dense map.
public enum EncoderBodyConfig: ConfigChoice, Equatable, Sendable {
  /// Transformer blocks over all moments.
  case attention(blocks: Int, heads: Int)
  /// Long short-term memories in both directions.
  case recurrent(layers: Int)

  /// Each case with its defaults.
  public static let defaults: [EncoderBodyConfig] = [.attention(blocks: 2, heads: 4), .recurrent(layers: 2)]
}
