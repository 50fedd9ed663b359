// Features of four-channel recordings: planes of one size, by name.
// Not here: the formulas (FeatureExtractor+Planes.swift), symmetries (FeatureExtractor+Symmetry.swift).

public import Lab
public import Media

/// Real planes `[plane][frame][bin]`.
public struct FeaturePlanes: Equatable, Sendable {
  /// The names of the planes.
  public let names: [String]
  /// Frames of each plane.
  public let frameCount: Int
  /// Bins of each frame.
  public let binCount: Int
  /// All values, `(plane · frameCount + frame) · binCount + bin`.
  public var values: [Float]

  /// Creates planes.
  ///
  /// - Precondition: `values` holds `names.count · frameCount · binCount` numbers.
  public init(names: [String], frameCount: Int, binCount: Int, values: [Float]) {
    precondition(
      values.count == names.count * frameCount * binCount,
      "FeaturePlanes: expected \(names.count) × \(frameCount) × \(binCount) values, got \(values.count)")
    self.names = names
    self.frameCount = frameCount
    self.binCount = binCount
    self.values = values
  }

  /// One plane, `[frame][bin]`; nil for a name that is not there.
  public subscript(name: String) -> [Float]? { names.firstIndex(of: name).map { plane($0) } }

  /// One plane by number, `[frame][bin]`.
  public func plane(_ index: Int) -> [Float] {
    Array(values[index * frameCount * binCount..<(index + 1) * frameCount * binCount])
  }
}

/// A recording that does not fit an extractor.
public enum FeatureError: LabError, Equatable {
  /// Not first order.
  case ambisonics(AmbisonicError)
  /// Another sample rate than the configuration's, in Hz.
  case sampleRate(expected: Int, actual: Int)

  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .ambisonics(let error): error.description
    case .sampleRate(let expected, let actual):
      "cannot extract features: expected \(expected) Hz, got \(actual) Hz. Hint: resample the recording first."
    }
  }
}

/// Extracts the features of a configuration from recordings in ACN order with SN3D.
///
/// ```swift
/// let extractor = try FeatureExtractor(.compact)
/// let planes = try extractor.extract(recording)
/// let turned = extractor.apply(Symmetry(quarterTurns: 1), to: planes)
/// ```
public struct FeatureExtractor: Sendable {
  /// What is extracted.
  public let config: FeatureConfig
  /// The bands of the log-mel planes: area 1.
  let areaBank: MelFilterBank
  /// The bands of averages: weights that add up to 1.
  let meanBank: MelFilterBank

  /// Prepares the filters.
  ///
  /// - Throws: `ConfigError`.
  public init(_ config: FeatureConfig) throws(ConfigError) {
    try config.validate()
    self.config = config
    func bank(_ normalization: MelNormalization) -> MelFilterBank {
      MelFilterBank(
        bands: config.melBands, transformSize: config.frames.transformSize, sampleRate: config.sampleRate,
        scale: config.melScale, normalization: normalization)
    }
    areaBank = bank(.area)
    meanBank = bank(.mean)
  }

  /// The features of a recording.
  ///
  /// - Throws: ``FeatureError``.
  public func extract(_ signal: AudioBuffer) throws(FeatureError) -> FeaturePlanes {
    guard signal.sampleRate == config.sampleRate else {
      throw .sampleRate(expected: config.sampleRate, actual: signal.sampleRate)
    }
    let spectra: FirstOrderSpectra
    do {
      spectra = try FirstOrderSpectra(signal, layout: config.frames)
    } catch {
      throw .ambisonics(error)
    }
    var values: [Float] = []
    values.reserveCapacity(config.planeNames.count * spectra.frameCount * config.planeBins)
    for kind in config.kinds { for plane in planes(kind, spectra) { values += plane } }
    return FeaturePlanes(
      names: config.planeNames, frameCount: spectra.frameCount, binCount: config.planeBins, values: values)
  }
}
