// Which convention four channels are in, judged by physics.
// Not here: broken channels (ConventionDetector+Faults.swift), the blocks (PlaneWaveBlocks.swift).

import Foundation
public import Media

/// Finds the convention of a first-order recording.
///
/// In a plane wave the powers of the dipoles add up to that of W times a constant: 1 for SN3D, 3 for N3D, 2 for FuMa with
/// its W 3 dB down. On average that holds for every sound field. The blocks of the spectrum that look most like one plane wave tell on which channel is W and which
/// constant holds. The same constant follows from the length of the normalised intensity: 0.750, 0.866, 0.849.
///
/// The order of the dipoles cannot be seen in physics; it follows from custom, and from the experience that sound comes
/// from around more than from above and below: the least used of three axes is Z. See
/// ``ConventionFinding/undecidable``.
public enum ConventionDetector {
  /// The most seconds of a recording that are looked at, from its beginning.
  public static let longest = 60.0
  /// The fewest plane-wave-like blocks.
  static let fewestBlocks = 12
  /// How far the median over blocks may be from a constant, in dB; 2 and 3 are 1.8 dB apart.
  static let tolerance = 0.85
  /// How far a single block may be from it to count as fitting, in dB: other waves in the block add and cancel.
  static let scatter = 2.5

  /// The normalisations by the power of the dipoles over that of W.
  static let constants: [(ratio: Double, normalization: AmbisonicFormat.Normalization)] = [
    (1, .sn3d), (2, .fuma), (3, .n3d),
  ]

