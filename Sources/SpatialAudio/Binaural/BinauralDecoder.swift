// First-order scenes as two channels for headphones: for listening, not for measuring.
// Not here: the head-related responses themselves (Media, HeadRelatedTransfer).

import Foundation
public import Media

/// Two filters for each of the four channels W, Y, Z, X (ACN, SN3D).
///
/// > Source: least-squares fit of the head-related responses by the first-order harmonics: with the harmonics `Y` of the
/// > measured directions in rows, area weights `W` and responses `h`, the filters are `(YᵀWY)⁻¹YᵀW h`.
public struct BinauralDecoder: Equatable, Sendable {
  /// What the two channels are.
  public enum Kind: String, Codable, Sendable {
    /// Ear signals, for headphones.
    case binaural
    /// Two cardioids facing left and right, for lack of head-related responses: no binaural signal.
    case stereo
  }

  /// Weights of the orders 0 and 1.
  public enum Taper: String, Codable, CaseIterable, Sendable {
    /// 1 and 1: the best fit.
    case none
    /// 1 and 1/√3: the longest energy vector, a smoother image above a kilohertz.
    case maximumEnergyVector

    /// The factor of the first-order channels.
    var firstOrderWeight: Double { self == .none ? 1 : 1 / 3.0.squareRoot() }
  }

  /// What the two channels are.
  public let kind: Kind
  /// Samples per second of scenes that it takes, in Hz.
  public let sampleRate: Int
  /// The filters `[channel][ear][tap]`, channels in the order W, Y, Z, X, ears left, right.
  public let filters: [[[Float]]]
  /// The database of the responses with its licence; empty for ``Kind/stereo``.
  public let attribution: String

  /// Taps of each filter.
  public var tapCount: Int { filters[0][0].count }

  /// Fits filters to head-related responses, at the rate of the scenes.
  ///
  /// They are scaled in common so that an isotropic diffuse white field has the mean power of W at the ears.
  ///
  /// - Throws: `MediaError` if the responses cannot be resampled, are silent, or their directions lie in a plane.
  public init(
    _ responses: HeadRelatedTransfer, sampleRate: Int, taper: Taper = .none
  ) throws(MediaError) {
    let responses = try responses.resampled(to: sampleRate)
    let rows = try Self.fittingRows(responses)
    var filters = rows.map { row in
      [Self.weightedSum(responses.left, row), Self.weightedSum(responses.right, row)]
    }
    for channel in 1..<4 {
      filters[channel] = filters[channel].map { $0.map { $0 * taper.firstOrderWeight } }
    }
    let gain = Self.diffuseGain(filters)
    guard gain > 0, gain.isFinite else {
      throw .notHeadRelated(path: responses.attribution, reason: "expected responses with energy, got silence")
    }
    self.init(
      kind: .binaural, sampleRate: sampleRate, filters: filters.map { $0.map { $0.map { Float($0 / gain) } } },
      attribution: responses.attribution)
  }

  /// `left = ½(W + Y)`, `right = ½(W - Y)`.
  public static func stereo(sampleRate: Int) -> BinauralDecoder {
    BinauralDecoder(
      kind: .stereo, sampleRate: sampleRate, filters: [[[0.5], [0.5]], [[0.5], [-0.5]], [[0], [0]], [[0], [0]]],
      attribution: "")
  }

  private init(kind: Kind, sampleRate: Int, filters: [[[Float]]], attribution: String) {
    self.kind = kind
    self.sampleRate = sampleRate
    self.filters = filters
    self.attribution = attribution
  }

  /// A scene as two channels, left and right: `n + tapCount - 1` frames for `n` of the scene.
  ///
  /// - Throws: `MediaError` if the scene has not four channels at ``sampleRate``.
  public func render(_ scene: AudioBuffer) throws(MediaError) -> AudioBuffer {
    guard scene.channels.count == FirstOrder.channelCount else {
      throw .channelCount(path: "\(kind.rawValue) decoder", expected: "4", actual: scene.channels.count)
    }
    guard scene.sampleRate == sampleRate else {
      throw .sampleRate(place: "\(kind.rawValue) decoder", expected: "\(sampleRate)", actual: scene.sampleRate)
    }
    let count = scene.frameCount == 0 ? 0 : scene.frameCount + tapCount - 1
    var ears = [[Float]](repeating: [Float](repeating: 0, count: count), count: 2)
    guard count > 0 else { return AudioBuffer(sampleRate: sampleRate, channels: ears) }
    let block = PartitionedConvolution.goodBlockSize(
      signalLength: scene.frameCount, tapCount: tapCount, filterCount: 2)
    let convolution = PartitionedConvolution(blockSize: block)
    for (samples, pair) in zip(scene.channels, filters) where pair.contains(where: { $0.contains { $0 != 0 } }) {
      convolution.add(samples, with: convolution.spectra(of: pair), to: &ears, at: 0)
    }
    return AudioBuffer(sampleRate: sampleRate, channels: ears)
  }
}

