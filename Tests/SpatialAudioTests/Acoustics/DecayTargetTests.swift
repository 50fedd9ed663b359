// Walls for a wanted decay: what is solved, and what is refused with which reason.
// Not here: the measure (EnergyDecayTests.swift).

import SpatialAudio
import TestSupport
import Testing

@Suite("Decay target")
struct DecayTargetTests {
  static func solve(
    _ room: ShoeboxRoom, _ times: [Double], tolerance: Double = 0.05, air: AirAbsorption = .iso9613
  ) throws(AcousticsError) -> DecayTarget.Solution {
    var settings = ImageSourceSettings()
    settings.air.absorption = air
    return try DecayTarget(times: times, tolerance: tolerance).solve(
      room, source: room.size * 0.3, listener: room.size * Vector(0.7, 0.6, 0.45), settings: settings,
      renderer: ImageSourceRenderer())
  }

  @Test("random rooms of random materials reach their times, and a second measurement agrees")
  func solves() throws {
    try forAll(4, seed: 7) { random, seed in
      func draw(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
      let size = Vector(draw(4...9), draw(3.5...7), draw(2.5...4))
      let materials = (0..<6).map { _ in WallMaterial.allCases.randomElement(using: &random) ?? .brickwork }
      let room = try ShoeboxRoom(size: size, materials: materials, bands: 7)
      let times = (0..<7).map { _ in draw(0.25...0.4) }
      let solution = try Self.solve(room, times)
      var settings = ImageSourceSettings()
      settings.truncation = .time(seconds: 0.5)
      let again = ImageSourceRenderer().echogram(
        room: solution.room, source: size * 0.3, listener: size * Vector(0.7, 0.6, 0.45), settings: settings)
      for band in 0..<7 {
        #expect(abs(solution.measured[band] / times[band] - 1) <= 0.05, "seed \(seed), band \(band)")
        #expect(abs((again[band].t20 ?? 0) / times[band] - 1) <= 0.07, "seed \(seed), band \(band), measured again")
      }
      let absorption = solution.room.absorption.flatMap { $0 }
      #expect(absorption.allSatisfy { (0.001...0.99).contains($0) }, "seed \(seed)")
      #expect(solution.room.size == size)
    }
  }

  @Test("a broadband room, and a narrower tolerance")
  func broadband() throws {
    let room = try ShoeboxRoom(size: Vector(5, 4, 3), absorption: 0.2)
    let solution = try Self.solve(room, [0.3], tolerance: 0.01)
    #expect(abs(solution.measured[0] / 0.3 - 1) <= 0.01)
    #expect(solution.room.bandCount == 1)
  }

  static func reason(_ room: ShoeboxRoom, _ times: [Double]) -> String {
    do throws(AcousticsError) {
      _ = try solve(room, times)
      return "solved"
    } catch { return "\(error)" }
  }

  @Test("impossible times are refused with their band and the reason")
  func refusals() throws {
    let room = try ShoeboxRoom(
      size: Vector(8, 7, 4), absorption: Array(repeating: Array(repeating: 0.2, count: 7), count: 6))
    let tooLong = Self.reason(room, [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 3])
    #expect(tooLong.hasPrefix("decay time: cannot reach 3.0 s in the band of 8000.0 Hz: the air alone"), "\(tooLong)")
    let tooShort = Self.reason(room, [0.03, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3])
    #expect(tooShort.contains("cannot reach 0.03 s in the band of 125.0 Hz"), "\(tooShort)")
    #expect(tooShort.contains("walls of absorption 0.99 still ring for"), "\(tooShort)")
    let broadband = try ShoeboxRoom(size: Vector(8, 7, 4), absorption: 0.2)
    for time in [0, -1, 21, Double.nan, .infinity] {
      let reason = Self.reason(broadband, [time])
      #expect(reason.contains("expected a time of 0 to 20 s"), "\(time): \(reason)")
    }
    #expect(throws: AcousticsError.tooClose(0)) {
      try DecayTarget(times: [0.3]).solve(
        broadband, source: Vector(1, 1, 1), listener: Vector(1, 1, 1), settings: ImageSourceSettings(),
        renderer: ImageSourceRenderer())
    }
  }
}
