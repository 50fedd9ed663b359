// Decoding to two ears: symmetry, sides, energies, the fit itself, refusals.
// Not here: reading SOFA files (MediaTests).

import Foundation
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Binaural decoder")
struct BinauralDecoderTests {
  private static let rate = 24_000

  /// Rings every 15° from -45° up, as measurements are made.
  private static let directions: [Vector] = stride(from: -45.0, through: 90, by: 15).flatMap { elevation in
    let count = elevation == 90 ? 1 : max(4, Int((24 * cos(elevation * .pi / 180)).rounded()))
    return (0..<count).map { Direction(azimuth: 360 * Double($0) / Double(count), elevation: elevation).unit }
  }

  /// An ear that is louder and earlier the more the source is on its side (`side` = ±1).
  private static func response(_ direction: Vector, side: Double) -> [Float] {
    let delay: Double = 12 - 5 * side * direction.y
    let gain: Double = 1 + 0.6 * side * direction.y + 0.1 * direction.x
    return (0..<48).map { tap -> Float in
      let distance: Double = (Double(tap) - delay) / 2.5
      return Float(gain * exp(-distance * distance))
    }
  }

  /// A head that is its own mirror image.
  private static let head = HeadRelatedTransfer(
    sampleRate: rate, directions: directions, left: directions.map { response($0, side: 1) },
    right: directions.map { response($0, side: -1) }, attribution: "synthetic")

  private static func planeWave(_ signal: [Float], _ direction: Direction) -> AudioBuffer {
    let gains = FirstOrder.gains(direction)
    return AudioBuffer(sampleRate: rate, channels: (0..<4).map { q in signal.map { Float(gains[q]) * $0 } })
  }