extension BinauralDecoder {
  /// The share of the sphere that each direction stands for; the shares sum to 1.
  ///
  /// Directions of one elevation (to a tenth of a degree) form a ring and share its area, which reaches half-way to the
  /// rings beside it, and as far beyond the outermost ones. Directions of a ring are taken to be evenly spread.
  package static func areaWeights(_ directions: [Vector]) -> [Double] {
    func ring(_ direction: Vector) -> Int {
      Int((asin(max(-1, min(1, direction.z))) * 1800 / .pi).rounded())
    }
    let counts = Dictionary(grouping: directions.map(ring)) { $0 }.mapValues(\.count)
    let rings = counts.keys.sorted()
    var share: [Int: Double] = [:]
    for (index, tenths) in rings.enumerated() {
      let here = Double(tenths)
      let below = index > 0 ? (here - Double(rings[index - 1])) / 2 : nil
      let above = index + 1 < rings.count ? (Double(rings[index + 1]) - here) / 2 : nil
      let low = max(-900, here - (below ?? above ?? 900))
      let high = min(900, here + (above ?? below ?? 900))
      let area = sin(high * .pi / 1800) - sin(low * .pi / 1800)
      share[tenths] = area / Double(counts[tenths] ?? 1)
    }
    let weights = directions.map { share[ring($0)] ?? 0 }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// `(YᵀWY)⁻¹YᵀW`: four rows of one factor for each direction.
  private static func fittingRows(_ responses: HeadRelatedTransfer) throws(MediaError) -> [[Double]] {
    let weights = areaWeights(responses.directions)
    let harmonics = responses.directions.map { [1, $0.y, $0.z, $0.x] }
    var normal = [[Double]](repeating: [0, 0, 0, 0], count: 4)
    for (weight, row) in zip(weights, harmonics) {
      for i in 0..<4 { for j in 0..<4 { normal[i][j] += weight * row[i] * row[j] } }
    }
    guard let inverse = inverted(normal) else {
      throw .notHeadRelated(
        path: responses.attribution, reason: "expected directions all around, got \(weights.count) in a plane")
    }
    return (0..<4).map { i in
      zip(weights, harmonics).map { weight, row in
        weight * (0..<4).reduce(0) { $0 + inverse[i][$1] * row[$1] }
      }
    }
  }

  /// The inverse by elimination with pivots; nil if the matrix has none to speak of.
  private static func inverted(_ matrix: [[Double]]) -> [[Double]]? {
    let size = matrix.count
    var rows = matrix.enumerated().map { index, row in row + (0..<size).map { $0 == index ? 1 : 0 } }
    for column in 0..<size {
      guard let pivot = (column..<size).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 1e-6
      else { return nil }
      rows.swapAt(column, pivot)
      let head = rows[column][column]
      rows[column] = rows[column].map { $0 / head }
      for other in 0..<size where other != column {
        let factor = rows[other][column]
        for index in 0..<2 * size { rows[other][index] -= factor * rows[column][index] }
      }
    }
    return rows.map { Array($0[size...]) }
  }

  private static func weightedSum(_ responses: [[Float]], _ factors: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: responses[0].count)
    for (response, factor) in zip(responses, factors) {
      for (tap, value) in response.enumerated() { sum[tap] += factor * Double(value) }
    }
    return sum
  }

  /// The root of the mean power at the ears in a diffuse white field with a power of 1 in W and ⅓ in Y, Z and X.
  private static func diffuseGain(_ filters: [[[Double]]]) -> Double {
    var power = 0.0
    for (channel, ears) in filters.enumerated() {
      for filter in ears { power += filter.reduce(0) { $0 + $1 * $1 } * (channel == 0 ? 1 : 1 / 3.0) / 2 }
    }
    return power.squareRoot()
  }
}
