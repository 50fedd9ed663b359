// Checks 1 to 4 and 7: what theory says exactly about image sources.
// Not here: diffuse fields and decay (FieldChecks.swift).

import Foundation
import Tensor

enum RoomChecks {
  private typealias Figure = SelfTestResult.Figure

  /// A random room, and two places in it at least half a metre apart.
  struct Scene {
    var room: ShoeboxRoom
    var source: Vector
    var listener: Listener

    init(_ random: inout RandomSource, bands: Int = 1, absorption: Span = Span(lower: 0.1, upper: 0.5)) throws {
      let size = Vector(
        random.uniform(in: Span(lower: 3, upper: 9)), random.uniform(in: Span(lower: 3, upper: 7)),
        random.uniform(in: Span(lower: 2.2, upper: 4)))
      var walls: [[Double]] = []
      for _ in 0..<6 { walls.append((0..<bands).map { _ in random.uniform(in: absorption) }) }
      room = try ShoeboxRoom(size: size, absorption: walls)
      let inside = Span(lower: 0.1, upper: 0.9)
      func point(_ random: inout RandomSource) -> Vector {
        Vector(random.uniform(in: inside), random.uniform(in: inside), random.uniform(in: inside)) * size
      }
      let place = point(&random)
      source = place
      while (source - place).length < 0.5 { source = point(&random) }
      listener = Listener(position: place, yaw: random.uniform(in: Span(lower: -180, upper: 180)))
    }
  }

  @Sendable static func freeField() throws -> [SelfTestResult.Figure] {
    let room = try ShoeboxRoom(size: Vector(30, 30, 30), absorption: 1)
    var settings = ImageSourceSettings()
    settings.truncation = .time(seconds: 0.06)
    let center = Vector(15, 15, 15), step = 343 / Double(settings.sampleRate)
    let renderer = ImageSourceRenderer()
    var amplitude = 0.0, stray = 0.0, levels: [Double] = []
    for samples in [60, 120, 240, 480] {
      // A hair over a whole number of samples: rounding must not turn it into the end of the sample before.
      let distance = Double(samples) * step * (1 + 1e-12)
      let response = try renderer.response(
        room: room, source: center + Vector(distance, 0, 0), listener: Listener(position: center), channels: .mono,
        settings: settings)
      let arrival = samples + response.latency
      let value = Double(response.planes[arrival])
      amplitude = max(amplitude, abs(value * distance - 1))
      for (frame, other) in response.planes.enumerated() where frame != arrival {
        stray = max(stray, abs(Double(other)) * distance)
      }
      levels.append(20 * log10(value))
    }
    let doubling = zip(levels, levels.dropFirst()).map { abs($1 - $0 + 20 * log10(2)) }.max() ?? 1
    return [
      .atMost(3e-6, "amplitude · d - 1 at the arrival", amplitude), .atMost(3e-6, "anything elsewhere · d", stray),
      .atMost(1e-4, "level change of a doubling + 6.0206 dB", doubling),
    ]
  }

  @Sendable static func images() throws -> [SelfTestResult.Figure] {
    var random = RandomSource(seed: 2).split("images")
    var counts = 0.0, times = 0.0
    for round in 0..<200 {
      let scene = try Scene(&random)
      let order = round % 7
      let lattice = ImageLattice(
        room: scene.room, source: scene.source, listener: scene.listener.position,
        truncation: .order(reflections: order), sign: .positive, speedOfSound: 343)
      var found: [Double] = []
      for (ix, x) in lattice.axes[0].positions.enumerated() {
        for (iy, y) in lattice.axes[1].positions.enumerated() {
          for (iz, z) in lattice.axes[2].positions.enumerated()
          where abs(ix - order) + abs(iy - order) + abs(iz - order) <= order {
            found.append(Vector(x, y, z).length)
          }
        }
      }
      let expected = ReferenceImageSources.images(
        size: scene.room.size, source: scene.source, listener: scene.listener.position, order: order, reach: .infinity)
      counts = max(counts, Double(abs(found.count - expected.count)))
      for (a, b) in zip(found.sorted(), expected.map(\.offset.length).sorted()) { times = max(times, abs(a - b)) }
    }
    return [
      .atMost(0, "difference in number, 200 rooms up to order 6", counts),
      .atMost(1e-9, "difference of sorted distances (m)", times),
    ]
  }

