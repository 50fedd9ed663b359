// Estimators of direction as values: which there are and what can be set.
// Not here: their work (Localizer.swift and its parts).

public import Lab
public import Media

/// A classical estimator of directions from first-order Ambisonics.
public enum DirectionEstimator: ConfigChoice, Equatable, Sendable {
  /// The direction of the summed active intensity. One source.
  case pseudoIntensity
  /// The intensity of the least diffuse bins alone, `share` of all; energy and intensity averaged over `smoothing`
  /// frames. Several sources through the peaks of their histogram.
  case lowDiffuseness(share: Double, smoothing: Int)
  /// The peaks of a histogram of all bins' directions, smoothed over the sphere with the concentration κ; of the bins
  /// the least diffuse `share` counts, averaged over `smoothing` frames.
  case histogram(concentration: Double, share: Double, smoothing: Int)
  /// The peaks of the subspace spectrum of the broadband covariance (EB-MUSIC); whitened for diffuse noise (N3D) or in
  /// SN3D as it is. At most three sources.
  case music(whitened: Bool)
  /// The intensity of frames in which the energy rose by `rise` dB: direct sound comes first. Several sources through
  /// the peaks of the histogram of these frames.
  case onset(rise: Double)

  /// Each case once, with the values that are used unless asked otherwise.
  public static let defaults: [DirectionEstimator] = [
    .pseudoIntensity, .lowDiffuseness(share: 0.1, smoothing: 5),
    .histogram(concentration: 40, share: 0.3, smoothing: 3), .music(whitened: true), .onset(rise: 3),
  ]

  /// The name on the command line and in tables.
  public var name: String {
    switch self {
    case .pseudoIntensity: "piv"
    case .lowDiffuseness: "low-diffuseness"
    case .histogram: "histogram"
    case .music: "music"
    case .onset: "onset"
    }
  }

  /// The most sources it can tell apart.
  public var mostSources: Int {
    switch self {
    case .pseudoIntensity: 1
    case .music: 3
    case .lowDiffuseness, .histogram, .onset: 8
    }
  }

  /// Estimates the directions of a whole recording in ACN order with SN3D, strongest first.
  ///
  /// For many recordings prepare one ``Localizer``.
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public func estimate(signal: AudioBuffer, sources: SourceCount) throws(AmbisonicError) -> [DirectionEstimate] {
    try Localizer(self).estimate(signal, sources: sources)
  }
}

/// How many sources are looked for.
public enum SourceCount: Equatable, Sendable {
  /// Exactly this many, if the estimator finds as many.
  case known(Int)
  /// As many as stand out, at least one and at most this many; see ``LocalizerConfig/countThreshold``.
  case estimated(most: Int)

  /// The largest number of answers.
  public var most: Int {
    switch self {
    case .known(let count), .estimated(let count): count
    }
  }
}

/// A direction with its strength.
public struct DirectionEstimate: Equatable, Sendable {
  /// Where the sound comes from.
  public let direction: Direction
  /// Its strength relative to the strongest of the same answer, 0...1.
  public let weight: Double

  /// Creates an estimate.
  public init(direction: Direction, weight: Double) {
    self.direction = direction
    self.weight = weight
  }
}

/// What all estimators share.
public struct LocalizerConfig: Codable, Equatable, Sendable {
  /// The length of the window, in seconds.
  public var window: Double
  /// From one window to the next, in seconds.
  public var hop: Double
  /// The lowest frequency that counts, in Hz.
  public var lowestFrequency: Double
  /// The highest frequency that counts, in Hz.
  public var highestFrequency: Double
  /// A frame is active if its energy is at most this far below the loudest frame's, in dB.
  public var activityRange: Double
  /// The least angle between two answers, in degrees.
  public var suppression: Double
  /// With an unknown number of sources: the least height of a peak over that of the highest, both above the mean over
  /// the sphere; for MUSIC the least eigenvalue over the largest, both above the smallest.
  public var countThreshold: Double
  /// The length of the block that one moment's directions are estimated from, in seconds.
  public var block: Double

  /// Windows of 32 ms, 200 Hz to 6 kHz.
  public static let base = LocalizerConfig(
    window: 0.032, hop: 0.016, lowestFrequency: 200, highestFrequency: 6000, activityRange: 30, suppression: 25,
    countThreshold: 0.35, block: 0.5)
}
