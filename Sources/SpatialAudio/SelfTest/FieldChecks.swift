// Checks 8 to 10: diffuse fields, decay, and what can be heard of directions.
// Not here: the exact laws of images (RoomChecks.swift).

import Foundation
import Media
import Tensor

enum FieldChecks {
  @Sendable static func covariance() throws -> [SelfTestResult.Figure] {
    let noise = DiffuseNoise.make(.pink, frameCount: 400_000, sampleRate: 16_000, random: RandomSource(seed: 8))
    var power = [Double](repeating: 0, count: 4), cross = 0.0
    for channel in 0..<4 { power[channel] = product(noise.channels[channel], noise.channels[channel]) }
    for a in 0..<4 {
      for b in 0..<a {
        cross = max(
          cross, abs(product(noise.channels[a], noise.channels[b])) / (power[a] * power[b]).squareRoot())
      }
    }
    let dipoles = (1..<4).map { abs(3 * power[$0] / power[0] - 1) }.max() ?? 1
    return [
      .atMost(0.02, "dipole energy · 3 over W's - 1 (SN3D)", dipoles), .atMost(0.02, "largest correlation", cross),
    ]
  }

  private static func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }

  @Sendable static func decay() throws -> [SelfTestResult.Figure] {
    [
      .atMost(0.02, "T20 of a tail over the wanted one - 1, mean of 8 tails, worst band", try tails()),
      .within(1...1.45, "shoebox T20 over Eyring, least of 12 rooms", try ratios().min() ?? 0),
      .within(1...1.45, "shoebox T20 over Eyring, most of 12 rooms", try ratios().max() ?? 0),
      .atMost(0, "places where DRR rises with distance", try directToReverberant()),
      .atMost(0.05, "T20 of a solved room over its target - 1, worst band", try solved()),
    ]
  }

  /// Noise tails have the decay that was asked for.
  private static func tails() throws -> Double {
    let room = try ShoeboxRoom(
      size: Vector(6, 5, 3), absorption: Array(repeating: Array(repeating: 0.3, count: 7), count: 6))
    var settings = ImageSourceSettings()
    settings.truncation = .time(seconds: 0.08)
    let images = try ImageSourceRenderer().response(
      room: room, source: Vector(1, 2, 1), listener: Listener(position: Vector(4, 3, 1.5)), settings: settings)
    let wanted = [0.8, 0.7, 0.6, 0.5, 0.4, 0.35, 0.3]
    var sums = [Double](repeating: 0, count: 7)
    for seed in 0..<8 {
      let late = DiffuseTail.late(
        images, mixingTime: 0.06, decayTimes: wanted, duration: 1.2, sampleRate: 16_000,
        random: RandomSource(seed: UInt64(seed)))
      for band in 0..<7 {
        let start = late.start(band: band, channel: 0)
        // Behind the crossfade.
        let tail = Array(late.planes[start + 1_300..<start + late.frameCount])
        sums[band] += (EnergyDecay(tail, sampleRate: 16_000).t20 ?? 0) / wanted[band] / 8
      }
    }
    return sums.map { abs($0 - 1) }.max() ?? 1
  }

  private static func ratios() throws -> [Double] {
    var random = RandomSource(seed: 9).split("ratios")
    return try (0..<12).map { _ in
      let size = Vector(
        random.uniform(in: Span(lower: 4, upper: 7)), random.uniform(in: Span(lower: 4, upper: 7)),
        random.uniform(in: Span(lower: 3, upper: 4)))
      let room = try ShoeboxRoom(size: size, absorption: random.uniform(in: Span(lower: 0.1, upper: 0.4)))
      var settings = ImageSourceSettings()
      let eyring = ReverberationTime.eyring(room)
      settings.truncation = .time(seconds: 0.9 * eyring)
      let decay = ImageSourceRenderer().echogram(
        room: room, source: size * 0.3, listener: size * Vector(0.65, 0.6, 0.55), settings: settings)
      return (decay[0].t20 ?? 0) / eyring
    }
  }

  private static func directToReverberant() throws -> Double {
    let room = try ShoeboxRoom(size: Vector(8, 6, 3), absorption: 0.25)
    var settings = ImageSourceSettings()
    settings.truncation = .time(seconds: 0.4)
    let renderer = ImageSourceRenderer(), filters = BandFilterBank(sampleRate: 16_000)
    var ratios: [Double] = []
    for distance in [0.5, 1, 2, 4] {
      let banded = try renderer.response(
        room: room, source: Vector(1.5 + distance, 2.5, 1.4), listener: Listener(position: Vector(1.5, 2.5, 1.4)),
        channels: .mono, settings: settings)
      let response = filters.response(banded)
      let onset = response.latency + Int(distance / 343 * 16_000)
      ratios.append(EnergyDecay(response.channels[0], sampleRate: 16_000, onset: onset).directToReverberant)
    }
    return Double(zip(ratios, ratios.dropFirst()).count { $1 >= $0 })
  }

  private static func solved() throws -> Double {
    let room = try ShoeboxRoom(
      size: Vector(6, 5, 3),
      materials: [.glassWindow, .brickwork, .plasterboard, .woodenLining, .carpetCotton, .ceilingFibreAbsorber],
      bands: 7)
    let times = [0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4]
    let solution = try DecayTarget(times: times).solve(
      room, source: Vector(1, 2, 1), listener: Vector(4, 3, 1.5), settings: ImageSourceSettings(),
      renderer: ImageSourceRenderer())
    return zip(solution.measured, times).map { abs($0 / $1 - 1) }.max() ?? 1
  }

  @Sendable static func directions() throws -> [SelfTestResult.Figure] {
    var random = RandomSource(seed: 10).split("directions")
    var worst = 0.0
    for _ in 0..<20 {
      let azimuth = random.uniform(in: Span(lower: -180, upper: 180))
      let direction = Direction(azimuth: azimuth, elevation: random.uniform(in: Span(lower: -80, upper: 80)))
      let room = try ShoeboxRoom(size: Vector(20, 20, 20), absorption: 1)
      var settings = ImageSourceSettings()
      settings.truncation = .time(seconds: 0.02)
      let response = try ImageSourceRenderer().response(
        room: room, source: Vector(10, 10, 10) + direction.unit * 3, listener: Listener(position: Vector(10, 10, 10)),
        settings: settings)
      let planes = (0..<4).map { Array(response.planes[$0 * response.frameCount..<($0 + 1) * response.frameCount]) }
      if let heard = MotionChecks.intensity(planes, 0..<response.frameCount) {
        worst = max(worst, heard.angle(to: direction))
      }
    }
    return [.atMost(0.1, "anechoic intensity against the direction, 20 places (°)", worst)]
  }
}
