// The diffuse tail: its covariance, level, decay by band and what it leaves untouched.
// Not here: noise of scenes (Scenes/DiffuseNoiseTests.swift).

import Foundation
import SpatialAudio
import Tensor
import TestSupport
import Testing

@Suite("Diffuse tail")
struct DiffuseTailTests {
  static let rate = 16_000, mixing = 0.05

  /// Decaying noise in W, all bands alike but for their times; the dipoles are silent.
  static func response(_ times: [Double], seed: UInt64) -> BandedResponse {
    let frameCount = 2000
    let noise = RandomSource(seed: seed).normals(frameCount)
    var response = BandedResponse(
      bandCount: times.count, channels: .firstOrder, frameCount: frameCount, latency: 40, imageCount: 1)
    for (band, time) in times.enumerated() {
      for frame in 0..<frameCount {
        let envelope = pow(10, -3 * Double(frame - 40) / Double(rate) / time)
        response.planes[response.start(band: band, channel: 0) + frame] = noise[frame] * Float(envelope)
      }
    }
    return response
  }

  static func late(_ response: BandedResponse, _ times: [Double], seed: UInt64, duration: Double = 0.6)
    -> BandedResponse
  {
    DiffuseTail.late(
      response, mixingTime: mixing, decayTimes: times, duration: duration, sampleRate: rate,
      random: RandomSource(seed: seed).split("tail"))
  }

  static func plane(_ response: BandedResponse, _ band: Int, _ channel: Int) -> ArraySlice<Float> {
    let start = response.start(band: band, channel: channel)
    return response.planes[start..<start + response.frameCount]
  }

  static func energy(_ samples: some Sequence<Float>) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }

  @Test("the level goes on where the images stop")
  func level() {
    let times = [0.3, 0.6]
    var ratios = [0.0, 0.0]
    for seed in 0..<16 {
      let tail = Self.late(Self.response(times, seed: UInt64(seed)), times, seed: UInt64(100 + seed))
      let first = 40 + Int((Self.mixing + DiffuseTail.crossfade) * Double(Self.rate)) + 1
      for band in 0..<2 {
        let found = Self.energy(Self.plane(tail, band, 0).dropFirst(first).prefix(320))
        let expected = (first..<first + 320).reduce(0) {
          $0 + pow(10, -6 * Double($1 - 40) / Double(Self.rate) / times[band])
        }
        ratios[band] += found / expected / 16
      }
    }
    for ratio in ratios { #expect(abs(10 * log10(ratio)) < 1, "\(10 * log10(ratio)) dB") }
  }

  @Test("the channels have the covariance of a diffuse field")
  func covariance() {
    // A tail that hardly falls has enough samples.
    let tail = Self.late(Self.response([50], seed: 1), [50], seed: 2, duration: 6)
    let planes = (0..<4).map { Self.plane(tail, 0, $0).dropFirst(2000) }
    let energies = planes.map { Self.energy($0) }
    for channel in 1..<4 {
      #expect(abs(3 * energies[channel] / energies[0] - 1) < 0.03)
      for other in 0..<channel {
        let product = zip(planes[channel], planes[other]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(product) / (energies[channel] * energies[other]).squareRoot() < 0.02)
      }
    }
  }

  @Test("each band falls by its own time")
  func decay() throws {
    let times = [0.5, 0.25, 0.15]
    var sums = [0.0, 0, 0]
    for seed in 0..<8 {
      let tail = Self.late(Self.response(times, seed: 1), times, seed: UInt64(seed), duration: 0.9)
      for band in 0..<3 {
        let signal = Array(Self.plane(tail, band, 0).dropFirst(1100))
        sums[band] += try #require(EnergyDecay(signal, sampleRate: Self.rate).t20) / times[band] / 8
      }
    }
    for (band, ratio) in sums.enumerated() { #expect(abs(ratio - 1) < 0.04, "band \(band): \(ratio)") }
  }

  @Test("same stream, same tail; other stream, other tail")
  func determinism() {
    let response = Self.response([0.3], seed: 1)
    #expect(Self.late(response, [0.3], seed: 5).planes == Self.late(response, [0.3], seed: 5).planes)
    #expect(Self.late(response, [0.3], seed: 5).planes != Self.late(response, [0.3], seed: 6).planes)
  }

  @Test("what is before the mixing time stays as it was")
  func early() {
    let response = Self.response([0.3, 0.4], seed: 1), start = 40 + Int(Self.mixing * Double(Self.rate))
    let early = DiffuseTail.early(response, mixingTime: Self.mixing, sampleRate: Self.rate)
    let whole = early.adding(Self.late(response, [0.3, 0.4], seed: 3))
    for band in 0..<2 {
      for channel in 0..<4 {
        #expect(
          Self.plane(whole, band, channel).prefix(start).elementsEqual(
            Self.plane(response, band, channel).prefix(start)))
      }
    }
    // The fade: full at its beginning, half the energy in the middle.
    let (before, after) = (Self.plane(response, 0, 0), Self.plane(early, 0, 0))
    #expect(early.frameCount == start + 160)
    #expect(after[after.startIndex + start] == before[before.startIndex + start])
    let middle = (before[before.startIndex + start + 80], after[after.startIndex + start + 80])
    #expect(abs(middle.1 / middle.0 - Float(0.5.squareRoot())) < 1e-5)
  }

  @Test("the mixing time: four mean free paths, but never before the direct sound")
  func mixingTime() throws {
    let room = try ShoeboxRoom(size: Vector(6, 5, 3), absorption: 0.2)
    #expect(abs(DiffuseTail.mixingTime(room, distance: 1, speedOfSound: 343) - 16 * 90.0 / 126 / 343) < 1e-12)
    let closet = try ShoeboxRoom(size: Vector(1, 1, 1), absorption: 0.2)
    #expect(DiffuseTail.mixingTime(closet, distance: 0.5, speedOfSound: 343) == 0.03)
    #expect(DiffuseTail.mixingTime(room, distance: 34.3, speedOfSound: 343) > 0.1249)
  }
}
