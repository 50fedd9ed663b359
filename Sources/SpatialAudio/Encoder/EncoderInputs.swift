// From recordings to what an encoder reads: planes with channels last, in the range of small numbers.
// Not here: the planes themselves (Features/FeatureExtractor.swift).

public import Media
public import Tensor

/// Makes the inputs of an encoder.
public struct EncoderInputs: Sendable {
  /// One for each front end.
  let extractors: [FeatureExtractor]
  private let frontEnds: [FrontEndConfig]

  /// The level of W in dB that becomes 0, and that by which it becomes ±1.
  private static let (level, spread): (Float, Float) = (-60, 20)

  /// Prepares the filters.
  ///
  /// - Throws: `ConfigError` for features that cannot be made.
  public init(_ config: SpatialEncoderConfig) throws {
    frontEnds = config.frontEnds
    extractors = try frontEnds.map { try FeatureExtractor($0.features) }
  }

  /// Everything on which inputs depend, as text.
  var identity: String {
    frontEnds.map { "\($0.features) \($0.framesPerMoment)" }.joined(separator: "\n") + "\n\(Self.level) \(Self.spread)"
  }

  /// The sample rate that recordings must have, in Hz.
  public var sampleRate: Int { extractors[0].config.sampleRate }

  /// Shapes of one recording of `moments` times 100 ms: `[frames, bands, planes]` for each front end.
  public func shapes(moments: Int) -> [Shape] {
    frontEnds.map { [moments * $0.framesPerMoment, $0.features.planeBins, $0.features.planeNames.count] }
  }

  /// The whole moments of 100 ms of a recording.
  public func moments(in audio: AudioBuffer) -> Int {
    audio.frameCount * SpatialEncoderConfig.momentsPerSecond / audio.sampleRate
  }

  /// Planes of a recording in ACN order with SN3D, `[frames, bands, planes]` for each front end.
  ///
  /// - Throws: ``FeatureError``.
  public func callAsFunction(_ audio: AudioBuffer) throws(FeatureError) -> [[Float]] {
    let moments = moments(in: audio)
    var inputs: [[Float]] = []
    for (extractor, frontEnd) in zip(extractors, frontEnds) {
      let planes = try extractor.extract(audio)
      inputs.append(Self.channelsLast(planes, frames: moments * frontEnd.framesPerMoment))
    }
    return inputs
  }

  /// Turns planes `[plane][frame][bin]` into `[frame][bin][plane]`, levels in units of 20 dB.
  private static func channelsLast(_ planes: FeaturePlanes, frames: Int) -> [Float] {
    let (count, bins) = (planes.names.count, planes.binCount)
    let size = planes.frameCount * bins
    let isLevel = planes.names.map { $0.hasPrefix("log-mel") }
    return [Float](unsafeUninitializedCapacity: frames * bins * count) { result, written in
      for plane in 0..<count {
        for cell in 0..<frames * bins {
          let value = planes.values[plane * size + cell]
          result[cell * count + plane] = isLevel[plane] ? (value - level) / spread : value
        }
      }
      written = frames * bins * count
    }
  }

  /// Applies a symmetry to planes with channels last, in place.
  ///
  /// - Parameters:
  ///   - symmetry: which one.
  ///   - planes: `[frame][bin][plane]` of the front end.
  ///   - frontEnd: its number.
  func apply(_ symmetry: Symmetry, to planes: UnsafeMutableBufferPointer<Float>, frontEnd: Int) {
    let origins = extractors[frontEnd].origins(under: symmetry)
    guard origins.enumerated().contains(where: { $0.offset != $0.element.source || $0.element.sign < 0 }) else {
      return
    }
    var cell = [Float](repeating: 0, count: origins.count)
    for start in stride(from: 0, to: planes.count, by: origins.count) {
      for plane in origins.indices { cell[plane] = planes[start + plane] }
      for (plane, origin) in origins.enumerated() { planes[start + plane] = origin.sign * cell[origin.source] }
    }
  }
}

extension EncoderInputs {
  /// The planes of a front end that hold levels.
  private func levels(_ frontEnd: Int) -> [Int] {
    let names = extractors[frontEnd].config.planeNames
    return names.indices.filter { names[$0].hasPrefix("log-mel") }
  }

  /// Raises all levels by some dB, in place.
  func raise(by gain: Float, _ planes: UnsafeMutableBufferPointer<Float>, frontEnd: Int) {
    let count = extractors[frontEnd].config.planeNames.count
    guard gain != 0 else { return }
    for plane in levels(frontEnd) {
      for index in stride(from: plane, to: planes.count, by: count) { planes[index] += gain / Self.spread }
    }
  }

  /// Sets the levels of neighbouring bands to 0, in place; front ends of few bands keep theirs.
  ///
  /// - Parameter place: where they begin, as a share of what is possible.
  func hide(bands: Int, at place: Double, _ planes: UnsafeMutableBufferPointer<Float>, frontEnd: Int) {
    let config = extractors[frontEnd].config
    let (count, bins) = (config.planeNames.count, config.planeBins)
    guard bands > 0, bins >= 32 else { return }
    let first = min(bins - bands, Int(place * Double(bins - bands + 1)))
    for frame in 0..<planes.count / (bins * count) {
      for band in first..<first + bands {
        for plane in levels(frontEnd) { planes[(frame * bins + band) * count + plane] = 0 }
      }
    }
  }
}