  /// Examines a recording.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public static func examine(_ signal: AudioBuffer) throws(AmbisonicError) -> ConventionFinding {
    guard signal.channels.count == FirstOrder.channelCount else { throw .channelCount(signal.channels.count) }
    var finding = ConventionFinding(
      verdict: .undetermined(.silence), confidence: 0, evidence: [], faults: [], equivalents: [])
    guard signal.peak > 0 else { return finding }
    let length = min(signal.frameCount, Int(longest * Double(signal.sampleRate)))
    let excerpt = AudioBuffer(
      sampleRate: signal.sampleRate, channels: signal.channels.map { Array($0.prefix(length)) })
    let window = FourierTransform.goodSize(max(64, signal.sampleRate / 32))
    let spectra = try FirstOrderSpectra(
      excerpt, layout: FrameLayout(window: window, hop: window / 2, transformSize: window, padding: .zero))
    let blocks = PlaneWaveBlocks.energetic(spectra)
    finding.faults = faults(spectra, blocks)
    guard !finding.faults.contains(where: \.isCertain) else {
      finding.verdict = .undetermined(.fault)
      return finding
    }
    judge(blocks, &finding)
    return finding
  }

  private static func judge(_ blocks: [PlaneWaveBlock], _ finding: inout ConventionFinding) {
    let waves = PlaneWaveBlocks.planeWaves(blocks)
    finding.evidence.append(
      .init(
        name: "plane-wave-like blocks", value: Double(waves.count) / Double(max(1, blocks.count)),
        meaning: "share of the energetic time-frequency blocks that are judged by"))
    guard waves.count >= fewestBlocks else {
      finding.verdict = .undetermined(.noPlaneWaves(found: waves.count, examined: blocks.count))
      return
    }
    let fits = (0..<4).map { OmniFit(waves, channel: $0) }
    describe(waves, fits, &finding)
    if let elsewhere = fits[1...].max(by: { $0.share < $1.share }), elsewhere.isOmni,
      !fits[0].isOmni
        || elsewhere.spread < 0.5 * fits[0].spread && elsewhere.share > 1.3 * fits[0].share
    {
      finding.verdict = .undetermined(.omniElsewhere(channel: elsewhere.channel))
      return
    }
    guard fits[0].isOmni else {
      finding.verdict = .undetermined(finding.faults.isEmpty ? .noOmni(support: fits[0].share) : .fault)
      return
    }
    let (format, orderShare) = format(fits[0].normalization, waves, &finding)
    finding.verdict = .format(format)
    finding.confidence = fits[0].share * (1 - 0.5 * fits[0].distance / tolerance) * orderShare
    if format.normalization == .n3d {
      finding.equivalents = [AmbisonicFormat(order: format.order, normalization: .orthonormal)]
    }
  }

  /// How well one channel does as W.
  private struct OmniFit {
    let channel: Int
    /// The normalisation with the nearest constant.
    let normalization: AmbisonicFormat.Normalization
    /// The distance of the median from that constant, in dB.
    let distance: Double
    /// The median absolute deviation of the blocks, in dB.
    let spread: Double
    /// The share of blocks that fit the constant.
    let share: Double

    /// Whether the channel bounds the others as W does.
    var isOmni: Bool { distance <= tolerance && share >= 0.5 }

    init(_ waves: [PlaneWaveBlock], channel: Int) {
      // Silent channels are far from every constant.
      let ratios = waves.map { min(100, max(-100, $0.restOver(channel))) }
      let center = median(ratios)
      let distances = constants.map { abs(center - decibels($0.ratio)) }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      let constant = decibels(constants[nearest].ratio)
      self.channel = channel
      normalization = constants[nearest].normalization
      distance = distances[nearest]
      spread = median(ratios.map { abs($0 - center) })
      share = Double(ratios.filter { abs($0 - constant) <= scatter }.count) / Double(ratios.count)
    }
  }

  private static func describe(
    _ waves: [PlaneWaveBlock], _ fits: [OmniFit], _ finding: inout ConventionFinding
  ) {
    let ratio = median(waves.map { ($0.total - $0.powers[0]) / max($0.powers[0], .leastNormalMagnitude) })
    finding.evidence.append(
      .init(
        name: "dipole power over W", value: ratio, meaning: "median; 1 is SN3D, 2 FuMa, 3 N3D or orthonormal"))
    let norm = median(
      waves.map { wave in
        let dipoles = wave.total - wave.powers[0]
        let length = (wave.cross * wave.cross).sum() - wave.cross[0] * wave.cross[0]
        return length.squareRoot() / (wave.powers[0] + dipoles / 3)
      })
    finding.evidence.append(
      .init(name: "intensity norm", value: norm, meaning: "median; 0.750 is SN3D, 0.849 FuMa, 0.866 N3D"))
    for channel in 0..<4 {
      finding.evidence.append(
        .init(
          name: "channel \(channel + 1) as omni", value: fits[channel].share,
          meaning: "share of blocks in which it bounds the others as W does; they scatter by "
            + String(format: "%.1f dB", fits[channel].spread)))
    }
  }

  /// The format of a normalisation: the order by the vertical axis if that shows, else by custom.
  private static func format(
    _ normalization: AmbisonicFormat.Normalization, _ waves: [PlaneWaveBlock], _ finding: inout ConventionFinding
  ) -> (AmbisonicFormat, share: Double) {
    let custom: AmbisonicFormat.Order = normalization == .fuma ? .fuma : .acn
    let vertical = verticalChannel(waves)
    let order: AmbisonicFormat.Order? = vertical == 2 ? .acn : vertical == 3 ? .fuma : nil
    let meaning =
      switch (vertical, order) {
      case (nil, _): "no axis is clearly the least used; the order is that of custom"
      case (_, nil): "the least used axis is channel 2, which no convention has as Z; the order is that of custom"
      case (_, let order?) where order == custom: "the least used axis is where custom has Z"
      default:
        normalization == .fuma
          ? "the least used axis is where ACN has Z: W is 3 dB too low for SN3D"
          : "the least used axis is where FuMa order has Z"
      }
    finding.evidence.append(.init(name: "channel of Z", value: Double((vertical ?? -1) + 1), meaning: meaning))
    return (AmbisonicFormat(order: order ?? custom, normalization: normalization), order == nil ? 0.8 : 1)
  }

  /// The dipole along which the fewest waves arrive, if the directions spread over the other two; nil otherwise.
  private static func verticalChannel(_ waves: [PlaneWaveBlock]) -> Int? {
    var moments = [Double](repeating: 0, count: 9)
    for wave in waves {
      let vector = [wave.cross[1], wave.cross[2], wave.cross[3]]
      let length = vector.reduce(0) { $0 + $1 * $1 }
      guard length > 0 else { continue }
      for row in 0..<3 { for column in 0..<3 { moments[3 * row + column] += vector[row] * vector[column] / length } }
    }
    let eigen = SymmetricEigen(moments, size: 3)
    guard eigen.values[1] > 0.15 * eigen.values[0], eigen.values[2] < 0.5 * eigen.values[1] else { return nil }
    return eigen.vectors[2].firstIndex { abs($0) > 0.9 }.map { $0 + 1 }
  }
}
