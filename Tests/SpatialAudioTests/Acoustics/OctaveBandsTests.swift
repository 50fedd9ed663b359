// Octave bands: how many there are, and that their filters add up to nothing but a delay.
// Not here: responses that are filtered with them (RoomResponseTests.swift).

import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Octave bands")
struct OctaveBandsTests {
  @Test(
    "a sample rate has the octaves below its Nyquist frequency",
    arguments: [
      (1000, 3), (8000, 6), (16_000, 7), (24_000, 7), (48_000, 8), (192_000, 8), (100, 1),
    ])
  func counts(rate: Int, count: Int) {
    let bands = OctaveBands(sampleRate: rate)
    #expect(bands.count == count)
    #expect(bands.centers == (0..<count).map { 125 * pow(2, Double($0)) })
  }

  @Test("filters add up to 1 at every frequency", arguments: BandShape.allCases)
  func gains(shape: BandShape) {
    forAll(8, seed: 11) { random, seed in
      for rate in [8000, 16_000, 24_000, 48_000] {
        let bands = OctaveBands(sampleRate: rate, shape: shape)
        for _ in 0..<50 {
          let frequency = Double.random(in: 0...Double(rate) / 2, using: &random)
          let gains = (0..<bands.count).map { bands.gain(band: $0, frequency: frequency) }
          #expect(abs(gains.reduce(0, +) - 1) < 1e-12, "seed \(seed), \(rate) Hz, \(frequency) Hz")
          #expect(gains.allSatisfy { (0...1).contains($0) }, "seed \(seed), \(rate) Hz, \(frequency) Hz")
        }
      }
    }
  }

  @Test("a band has its centre to itself, and half of each edge", arguments: BandShape.allCases)
  func centers(shape: BandShape) {
    let bands = OctaveBands(sampleRate: 16_000, shape: shape)
    for band in 0..<bands.count {
      #expect(abs(bands.gain(band: band, frequency: bands.centers[band]) - 1) < 1e-12)
      guard band + 1 < bands.count else { continue }
      // The wide shape crosses midway in hertz, the narrow one at the edge of the octave.
      let edge = bands.centers[band] * (shape == .wide ? 1.5 : 2.0.squareRoot())
      #expect(abs(bands.gain(band: band, frequency: edge) - 0.5) < 1e-9)
      #expect(abs(bands.gain(band: band + 1, frequency: edge) - 0.5) < 1e-9)
    }
    #expect(bands.gain(band: 0, frequency: 0) == 1)
    #expect(bands.gain(band: 6, frequency: 8000) == 1)
  }

  @Test("impulse responses add up to a unit pulse at sample 256", arguments: BandShape.allCases)
  func pulse(shape: BandShape) {
    for rate in [8000, 24_000, 48_000] {
      let bands = OctaveBands(sampleRate: rate, shape: shape)
      var sum = [Double](repeating: 0, count: OctaveBands.filterTaps)
      for band in 0..<bands.count {
        let response = bands.impulseResponse(band: band)
        #expect(response.count == OctaveBands.filterTaps)
        for tap in 1..<OctaveBands.filterLead {
          #expect(abs(response[256 + tap] - response[256 - tap]) < 1e-12, "\(rate) Hz, band \(band): not symmetric")
        }
        for (tap, value) in response.enumerated() { sum[tap] += value }
      }
      for (tap, value) in sum.enumerated() {
        #expect(abs(value - (tap == OctaveBands.filterLead ? 1 : 0)) < 1e-12, "\(rate) Hz, tap \(tap)")
      }
    }
  }
}
