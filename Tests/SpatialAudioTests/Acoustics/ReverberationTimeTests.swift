// Formulas of reverberation time against numbers worked out elsewhere, and against each other.
// Not here: what is measured (EnergyDecayTests.swift).

import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Reverberation time")
struct ReverberationTimeTests {
  @Test("the constant at 343 m/s")
  func constant() { #expect(abs(ReverberationTime.constant(speedOfSound: 343) - 0.161114) < 5e-7) }

  @Test("inverse of Sabine's formula")
  func inverse() {
    let size = Vector(4.585, 6.903, 3.144)
    #expect(abs(ReverberationTime.sabineAbsorption(time: 0.6, size: size) - 0.1971439) < 5e-8)
    #expect(ReverberationTime.coveringOrder(time: 0.6, size: size) == 79)
    // A time that Sabine's formula cannot give; Eyring's can.
    #expect(ReverberationTime.sabineAbsorption(time: 0.05, size: size) > 1)
    #expect(ReverberationTime.eyringAbsorption(time: 0.05, size: size) < 1)
  }

  @Test(
    "Sabine and Eyring",
    arguments: [
      (Vector(6, 5, 3), 0.3, 0.384, 0.323), (Vector(6, 5, 3), 0.15, 0.767, 0.708),
      (Vector(4, 4, 2.8), 0.3, 0.313, 0.263), (Vector(10, 8, 4), 0.2, 0.848, 0.760),
    ])
  func table(size: Vector, absorption: Double, sabine: Double, eyring: Double) throws {
    let room = try ShoeboxRoom(size: size, absorption: absorption)
    #expect(abs(ReverberationTime.sabine(room) - sabine) < 5.5e-4)
    #expect(abs(ReverberationTime.eyring(room) - eyring) < 5.5e-4)
  }

  @Test("unequal walls: an absorbing ceiling")
  func ceiling() throws {
    let room = try ShoeboxRoom(size: Vector(6, 5, 3), absorption: [[0.1], [0.1], [0.1], [0.1], [0.1], [0.6]])
    #expect(abs(ReverberationTime.sabine(room) - 0.525) < 5.5e-4)
    #expect(abs(ReverberationTime.eyring(room) - 0.465) < 5.5e-4)
    // The pairs' times written out.
    let k = 24 * log(10) / 343.0 * 90
    let side = k / (-126 * log(0.9)), vertical = k / (-126 * log(1 - 0.35))
    let arau = pow(side, 66.0 / 126) * pow(vertical, 60.0 / 126)
    #expect(abs(ReverberationTime.arauPuchades(room) - arau) < 1e-12)
    let millington = k / (-96 * log(0.9) - 30 * log(0.4))
    #expect(abs(ReverberationTime.millington(room) - millington) < 1e-12)
  }

  @Test("with equal walls Arau, Millington and Eyring agree, also with air; inverses invert")
  func uniform() throws {
    try forAll(30, seed: 3) { random, seed in
      func draw(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
      let size = Vector(draw(2...12), draw(2...12), draw(2...5)), alpha = draw(0.05...0.9)
      let room = try ShoeboxRoom(size: size, absorption: alpha)
      let (air, speed) = (draw(0...0.02), draw(330...350))
      let eyring = ReverberationTime.eyring(room, air: air, speedOfSound: speed)
      let others = [
        ReverberationTime.arauPuchades(room, air: air, speedOfSound: speed),
        ReverberationTime.millington(room, air: air, speedOfSound: speed),
      ]
      for other in others { #expect(abs(other / eyring - 1) < 1e-12, "seed \(seed)") }
      #expect(ReverberationTime.sabine(room, air: air, speedOfSound: speed) > eyring, "seed \(seed)")
      let dry = ReverberationTime.eyring(room, speedOfSound: speed)
      #expect(dry > eyring, "seed \(seed)")
      #expect(abs(ReverberationTime.eyringAbsorption(time: dry, size: size, speedOfSound: speed) - alpha) < 1e-9)
      let sabine = ReverberationTime.sabine(room, speedOfSound: speed)
      #expect(abs(ReverberationTime.sabineAbsorption(time: sabine, size: size, speedOfSound: speed) - alpha) < 1e-9)
    }
  }

  @Test("each band has its own absorption")
  func bands() throws {
    let room = try ShoeboxRoom(size: Vector(6, 5, 3), absorption: Array(repeating: [0.1, 0.3], count: 6))
    let broadband = try ShoeboxRoom(size: Vector(6, 5, 3), absorption: 0.3)
    #expect(ReverberationTime.eyring(room, band: 1) == ReverberationTime.eyring(broadband))
    #expect(ReverberationTime.eyring(room, band: 0) > ReverberationTime.eyring(room, band: 1))
  }
}
