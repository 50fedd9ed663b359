// Decay times of exact exponentials, ratios of hand-made energies, and echograms against a sum over images.
// Not here: walls for a wanted decay (DecayTargetTests.swift).

import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Energy decay")
struct EnergyDecayTests {
  @Test("an exponential has its own time", arguments: [0.1, 0.35, 1.0, 2.5])
  func exponential(time: Double) throws {
    let step = 0.0005
    // To -120 dB: the integral's end is not heard.
    let energies = (0..<Int(2 * time / step)).map { pow(10, -6 * Double($0) * step / time) }
    let decay = EnergyDecay(energies: energies, step: step)
    for measured in [try #require(decay.t20), try #require(decay.t30), try #require(decay.earlyDecayTime)] {
      #expect(abs(measured / time - 1) < 1e-3, "\(measured) s")
    }
    #expect(decay.schroeder[0] == 0)
    #expect(zip(decay.schroeder, decay.schroeder.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test("two slopes: the early time is the fast one, T30 lies nearer to the slow one")
  func doubleSlope() throws {
    let energies = (0..<3000).map { index in
      let time = Double(index) * 0.001
      return pow(10, -6 * time / 0.2) + 0.01 * pow(10, -6 * time / 1.5)
    }
    let decay = EnergyDecay(energies: energies, step: 0.001)
    let (early, t20, t30) = (try #require(decay.earlyDecayTime), try #require(decay.t20), try #require(decay.t30))
    #expect(early < t20 && t20 < t30 && t30 < 1.5 && early < 0.5)
  }

  @Test("clarity and direct-to-reverberant ratio by hand")
  func ratios() {
    // Onset at 10 ms; 2.5 ms are three steps (rounded half up), 50 ms fifty.
    var energies = [Double](repeating: 0, count: 200)
    (energies[10], energies[13], energies[14], energies[59], energies[60]) = (8, 2, 1, 4, 5)
    let decay = EnergyDecay(energies: energies, step: 0.001, onset: 10)
    #expect(abs(decay.directToReverberant - 10 * log10(10.0 / 10)) < 1e-12)
    #expect(abs(decay.clarity50 - 10 * log10(15.0 / 5)) < 1e-12)
    // Sample by sample it is the same.
    let signal = energies.map { Float($0.squareRoot()) }
    let sampled = EnergyDecay(signal, sampleRate: 1000, onset: 10)
    #expect(abs(sampled.clarity50 - decay.clarity50) < 1e-5)
  }

  @Test("what never ends or never begins has bounded ratios and no times")
  func degenerate() {
    let pulse = EnergyDecay(energies: [1, 0, 0, 0], step: 0.001)
    #expect(pulse.clarity50 == 99 && pulse.directToReverberant == 99)
    let silence = EnergyDecay(energies: [0, 0, 0], step: 0.001)
    #expect(silence.clarity50 == -99 && silence.t20 == nil && silence.earlyDecayTime == nil)
    for decay in [pulse, silence, EnergyDecay(energies: [], step: 0.001)] {
      #expect(decay.t20 == nil && decay.t30 == nil)
    }
    // Ends at -24 dB (the last step's energy): enough for the early time, not for T20.
    let short = EnergyDecay(energies: [1000, 500, 200, 100, 50, 25, 10, 10], step: 0.001)
    #expect(short.earlyDecayTime != nil && short.t20 == nil)
  }

  @Test("an echogram is the energy of the images in each millisecond", arguments: [1, 3])
  func echogram(bands: Int) throws {
    try forAll(5, seed: UInt64(40 + bands)) { random, seed in
      let (room, source, listener) = try ImageSourceTests.scene(&random, bands: bands)
      var settings = ImageSourceSettings()
      settings.truncation = .time(seconds: 0.06)
      settings.air.absorption = .none
      let echogram = ImageSourceRenderer().echogram(
        room: room, source: source, listener: listener.position, settings: settings)
      #expect(echogram.count == bands)
      let images = ReferenceImageSources.images(
        size: room.size, source: source, listener: listener.position, order: 60, reach: 0.06 * 343)
      for (band, decay) in echogram.enumerated() {
        var expected = [Double](repeating: 0, count: decay.energies.count)
        for image in images {
          var energy = 1 / (image.offset.length * image.offset.length)
          for (wall, count) in image.reflections.enumerated() {
            energy *= pow(1 - room.absorption[wall][band], Double(count))
          }
          expected[Int(image.offset.length / 343 / 0.001)] += energy
        }
        let total = expected.reduce(0, +)
        for (index, value) in expected.enumerated() {
          #expect(abs(decay.energies[index] - value) < 1e-5 * total, "seed \(seed), band \(band), \(index) ms")
        }
        #expect(decay.onset == Int((source - listener.position).length / 0.343))
      }
    }
  }
}
