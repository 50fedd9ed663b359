// The renderer against the float64 reference at every instruction-set level, and the laws of the method.
import Foundation
import SpatialAudio
import Tensor
import TestSupport
import Testing

@Suite("Image sources")
struct ImageSourceTests {
  /// A random room with six different walls, a source and a listener in it.
  static func scene(_ random: inout TestRandom, bands: Int) throws -> (ShoeboxRoom, Vector, Listener) {
    func draw(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    let size = Vector(draw(2...9), draw(2...7), draw(2...4))
    let room = try ShoeboxRoom(
      size: size, absorption: (0..<6).map { _ in (0..<bands).map { _ in draw(0.05...0.7) } })
    let listener = Vector(draw(0.2...0.8), draw(0.2...0.8), draw(0.2...0.8)) * size
    var source = listener
    while (source - listener).length < 0.5 {
      source = Vector(draw(0.05...0.95), draw(0.05...0.95), draw(0.05...0.95)) * size
    }
    return (room, source, Listener(position: listener, yaw: draw(-180...180)))
  }

  @Test(
    "equals the float64 reference",
    arguments: [
      (1, ResponseChannels.mono), (1, .firstOrder), (7, .mono), (7, .firstOrder), (8, .firstOrder), (3, .firstOrder),
    ])
  func reference(bands: Int, channels: ResponseChannels) throws {
    try forAll(3, seed: UInt64(10 * bands + channels.rawValue)) { random, seed in
      let (room, source, listener) = try Self.scene(&random, bands: bands)
      var settings = ImageSourceSettings()
      settings.truncation = seed % 2 == 0 ? .time(seconds: 0.06) : .order(reflections: 5)
      settings.reflectionSign = seed % 3 == 0 ? .negative : .positive
      let renderer = ImageSourceRenderer()
      for level in InstructionSet.available {
        let response = try Runtime.with(instructionSet: level) {
          try renderer.response(
            room: room, source: source, listener: listener, channels: channels, settings: settings)
        }
        let reference = ReferenceImageSources.response(
          room: room, source: source, listener: listener, channels: channels, settings: settings,
          frameCount: response.frameCount)
        let peak = reference.flatMap { $0 }.map(abs).max() ?? 0
        var worst = 0.0
        for (plane, expected) in reference.enumerated() {
          for (frame, value) in expected.enumerated() {
            worst = max(worst, abs(Double(response.planes[plane * response.frameCount + frame]) - value))
          }
        }
        #expect(worst <= 1e-5 * peak, "seed \(seed), \(level): off by \(worst / peak) of the peak")
      }
    }
  }

  @Test("the lattice has as many images as the formula says", arguments: [0, 1, 3, 6, 10, 17])
  func counts(order: Int) throws {
    var settings = ImageSourceSettings()
    settings.truncation = .order(reflections: order)
    let room = try ShoeboxRoom(size: Vector(6, 5, 3), absorption: 0.3)
    let response = try ImageSourceRenderer().response(
      room: room, source: Vector(1, 2, 1), listener: Listener(position: Vector(4, 3, 1.5)), channels: .mono,
      settings: settings)
    #expect(response.imageCount == 1 + 2 * order * (2 * order * order + 3 * order + 4) / 3)
  }

  @Test("shells count each image of the time ball once")
  func ball() throws {
    try forAll(20) { random, seed in
      let (room, source, listener) = try Self.scene(&random, bands: 1)
      var settings = ImageSourceSettings()
      let seconds = Double.random(in: 0.01...0.08, using: &random)
      settings.truncation = .time(seconds: seconds)
      let response = try ImageSourceRenderer().response(
        room: room, source: source, listener: listener, settings: settings)
      let expected = ReferenceImageSources.images(
        size: room.size, source: source, listener: listener.position, order: 60, reach: seconds * 343)
      #expect(response.imageCount == expected.count, "seed \(seed)")
    }
  }

  @Test("free field: one arrival of 1/d, 6.02 dB for each doubling")
  func freeField() throws {
    let room = try ShoeboxRoom(size: Vector(20, 20, 20), absorption: 1)
    var settings = ImageSourceSettings()
    settings.truncation = .time(seconds: 0.05)
    // Whole samples, so that the arrival is one tap.
    let step = 343.0 / 16_000
    for samples in [50, 100, 200] {
      let distance = Double(samples) * step
      let response = try ImageSourceRenderer().response(
        room: room, source: Vector(10 + distance, 10, 10), listener: Listener(position: Vector(10, 10, 10)),
        channels: .mono, settings: settings)
      for frame in 0..<response.frameCount {
        let expected = frame == samples + FractionalDelay.latency ? 1 / distance : 0
        #expect(abs(Double(response.planes[frame]) - expected) < 3e-6 / distance, "\(samples) samples, frame \(frame)")
      }
    }
  }

  @Test("displacement leaves the direct path alone and moves the rest by little")
  func jitter() throws {
    let room = try ShoeboxRoom(size: Vector(5, 4, 3), absorption: 0.2)
    var settings = ImageSourceSettings()
    settings.truncation = .time(seconds: 0.1)
    let listener = Listener(position: Vector(2, 2, 1.5)), source = Vector(3.1, 2.3, 1.4)
    let renderer = ImageSourceRenderer()
    let still = try renderer.response(room: room, source: source, listener: listener, settings: settings)
    settings.jitter = 0.08
    let first = try renderer.response(room: room, source: source, listener: listener, settings: settings, key: 1)
    let again = try renderer.response(room: room, source: source, listener: listener, settings: settings, key: 1)
    let other = try renderer.response(room: room, source: source, listener: listener, settings: settings, key: 2)
    #expect(first.planes == again.planes)
    #expect(first.planes != other.planes && first.planes != still.planes)
    #expect(first.imageCount == still.imageCount)
    // The direct path alone, with order 0.
    settings.truncation = .order(reflections: 0)
    let direct = try renderer.response(room: room, source: source, listener: listener, settings: settings, key: 3)
    let early = Int(1.16 / 343 * 16_000)
    for frame in 0..<(early + 10) {
      #expect(abs(first.planes[frame + 20] - still.planes[frame + 20]) < 0.2)
    }
    settings.jitter = 0
    let plain = try renderer.response(room: room, source: source, listener: listener, settings: settings)
    #expect(direct.planes == plain.planes)
  }

  @Test("impossible places are refused by name")
  func refusals() throws {
    let room = try ShoeboxRoom(size: Vector(5, 4, 3), absorption: 0.2)
    let renderer = ImageSourceRenderer(), listener = Listener(position: Vector(2, 2, 1.5))
    for source in [Vector(5, 2, 1), Vector(-1, 2, 1), Vector(2, 2, .nan)] {
      #expect(throws: AcousticsError.self) {
        try renderer.response(room: room, source: source, listener: listener, settings: ImageSourceSettings())
      }
    }
    #expect(throws: AcousticsError.tooClose(0)) {
      try renderer.response(
        room: room, source: listener.position, listener: listener, settings: ImageSourceSettings())
    }
    #expect(throws: AcousticsError.self) { try ShoeboxRoom(size: Vector(5, 4, 3), absorption: 1.2) }
    #expect(throws: AcousticsError.self) { try ShoeboxRoom(size: Vector(5, .infinity, 3), absorption: 0.2) }
    #expect(throws: AcousticsError.self) { try ShoeboxRoom(size: Vector(5, 4, 3), absorption: [[0.1], [0.2]]) }
  }
}
