// Diffuse noise: its power, its spectrum, its covariance.
// Not here: diffuse tails (Acoustics/DiffuseTailTests.swift).

import Foundation
import Media
import SpatialAudio
import Tensor
import Testing

@Suite("Diffuse noise")
struct DiffuseNoiseTests {
  static let count = 65_536

  static func make(_ kind: NoiseKind, seed: UInt64 = 1, rate: Int = 16_000) -> AudioBuffer {
    DiffuseNoise.make(kind, frameCount: count, sampleRate: rate, random: RandomSource(seed: seed))
  }

  static func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / Double(a.count)
  }

  @Test("unit power in W, a third in each dipole, no correlation", arguments: [NoiseKind.white, .pink])
  func covariance(kind: NoiseKind) {
    let channels = Self.make(kind).channels
    for a in 0..<4 {
      // The lowest octaves of pink noise have few independent samples.
      #expect(abs(Self.product(channels[a], channels[a]) * (a == 0 ? 1 : 3) - 1) < (kind == .pink ? 0.1 : 0.03))
      for b in 0..<a { #expect(abs(Self.product(channels[a], channels[b])) < 0.05) }
    }
  }

  /// Energy of W in the octave above a frequency.
  static func octave(_ noise: AudioBuffer, from frequency: Double) -> Double {
    let transform = FourierTransform(size: count)
    for frame in 0..<count { transform.signal[frame] = noise.channels[0][frame] }
    transform.forward()
    let step = Double(noise.sampleRate) / Double(count)
    return (Int(frequency / step)..<Int(2 * frequency / step)).reduce(0.0) { sum, bin in
      let (re, im) = (Double(transform.spectrum[2 * bin]), Double(transform.spectrum[2 * bin + 1]))
      return sum + re * re + im * im
    }
  }

  @Test("pink noise has the same energy in each octave, white noise twice that of the octave below")
  func spectrum() {
    for (kind, step) in [(NoiseKind.pink, 1.0), (.white, 2.0)] {
      let noise = Self.make(kind)
      let octaves = [250.0, 500, 1000, 2000, 4000].map { Self.octave(noise, from: $0) }
      for (lower, upper) in zip(octaves, octaves.dropFirst()) {
        #expect(abs(upper / lower / step - 1) < 0.12, "\(kind): \(upper / lower)")
      }
    }
  }

  @Test("none is silence; the seed decides the rest")
  func determinism() {
    #expect(Self.make(.none).peak == 0 && Self.make(.none).channels.count == 4)
    #expect(Self.make(.pink).channels == Self.make(.pink).channels)
    #expect(Self.make(.pink).channels != Self.make(.pink, seed: 2).channels)
    let empty = DiffuseNoise.make(.pink, frameCount: 0, sampleRate: 16_000, random: RandomSource(seed: 1))
    #expect(empty.frameCount == 0)
    let short = DiffuseNoise.make(.pink, frameCount: 1, sampleRate: 16_000, random: RandomSource(seed: 1))
    #expect(short.frameCount == 1 && short.peak.isFinite)
  }
}
