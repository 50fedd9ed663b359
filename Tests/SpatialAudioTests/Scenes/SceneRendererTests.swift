// Rendered scenes against their own metadata: when they sound, how loud, how noisy.
// Not here: what is drawn (ScenePlannerTests.swift), files (Dataset).

import Foundation
import Lab
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Scene renderer")
struct SceneRendererTests {
  static func renderer(_ config: SceneDatasetConfig) throws -> SceneRenderer {
    SceneRenderer(config, library: try ClipLibrary(config.clips))
  }

  static func energy(_ samples: some Sequence<Float>) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }

  /// One hiss in a free field without noise.
  static func single(_ folder: ClipFolder, moving: Double = 0) -> SceneDatasetConfig {
    var config = folder.dataset(test: 4)
    config.clips.classes = ["hiss"]
    config.sources.counts = [1]
    config.sources.moving = moving
    config.noise.kind = .none
    return config
  }

  @Test("onset and offset are where the sound begins and ends", arguments: [0.0, 1.0], MotionConfig.allCases)
  func activity(moving: Double, motion: MotionConfig) throws {
    let folder = try ClipFolder.standard()
    var config = Self.single(folder, moving: moving)
    config.sources.motion = motion
    let renderer = try Self.renderer(config)
    for index in 0..<3 {
      let scene = try renderer.render(index), source = scene.metadata.sources[0]
      let samples = scene.audio.channels[0], peak = samples.map(abs).max() ?? 0
      let first = try #require(samples.firstIndex { abs($0) > 0.02 * peak })
      let last = try #require(samples.lastIndex { abs($0) > 0.02 * peak })
      #expect(abs(Double(first) / 16_000 - source.onset) < 0.002, "scene \(index)")
      #expect(abs(Double(last) / 16_000 - source.offset) < 0.002, "scene \(index)")
      let silence = max(0, Int((source.onset - 0.02) * 16_000)), end = min(16_000, Int((source.offset + 0.02) * 16_000))
      #expect(samples[..<silence].allSatisfy { abs($0) < 1e-4 * peak }, "scene \(index): sound before its onset")
      #expect(samples[end...].allSatisfy { abs($0) < 1e-4 * peak }, "scene \(index): sound after its offset")
      #expect(source.isMoving == (moving == 1) && source.motion == (moving == 1 ? motion.rawValue : "static"))
    }
  }

  @Test("in a free field the direction of the samples is that of the metadata, the level that of 1/r")
  func direction() throws {
    let folder = try ClipFolder.standard()
    let renderer = try Self.renderer(Self.single(folder))
    for index in 0..<4 {
      let scene = try renderer.render(index), source = scene.metadata.sources[0], point = source.trajectory[0]
      let w = scene.audio.channels[0]
      let intensity = (1...3).map { channel in
        zip(w, scene.audio.channels[channel]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
      let heard = try #require(Direction(Vector(intensity[2], intensity[0], intensity[1])))
      #expect(heard.angle(to: Direction(azimuth: point[1], elevation: point[2])) < 0.1, "scene \(index)")
      let place = Vector(source.positions[0][0], source.positions[0][1], source.positions[0][2])
      let ears = scene.metadata.listener.position
      #expect(abs((place - Vector(ears[0], ears[1], ears[2])).length - point[3]) < 2e-4, "scene \(index)")
      // The frames at both ends are only partly filled.
      let expected = -26 + source.gain - 20 * log10(point[3])
      #expect(abs(source.level - expected) < 0.6, "scene \(index): \(source.level), not \(expected) dB")
      #expect(source.directToReverberant == 99)
    }
  }

  @Test("levels are those of the samples before the common gain")
  func levels() throws {
    let folder = try ClipFolder.standard()
    var config = Self.single(folder)
    config.sources.gain = Span(lower: 30, upper: 36)
    let renderer = try Self.renderer(config)
    for index in 0..<3 {
      let scene = try renderer.render(index), metadata = scene.metadata
      #expect(abs(20 * log10(Double(scene.audio.peak)) + 3) < 1e-4, "scene \(index): loud scenes peak at -3 dB")
      #expect(metadata.commonGain < 0)
      let level = ClipLoader.activeLevel(scene.audio.channels[0], sampleRate: 16_000) - metadata.commonGain
      #expect(abs(level - metadata.sources[0].level) < 0.02, "scene \(index)")
    }
    config.sources.gain = Span(lower: -30, upper: -20)
    #expect(try Self.renderer(config).render(0).metadata.commonGain == 0)
  }

  @Test("the noise is as far below the sources as the metadata says", arguments: [NoiseKind.white, .pink])
  func noise(kind: NoiseKind) throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 3)
    config.noise.kind = .none
    config.noise.signalToNoise = Span(lower: 0, upper: 20)
    let clean = try Self.renderer(config)
    config.noise.kind = kind
    let noisy = try Self.renderer(config)
    for index in 0..<3 {
      let (a, b) = (try clean.render(index), try noisy.render(index))
      let gains = [a, b].map { Float(pow(10, -$0.metadata.commonGain / 20)) }
      let signal = a.audio.channels[0].map { $0 * gains[0] }
      let noise = zip(b.audio.channels[0], signal).map { $0 * gains[1] - $1 }
      let active = signal.indices.filter { frame in
        let time = Double(frame) / 16_000
        return a.metadata.sources.contains { $0.onset <= time && time <= $0.offset }
      }
      let power = Self.energy(active.map { signal[$0] }) / Double(active.count)
      let ratio = 10 * log10(power / (Self.energy(noise) / Double(noise.count)))
      #expect(abs(ratio - b.metadata.noise.signalToNoise) < 0.5, "scene \(index): \(ratio) dB")
      #expect(b.metadata.noise.type == "diffuse_\(kind.rawValue)" && a.metadata.noise.type == "none")
    }
  }

  @Test("measures in a room are those of the response", arguments: TailConfig.allCases)
  func room(tail: TailConfig) throws {
    let folder = try ClipFolder.standard()
    var config = Self.single(folder)
    config.room.walls = .decay(seconds: Span(lower: 0.2, upper: 0.25))
    config.room.tail = tail
    let scene = try Self.renderer(config).render(0), metadata = scene.metadata, source = metadata.sources[0]
    let response = scene.responses[0]
    #expect(response.latency == 296 && metadata.room.latencySamples == 296)
    let onset = 296 + Int(source.trajectory[0][3] / 343 * 16_000), w = response.channels[0]
    let total = Self.energy(w), direct = Self.energy(w[onset - 40...onset + 40])
    #expect(abs(10 * log10(direct / (total - direct)) - source.directToReverberant) < 0.2)
    #expect((-25...15).contains(source.directToReverberant))
    for time in metadata.room.t20ByBand[2...] {
      #expect(abs(time / metadata.room.targetT20 - 1) < 0.35, "\(metadata.room.t20ByBand)")
    }
    #expect(metadata.room.bands == [125, 250, 500, 1000, 2000, 4000, 8000])
    #expect((metadata.room.mixingTime > 0) == (tail == .diffuse))
  }

  @Test("at most the allowed number sounds at once")
  func polyphony() throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 4)
    config.duration = 4
    config.sources.counts = [0, 0, 1]
    config.sources.polyphony = 1
    let renderer = try Self.renderer(config)
    for index in 0..<4 {
      let spans = try renderer.render(index).metadata.sources.map { ($0.onset, $0.offset) }.sorted { $0.0 < $1.0 }
      #expect(spans.count == 3)
      // Sounds that do not overlap where they are made may by the difference of their delays.
      for (a, b) in zip(spans, spans.dropFirst()) { #expect(b.0 > a.1 - 0.015, "scene \(index)") }
    }
    config.duration = 0.8
    let text = message { for index in 0..<4 { _ = try Self.renderer(config).render(index) } }
    #expect(
      text.contains("with at most 1 sources at once") && text.split(separator: "scene test-").count == 1, "\(text)")
  }

  @Test("a scene is the same from any renderer")
  func independence() throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 4)
    config.sources.moving = 0.5
    let first = try Self.renderer(config), second = try Self.renderer(config)
    let scenes = try (0..<3).map { try first.render($0) }
    for index in (0..<3).reversed() {
      let again = try second.render(index)
      #expect(again.audio == scenes[index].audio && again.metadata == scenes[index].metadata, "scene \(index)")
    }
  }
}
