// Which features are made, on which frames and bands.
// Not here: making them (FeatureExtractor.swift).

public import Lab
public import Media

/// A group of feature planes.
public enum FeatureKind: String, Codable, CaseIterable, Sendable {
  /// Four planes W, Y, Z, X: `10 log10(max(1e-10, mel |S|²))`, at most `topDecibels` below the channel's maximum.
  case logMel
  /// The first plane of `logMel`: all that a listener with one ear has.
  case logMelOmni
  /// Three planes Y, Z, X: `Re{W* V} / (|W|² + ‖V‖²/3 + 1e-8)` by bin, then summed into mel bands with the weights of
  /// the log-mel planes.
  ///
  /// > Source: the feature extractor of the DCASE sound event localisation baseline.
  case intensityDCASE
  /// Three planes Y, Z, X: `Re{W* V} / ½(|W|² + ‖V‖²)` by bin, then averaged in mel bands. Its length is 1 for a plane
  /// wave and never more.
  case intensityEnergy
  /// Three planes Y, Z, X: `mel(Re{W* V}) / mel(½(|W|² + ‖V‖²))`: as `intensityEnergy`, but bins count by their energy, so
  /// that its length is 1 minus the diffuseness of the band. Never more than 1.
  case intensityBandEnergy
  /// Three planes Y, Z, X: `mel(Re{W* V}) / mel(|W|²)`, limited to ±10.
  case intensityBandRatio
  /// One plane: `1 - ‖⟨I⟩‖ / ⟨E⟩`, averaged in the band and over `diffusenessFrames` frames.
  case diffuseness
  /// Eight planes: real and imaginary parts of W, Y, Z, X by bin; stands alone.
  case complexSpectrum

  /// The names of the planes, in their order.
  public var planeNames: [String] {
    switch self {
    case .logMel: FeatureKind.channelNames.map { "log-mel \($0)" }
    case .logMelOmni: ["log-mel W"]
    case .intensityDCASE: FeatureKind.channelNames.dropFirst().map { "intensity-dcase \($0)" }
    case .intensityEnergy: FeatureKind.channelNames.dropFirst().map { "intensity \($0)" }
    case .intensityBandEnergy: FeatureKind.channelNames.dropFirst().map { "intensity-band-energy \($0)" }
    case .intensityBandRatio: FeatureKind.channelNames.dropFirst().map { "intensity-band-ratio \($0)" }
    case .diffuseness: ["diffuseness"]
    case .complexSpectrum: ["real", "imaginary"].flatMap { part in FeatureKind.channelNames.map { "\(part) \($0)" } }
    }
  }

  static let channelNames = ["W", "Y", "Z", "X"]
}

/// The complete description of a feature extractor.
public struct FeatureConfig: Codable, Equatable, Sendable {
  /// The groups of planes, in their order.
  public var kinds: [FeatureKind]
  /// Samples per second, in Hz.
  public var sampleRate: Int
  /// How the signal is cut.
  public var frames: FrameLayout
  /// Mel bands from 0 to half the sample rate.
  public var melBands: Int
  /// The mel scale.
  public var melScale: MelScale
  /// What log-mel planes are limited to below the channel's maximum, in dB.
  public var topDecibels: Double
  /// Frames over which diffuseness averages; odd.
  public var diffusenessFrames: Int

  /// Creates a configuration; ``validate()`` checks it.
  public init(
    kinds: [FeatureKind], sampleRate: Int, frames: FrameLayout, melBands: Int, melScale: MelScale,
    topDecibels: Double, diffusenessFrames: Int
  ) {
    self.kinds = kinds
    self.sampleRate = sampleRate
    self.frames = frames
    self.melBands = melBands
    self.melScale = melScale
    self.topDecibels = topDecibels
    self.diffusenessFrames = diffusenessFrames
  }

  /// Log-mel and intensity at 24 kHz: hop 20 ms, window 40 ms, 1,024-point transform, 64 bands.
  public static let dcase = FeatureConfig(
    kinds: [.logMel, .intensityDCASE], sampleRate: 24_000,
    frames: FrameLayout(window: 960, hop: 480, transformSize: 1024, padding: .reflect), melBands: 64,
    melScale: .slaney, topDecibels: 80, diffusenessFrames: 5)

  /// The seven planes of log-mel and energy-consistent intensity at 16 kHz, frames of 20 ms.
  public static let compact = FeatureConfig(
    kinds: [.logMel, .intensityEnergy], sampleRate: 16_000,
    frames: FrameLayout(window: 640, hop: 320, transformSize: 640, padding: .reflect), melBands: 64,
    melScale: .slaney, topDecibels: 80, diffusenessFrames: 5)

  /// 16 kHz, hop 10 ms, window 25 ms, 512-point transform, 128 HTK bands, intensity by band ratio.
  public static let bandRatio = FeatureConfig(
    kinds: [.logMel, .intensityBandRatio], sampleRate: 16_000,
    frames: FrameLayout(window: 400, hop: 160, transformSize: 512, padding: .reflect), melBands: 128,
    melScale: .htk, topDecibels: 80, diffusenessFrames: 5)

  /// Checks what types cannot express.
  ///
  /// - Throws: `ConfigError` with all problems.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require(!kinds.isEmpty, "kinds", expected: "at least one kind of feature", got: "none")
    check.require(
      Set(kinds).count == kinds.count, "kinds", expected: "each kind once",
      got: kinds.map(\.rawValue).joined(separator: ", "))
    check.require(
      !(kinds.contains(.logMel) && kinds.contains(.logMelOmni)), "kinds", expected: "logMel or logMelOmni",
      got: "both")
    check.require(
      kinds.count <= 1 || !kinds.contains(.complexSpectrum), "kinds",
      expected: "complexSpectrum alone, since its planes have other bins", got: "\(kinds.count) kinds")
    check.require(sampleRate >= 1000, "sampleRate", expected: "at least 1000 Hz", got: sampleRate)
    check.require(
      (1...frames.transformSize).contains(frames.window), "frames.window",
      expected: "1 to the transform size of \(frames.transformSize)", got: frames.window)
    check.require(frames.hop >= 1, "frames.hop", expected: "at least 1 sample", got: frames.hop)
    check.require(melBands >= 1, "melBands", expected: "at least 1", got: melBands)
    check.require(topDecibels > 0, "topDecibels", expected: "more than 0 dB", got: topDecibels)
    check.require(
      diffusenessFrames >= 1 && diffusenessFrames % 2 == 1, "diffusenessFrames", expected: "an odd number",
      got: diffusenessFrames)
    try check.finish()
  }

  /// The names of all planes.
  public var planeNames: [String] { kinds.flatMap(\.planeNames) }

  /// Bins of each plane: mel bands, or bins of the transform for complex spectra.
  public var planeBins: Int { kinds.contains(.complexSpectrum) ? frames.binCount : melBands }
}