  private static func energy(_ samples: [Float]) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }

  /// The centre of gravity of the energy in frames.
  private static func centre(_ samples: [Float]) -> Double {
    samples.enumerated().reduce(0) { $0 + Double($1.offset) * Double($1.element * $1.element) } / energy(samples)
  }

  private static let click: [Float] = [0, 0, 1, 0, 0]

  @Test("a source at the left is louder and earlier in the left ear, and the mirror image at the right")
  func sides() throws {
    let decoder = try BinauralDecoder(Self.head, sampleRate: Self.rate)
    for azimuth in [30.0, 60, 90, 140] {
      let ears = try decoder.render(Self.planeWave(Self.click, Direction(azimuth: azimuth, elevation: 10))).channels
      #expect(Self.energy(ears[0]) > 1.3 * Self.energy(ears[1]), "azimuth \(azimuth)")
      #expect(Self.centre(ears[0]) < Self.centre(ears[1]) - 1, "azimuth \(azimuth)")
      let mirror = try decoder.render(Self.planeWave(Self.click, Direction(azimuth: -azimuth, elevation: 10))).channels
      for (mirrored, ear) in [(mirror[0], ears[1]), (mirror[1], ears[0])] {
        #expect(zip(mirrored, ear).allSatisfy { abs($0 - $1) < 1e-5 }, "azimuth \(azimuth)")
      }
    }
  }

  @Test("sources in the median plane sound the same in both ears")
  func medianPlane() throws {
    let decoder = try BinauralDecoder(Self.head, sampleRate: Self.rate)
    for (azimuth, elevation) in [(0.0, 0.0), (0, 60), (180, -20), (0, 90)] {
      let wave = Self.planeWave(Self.click, Direction(azimuth: azimuth, elevation: elevation))
      let ears = try decoder.render(wave).channels
      #expect(zip(ears[0], ears[1]).allSatisfy { abs($0 - $1) < 1e-5 }, "\(azimuth), \(elevation)")
    }
  }

  @Test("a diffuse field has the power of W at the ears")
  func diffuseLevel() throws {
    var random = TestRandom(seed: 8)
    var channels = (0..<4).map { _ in (0..<20_000).map { _ in Float(random.normal()) } }
    for q in 1..<4 { channels[q] = channels[q].map { $0 / Float(3).squareRoot() } }
    let scene = AudioBuffer(sampleRate: Self.rate, channels: channels)
    for taper in BinauralDecoder.Taper.allCases {
      let ears = try BinauralDecoder(Self.head, sampleRate: Self.rate, taper: taper).render(scene).channels
      let mean = (Self.energy(ears[0]) + Self.energy(ears[1])) / 2
      // 20 000 samples through a low-pass filter of some ten taps.
      #expect(abs(mean / Self.energy(channels[0]) - 1) < 0.1, "\(taper)")
    }
  }

  @Test("responses that are of first order are met exactly, whatever the grid")
  func exactFit() throws {
    forAll(4) { random, seed in
      let coefficients = (0..<2).map { _ in (0..<4).map { _ in (0..<9).map { _ in random.normal() } } }
      let some = Self.directions.filter { _ in Bool.random(using: &random) }
      func responses(_ ear: Int) -> [[Float]] {
        some.map { direction -> [Float] in
          let y: [Double] = [1, direction.y, direction.z, direction.x]
          return (0..<9).map { tap -> Float in
            var sum = 0.0
            for q in 0..<4 { sum += y[q] * coefficients[ear][q][tap] }
            return Float(sum)
          }
        }
      }
      let head = HeadRelatedTransfer(
        sampleRate: Self.rate, directions: some, left: responses(0), right: responses(1))
      guard let decoder = try? BinauralDecoder(head, sampleRate: Self.rate) else {
        Issue.record("seed \(seed)")
        return
      }
      // All filters carry one common gain.
      let gain = Double(decoder.filters[0][0][0]) / coefficients[0][0][0]
      for q in 0..<4 {
        for ear in 0..<2 {
          for tap in 0..<9 {
            let expected = coefficients[ear][q][tap] * gain
            #expect(abs(Double(decoder.filters[q][ear][tap]) - expected) < 1e-5, "seed \(seed)")
          }
        }
      }
    }
  }

  @Test("area weights: equal on an even grid, larger where directions are sparse, one in all")
  func areaWeights() {
    let even = (0..<400).map { index -> Vector in
      let z = 1 - (2 * Double(index) + 1) / 400
      let angle = Double(index) * 2.399963
      return Vector((1 - z * z).squareRoot() * cos(angle), (1 - z * z).squareRoot() * sin(angle), z)
    }
    let weights = BinauralDecoder.areaWeights(even)
    #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
    #expect(weights[50..<350].allSatisfy { abs($0 * 400 - 1) < 0.35 })
    let rings = BinauralDecoder.areaWeights(Self.directions)
    for (weight, direction) in zip(rings, Self.directions) where direction.z > 0.999 {
      // The cap of 7.5° around the pole, of the sphere from -52.5° up.
      let cap = (1 - sin(82.5 * .pi / 180)) / (1 + sin(52.5 * .pi / 180))
      #expect(abs(weight - cap) < 1e-9)
    }
    #expect(BinauralDecoder.areaWeights([Vector(0, 0, 1)]) == [1])
  }

  @Test("the taper lowers the first order by √3")
  func taper() throws {
    let plain = try BinauralDecoder(Self.head, sampleRate: Self.rate)
    let tapered = try BinauralDecoder(Self.head, sampleRate: Self.rate, taper: .maximumEnergyVector)
    func ratio(_ decoder: BinauralDecoder) -> Double {
      (Self.energy(decoder.filters[1][0]) / Self.energy(decoder.filters[0][0])).squareRoot()
    }
    #expect(abs(ratio(plain) / ratio(tapered) - 3.0.squareRoot()) < 1e-4)
  }

  @Test("the stereo pair is two cardioids and says so")
  func stereo() throws {
    let decoder = BinauralDecoder.stereo(sampleRate: Self.rate)
    #expect(decoder.kind == .stereo && decoder.attribution.isEmpty)
    for azimuth in [-120.0, -90, 0, 45, 90] {
      let ears = try decoder.render(Self.planeWave(Self.click, Direction(azimuth: azimuth))).channels
      let side = sin(azimuth * .pi / 180)
      let errors: [Double] = [Double(ears[0][2]) - (1 + side) / 2, Double(ears[1][2]) - (1 - side) / 2]
      #expect(errors.allSatisfy { abs($0) < 1e-6 }, "azimuth \(azimuth)")
      #expect(ears[0].count == Self.click.count)
    }
  }

  @Test("the installed head works at the rate of the scenes")
  func installedHead() throws {
    guard HeadRelatedTransfer.installedFile != nil else { return }
    let decoder = try BinauralDecoder(try HeadRelatedTransfer.installed(), sampleRate: 16_000)
    let left = try decoder.render(
      AudioBuffer(sampleRate: 16_000, channels: Self.planeWave(Self.click, Direction(azimuth: 90)).channels)
    ).channels
    #expect(Self.energy(left[0]) > 2 * Self.energy(left[1]))
    #expect(Self.centre(left[0]) < Self.centre(left[1]))
  }

  @Test("what cannot be decoded is refused")
  func refusals() throws {
    let decoder = try BinauralDecoder(Self.head, sampleRate: Self.rate)
    let mono = #expect(throws: MediaError.self) {
      try decoder.render(AudioBuffer(sampleRate: Self.rate, channels: [[1, 2]]))
    }
    #expect(mono?.description.contains("expected 4, got 1") == true)
    let rate = #expect(throws: MediaError.self) {
      try decoder.render(AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 3))
    }
    #expect(rate?.description.contains("expected 24000 Hz, got 16000 Hz") == true)
    let empty = AudioBuffer(sampleRate: Self.rate, channelCount: 4, frameCount: 0)
    #expect(try decoder.render(empty).frameCount == 0)
    let ring = (0..<12).map { Direction(azimuth: 30 * Double($0)).unit }
    let plane = HeadRelatedTransfer(
      sampleRate: Self.rate, directions: ring, left: ring.map { _ in [1, 0] }, right: ring.map { _ in [0, 1] })
    let flat = #expect(throws: MediaError.self) { try BinauralDecoder(plane, sampleRate: Self.rate) }
    #expect(flat?.description.contains("12 in a plane") == true)
    let silent = HeadRelatedTransfer(
      sampleRate: Self.rate, directions: Self.directions, left: Self.directions.map { _ in [0] },
      right: Self.directions.map { _ in [0] })
    #expect(throws: MediaError.self) { try BinauralDecoder(silent, sampleRate: Self.rate) }
  }
}
