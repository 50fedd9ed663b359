// Octave bands and the filters that divide a response among them.
// Not here: what walls (WallMaterial.swift) and air (AirAbsorption.swift) do in each band.

import Foundation

/// How neighbouring bands share the frequencies between their centres.
public enum BandShape: String, Codable, CaseIterable, Sendable {
  /// A raised cosine over the whole octave between two centres (Schröder).
  case wide
  /// A raised cosine around the edge between two bands, as wide as half the upper half of the lower band.
  ///
  /// > Source: Antoni, "Orthogonal-like fractional-octave-band filters", JASA 127(2), 2010, equations 18 and 19.
  case narrow
}

/// Octave bands from 125 Hz upwards, with amplitude-complementary filters.
///
/// The filters add up to 1 at every frequency, so that equal gains in all bands leave a response as it is. The lowest
/// band keeps everything below its centre, the highest everything above.
public struct OctaveBands: Equatable, Sendable {
  /// Taps of the filters' impulse responses, which are symmetric about sample 256.
  public static let filterTaps = 512
  /// Samples by which a filtered response begins before the unfiltered one.
  public static let filterLead = 256

  /// Band centres in Hz: 125, 250, …
  public let centers: [Double]
  /// Samples per second in Hz.
  public let sampleRate: Int
  /// How neighbours share frequencies.
  public let shape: BandShape

  /// The bands of a sample rate: ⌊log2(rate / 125)⌋ of them, at least 1 and at most 8.
  public init(sampleRate: Int, shape: BandShape = .wide) {
    self.sampleRate = sampleRate
    self.shape = shape
    let count = min(8, max(1, Int(log2(Double(sampleRate) / 125).rounded(.down))))
    centers = (0..<count).map { 125 * Double(1 << $0) }
  }

  /// The number of bands.
  public var count: Int { centers.count }

  /// The gain of a band's filter at a frequency in Hz.
  public func gain(band: Int, frequency: Double) -> Double {
    let below = band == 0 ? 0 : share(ofLower: band - 1, frequency: frequency)
    let above = band == count - 1 ? 0 : 1 - share(ofLower: band, frequency: frequency)
    return max(0, 1 - below - above)
  }

  /// What the lower of two neighbours gets of a frequency: 1 far below, 0 far above.
  private func share(ofLower band: Int, frequency: Double) -> Double {
    let center = centers[band]
    let edge = center * 2.0.squareRoot(), reach = (edge - center) / 2
    let (low, high) = shape == .wide ? (center, 2 * center) : (edge - reach, edge + reach)
    let position = min(1, max(0, (frequency - low) / (high - low)))
    return 0.5 * (1 + cos(.pi * position))
  }

  /// The impulse response of a band's filter: 512 taps, linear phase, centred on sample 256.
  public func impulseResponse(band: Int) -> [Double] {
    let size = Self.filterTaps
    let gains = (0...size / 2).map { gain(band: band, frequency: Double($0) * Double(sampleRate) / Double(size)) }
    let cosine = (0..<size).map { cos(2 * .pi * Double($0) / Double(size)) }
    return (0..<size).map { tap in
      let time = abs(tap - Self.filterLead)
      var sum = gains[0]
      for bin in 1..<size / 2 { sum += 2 * gains[bin] * cosine[bin * time % size] }
      return (sum + gains[size / 2] * cosine[size / 2 * time % size]) / Double(size)
    }
  }
}
