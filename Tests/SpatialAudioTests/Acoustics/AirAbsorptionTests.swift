// Air: attenuation against the tables of the standard, tabulated constants, the speed of sound.
// Not here: what it does to responses (ImageSourceTests.swift).

import Foundation
import SpatialAudio
import Testing

@Suite("Air")
struct AirAbsorptionTests {
  /// Attenuation in dB/km at the octaves from 63 Hz to 8 kHz.
  ///
  /// > Source: ISO 9613-2:1996, table 2, which was computed from ISO 9613-1.
  @Test(
    "equals the table of the standard",
    arguments: [
      (10.0, 70.0, [0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117]),
      (20, 70, [0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6]),
      (30, 70, [0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3]),
      (15, 20, [0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202]),
      (15, 50, [0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129]),
      (15, 80, [0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8]),
    ])
  func table(temperature: Double, humidity: Double, expected: [Double]) {
    for (octave, value) in expected.enumerated() {
      // Exact midband frequencies, as the standard uses them.
      let frequency = 1000 * pow(10, 0.3 * Double(octave - 4))
      let attenuation = 1000 * Air.iso9613(frequency: frequency, temperature: temperature, humidity: humidity)
      #expect(
        abs(attenuation - value) <= max(0.06, 0.006 * value),
        "\(temperature) °C, \(humidity) %, \(frequency) Hz: \(attenuation), not \(value) dB/km")
    }
  }

  @Test("20 °C, 50 %: 4.7 dB/km at 1 kHz, 105 at 8 kHz")
  func roomAir() {
    let air = Air()
    for (frequency, expected) in [(1000.0, 4.7), (8000, 105.0)] {
      let decibels = 1000 * air.attenuation(frequency: frequency) * 10 / log(10)
      #expect(abs(decibels / expected - 1) < 0.02, "\(frequency) Hz: \(decibels) dB/km")
    }
  }

  @Test("energy falls by the attenuation in decibels")
  func energy() {
    let air = Air()
    let level = 10 * log10(exp(-100 * air.attenuation(frequency: 4000)))
    #expect(abs(level + 100 * Air.iso9613(frequency: 4000, temperature: 20, humidity: 50)) < 1e-9)
  }

  @Test("constants belong to octaves, and the last one to all above")
  func constants() {
    var air = Air()
    air.absorption = .constants(perMeter: [0.1, 0.2, 0.3])
    let found = [60, 125, 250, 500, 1000, 8000].map { air.attenuation(frequency: $0) }
    #expect(found == [0.1, 0.1, 0.2, 0.3, 0.3, 0.3])
    air.absorption = .none
    #expect(air.attenuation(frequency: 8000) == 0)
  }

  @Test("the speed of sound is a number, or follows the temperature")
  func speed() {
    var air = Air()
    #expect(air.speedOfSound == 343)
    air.speed = .fromTemperature
    #expect(abs(air.speedOfSound - 344.02) < 1e-9)
    (air.temperature, air.humidity) = (0, 0)
    #expect(air.speedOfSound == 331.4)
  }
}
