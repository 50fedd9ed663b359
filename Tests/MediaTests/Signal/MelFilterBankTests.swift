// Mel scales and filters against their formulas in float64.
import Foundation
import Media
import Testing

@Suite("Mel filters")
struct MelFilterBankTests {
  @Test("scales have their published values and inverses", arguments: MelScale.allCases)
  func scales(scale: MelScale) {
    for frequency in [0.0, 60, 500, 999, 1000, 1001, 4000, 12_000] {
      #expect(abs(scale.frequency(scale.mel(frequency)) - frequency) < 1e-8 * max(1, frequency))
    }
    // Known points: 1 kHz is 15 of Slaney's steps and 1000 mel (rounded) of HTK's; 6.4 kHz is 27 steps further.
    #expect(scale == .htk ? abs(scale.mel(1000) - 999.9855) < 1e-3 : abs(scale.mel(1000) - 15) < 1e-12)
    if scale == .slaney { #expect(abs(scale.mel(6400) - 42) < 1e-12) }
  }

  /// The weights by the definition of librosa: ramps between mel-spaced corners, area normalisation.
  private func reference(_ bands: Int, _ size: Int, _ rate: Int, _ scale: MelScale) -> [[Double]] {
    func toMel(_ f: Double) -> Double {
      if scale == .htk { return 2595 * log10(1 + f / 700) }
      return f >= 1000 ? 15 + log(f / 1000) / (log(6.4) / 27) : f / (200.0 / 3)
    }
    func toFrequency(_ m: Double) -> Double {
      if scale == .htk { return 700 * (pow(10, m / 2595) - 1) }
      return m >= 15 ? 1000 * exp(log(6.4) / 27 * (m - 15)) : 200.0 / 3 * m
    }
    let top = toMel(Double(rate) / 2)
    let corner = (0..<bands + 2).map { toFrequency(top * Double($0) / Double(bands + 1)) }
    return (0..<bands).map { band in
      (0...size / 2).map { bin in
        let f = Double(bin) * Double(rate) / Double(size)
        let up = (f - corner[band]) / (corner[band + 1] - corner[band])
        let down = (corner[band + 2] - f) / (corner[band + 2] - corner[band + 1])
        return max(0, min(up, down)) * 2 / (corner[band + 2] - corner[band])
      }
    }
  }

  @Test(
    "weights equal the definition",
    arguments: [(64, 1024, 24_000), (40, 512, 16_000), (128, 400, 16_000), (7, 33, 8000)], MelScale.allCases)
  func weights(sizes: (bands: Int, transform: Int, rate: Int), scale: MelScale) {
    let bank = MelFilterBank(
      bands: sizes.bands, transformSize: sizes.transform, sampleRate: sizes.rate, scale: scale)
    let expected = reference(sizes.bands, sizes.transform, sizes.rate, scale)
    for band in 0..<sizes.bands {
      for (weight, value) in zip(bank.row(band), expected[band]) {
        #expect(abs(Double(weight) - value) < 1e-8, "band \(band) of \(sizes)")
      }
    }
  }

  @Test("applying is the product with the rows; mean weights keep constants")
  func application() {
    let bank = MelFilterBank(bands: 5, transformSize: 64, sampleRate: 8000, scale: .slaney, normalization: .mean)
    let plane = [Float](repeating: 2, count: 2 * bank.binCount)
    #expect(bank.apply(plane).allSatisfy { abs($0 - 2) < 1e-5 })
    let tall = MelFilterBank(bands: 5, transformSize: 64, sampleRate: 8000, scale: .htk, normalization: .height)
    let ramp = (0..<tall.binCount).map { Float($0) }
    for (band, value) in tall.apply(ramp).enumerated() {
      let sum = zip(tall.row(band), ramp).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(value - sum) < 1e-4 * max(1, sum))
      #expect(tall.row(band).allSatisfy { (0...1).contains($0) })
    }
  }
}
