// Reading a signal between its samples.
// Not here: moving sources (SelfTest, check 11).

import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Fractional reader")
struct FractionalReaderTests {
  @Test("at a sample it is the sample, outside silence")
  func whole() {
    var random = TestRandom(seed: 1)
    let samples = (0..<200).map { _ in Float(random.normal()) }
    let reader = FractionalReader()
    for index in samples.indices { #expect(reader.value(of: samples, at: Double(index)) == Double(samples[index])) }
    #expect(reader.value(of: samples, at: -1) == 0 && reader.value(of: samples, at: 200) == 0)
    #expect(reader.value(of: samples, at: -41.5) == 0 && reader.value(of: samples, at: 240.5) == 0)
    #expect(reader.value(of: [], at: 0.5) == 0)
  }

  @Test("a sine is a sine between samples")
  func sine() {
    forAll(40, seed: 2) { random, seed in
      let omega = Double.random(in: 0.01...0.9 * .pi, using: &random)
      let phase = Double.random(in: 0...6, using: &random)
      let samples = (0..<300).map { Float(sin(omega * Double($0) + phase)) }
      let reader = FractionalReader()
      for _ in 0..<20 {
        let position = Double.random(in: 60...240, using: &random)
        let error = abs(reader.value(of: samples, at: position) - sin(omega * position + phase))
        #expect(error < 1e-3, "seed \(seed), \(omega) rad/sample at \(position): off by \(error)")
      }
    }
  }

  @Test("nothing jumps where the position passes a sample")
  func continuity() {
    var random = TestRandom(seed: 3)
    let samples = (0..<200).map { _ in Float(random.normal()) }
    let reader = FractionalReader()
    for index in 60..<140 {
      let (before, after) = (Double(index) - 1e-6, Double(index) + 1e-6)
      #expect(abs(reader.value(of: samples, at: before) - reader.value(of: samples, at: after)) < 1e-4)
    }
  }
}
