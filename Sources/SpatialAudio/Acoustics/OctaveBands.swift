// Octave bands and the filters that divide a response among them.
// Not here: what walls (WallMaterial.swift) and air (AirAbsorption.swift) do in each band.

import Foundation

/// Octave bands from 125 Hz upwards, with amplitude-complementary raised-cosine filters.
///
/// The filters add up to 1 at every frequency, so that equal gains in all bands leave a response as it is. The lowest
/// band keeps everything below its centre, the highest everything above.
///
/// > Source: raised-cosine octave filters after Schröder, as room simulators use them.
public struct OctaveBands: Equatable, Sendable {
  /// Taps of the filters' impulse responses, which are symmetric about sample 256.
  public static let filterTaps = 512
  /// Samples by which a filtered response begins before the unfiltered one.
  public static let filterLead = 256

  /// Band centres in Hz: 125, 250, …
  public let centers: [Double]
  /// Samples per second in Hz.
  public let sampleRate: Int

  /// The bands of a sample rate: ⌊log2(rate / 125)⌋ of them, at least 1 and at most 8.
  public init(sampleRate: Int) {
    self.sampleRate = sampleRate
    let count = min(8, max(1, Int(log2(Double(sampleRate) / 125).rounded(.down))))
    centers = (0..<count).map { 125 * Double(1 << $0) }
  }

  /// The number of bands.
  public var count: Int { centers.count }

  /// The gain of a band's filter at a frequency in Hz.
  public func gain(band: Int, frequency: Double) -> Double {
    let center = centers[band]
    if frequency < center {
      if band == 0 { return 1 }
      return frequency <= center / 2 ? 0 : 0.5 * (1 + cos(2 * .pi * frequency / center))
    }
    if band == count - 1 { return 1 }
    return frequency >= 2 * center ? 0 : 0.5 * (1 - cos(.pi * frequency / center))
  }

  /// The impulse response of a band's filter: 512 taps, linear phase, centred on sample 256.
  public func impulseResponse(band: Int) -> [Double] {
    let size = Self.filterTaps
    let gains = (0...size / 2).map { gain(band: band, frequency: Double($0) * Double(sampleRate) / Double(size)) }
    return (0..<size).map { tap in
      let time = Double(tap - Self.filterLead)
      var sum = gains[0]
      for bin in 1..<size / 2 { sum += 2 * gains[bin] * cos(2 * .pi * Double(bin) * time / Double(size)) }
      return (sum + gains[size / 2] * cos(.pi * time)) / Double(size)
    }
  }
}