  @Sendable static func reflections() throws -> [SelfTestResult.Figure] {
    let absorption = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map { [$0] }
    let room = try ShoeboxRoom(size: Vector(6, 5, 3), absorption: absorption)
    let source = Vector(1.3, 2.1, 1.1), listener = Vector(3.7, 1.2, 1.9)
    let lattice = ImageLattice(
      room: room, source: source, listener: listener, truncation: .order(reflections: 4), sign: .positive,
      speedOfSound: 343)
    let expected = ReferenceImageSources.images(
      size: room.size, source: source, listener: listener, order: 4, reach: .infinity)
    var worst = 0.0
    for image in expected {
      var gain = 1.0, product = 1.0
      for (axis, images) in lattice.axes.enumerated() {
        guard let index = images.positions.firstIndex(where: { abs($0 - image.offset[axis]) < 1e-9 }) else {
          return [.atMost(0, "images without a partner", 1)]
        }
        gain *= Double(images.gains[8 * index])
        for side in 0..<2 {
          let wall = 2 * axis + side
          product *= pow(1 - absorption[wall][0], Double(image.reflections[wall]) / 2)
        }
      }
      worst = max(worst, abs(gain / product - 1))
    }
    return [.atMost(1e-6, "relative error of β products, order 4", worst)]
  }

  @Sendable static func symmetries() throws -> [SelfTestResult.Figure] {
    var random = RandomSource(seed: 4).split("symmetries")
    let renderer = ImageSourceRenderer()
    var settings = ImageSourceSettings()
    settings.truncation = .time(seconds: 0.1)
    var reciprocity = 0.0, translation = 0.0, turning = 0.0
    for _ in 0..<10 {
      let scene = try Scene(&random)
      let here = try renderer.response(
        room: scene.room, source: scene.source, listener: Listener(position: scene.listener.position),
        settings: settings)
      let there = try renderer.response(
        room: scene.room, source: scene.listener.position, listener: Listener(position: scene.source),
        channels: .mono, settings: settings)
      let w = Array(here.planes[..<here.frameCount])
      reciprocity = max(reciprocity, difference(w, there.planes))
      // Mirroring room, source and listener at once is the translation that a room at the origin allows.
      let mirrored = try ShoeboxRoom(
        size: scene.room.size,
        absorption: [1, 0, 3, 2, 5, 4].map { scene.room.absorption[$0] })
      let image = try renderer.response(
        room: mirrored, source: scene.room.size - scene.source,
        listener: Listener(position: scene.room.size - scene.listener.position), channels: .mono, settings: settings)
      translation = max(translation, difference(w, image.planes))
      let turned = try renderer.response(
        room: scene.room, source: scene.source, listener: scene.listener, settings: settings)
      turning = max(turning, difference(turn(here, by: scene.listener), turned.planes))
    }
    return [
      .atMost(1e-5, "W after exchanging source and listener, of peak", reciprocity),
      .atMost(1e-5, "W after mirroring the whole scene, of peak", translation),
      .atMost(1e-5, "turned listener against rotated channels, of peak", turning),
    ]
  }

  private static func turn(_ response: BandedResponse, by listener: Listener) -> [Float] {
    let count = response.frameCount, (c, s) = listener.rotation
    var planes = response.planes
    for frame in 0..<count {
      let y = Double(response.planes[count + frame]), x = Double(response.planes[3 * count + frame])
      planes[count + frame] = Float(c * y - s * x)
      planes[3 * count + frame] = Float(c * x + s * y)
    }
    return planes
  }

  private static func difference(_ a: [Float], _ b: [Float]) -> Double {
    let peak = a.reduce(Float(0)) { max($0, abs($1)) }
    return zip(a, b).reduce(0.0) { max($0, Double(abs($1.0 - $1.1))) } / Double(peak)
  }

  @Sendable static func reference() throws -> [SelfTestResult.Figure] {
    var random = RandomSource(seed: 7).split("reference")
    let renderer = ImageSourceRenderer()
    var worst = 0.0, level = -Double.infinity
    for round in 0..<50 {
      let scene = try Scene(&random, bands: round % 5 == 0 ? 7 : 1)
      var settings = ImageSourceSettings()
      settings.truncation = .order(reflections: round % 5 == 0 ? 4 : 8)
      let channels: ResponseChannels = round % 2 == 0 ? .firstOrder : .mono
      let response = try renderer.response(
        room: scene.room, source: scene.source, listener: scene.listener, channels: channels, settings: settings)
      let expected = ReferenceImageSources.response(
        room: scene.room, source: scene.source, listener: scene.listener, channels: channels, settings: settings,
        frameCount: response.frameCount
      ).flatMap { $0 }
      let peak = expected.reduce(0) { max($0, abs($1)) }
      var error = 0.0, energy = 0.0
      for (value, truth) in zip(response.planes, expected) {
        let off = Double(value) - truth
        worst = max(worst, abs(off) / peak)
        error += off * off
        energy += truth * truth
      }
      level = max(level, 10 * log10(error / energy))
    }
    return [
      .atMost(1e-5, "largest difference of peak, 50 rooms, mono and 4 channels, 1 and 7 bands", worst),
      .atMost(-90, "difference (dB)", level),
    ]
  }
}
