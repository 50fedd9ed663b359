// What a configuration may not say, by the names of its keys.
// Not here: reading it (LabTests).

import Lab
import SpatialAudio
import Testing

@Suite("Scene dataset configuration")
struct SceneDatasetConfigTests {
  @Test("the defaults and the small dataset are valid")
  func defaults() throws {
    try SceneDatasetConfig.base.validate()
    try SceneDatasetConfig.smoke.validate()
  }

  static let mistakes: [(String, @Sendable (inout SceneDatasetConfig) -> Void)] = [
    ("duration", { $0.duration = .nan }), ("sampleRate", { $0.sampleRate = 4000 }),
    ("scenes", { $0.scenes = SceneCounts(test: 0) }), ("scenes", { $0.scenes = SceneCounts(train: -1, test: 5) }),
    ("clips.longest", { $0.clips.longest = 0 }), ("clips.longest", { $0.clips.longest = -1 }),
    ("clips.level", { $0.clips.level = 3 }), ("output.peak", { $0.output.peak = 1 }),
    ("room.length", { $0.room.length = Span(lower: 5, upper: 4) }),
    ("room.width", { $0.room.width = Span(lower: 0, upper: 4) }),
    ("room.height", { $0.room.height = Span(lower: 2, upper: .infinity) }), ("room.jitter", { $0.room.jitter = -1 }),
    ("room.walls.decay.seconds", { $0.room.walls = .decay(seconds: Span(lower: 0, upper: 1)) }),
    ("room.walls.absorption.value", { $0.room.walls = .absorption(value: 1.5) }),
    ("room.highPass.butterworth.hertz", { $0.room.highPass = .butterworth(hertz: 0) }),
    ("room.air.absorption.constants.perMeter", { $0.room.air.absorption = .constants(perMeter: []) }),
    ("room.air.absorption.constants.perMeter", { $0.room.air.absorption = .constants(perMeter: [-1]) }),
    ("room.air.speed.fixed.metersPerSecond", { $0.room.air.speed = .fixed(metersPerSecond: 0) }),
    ("room.air.humidity", { $0.room.air.humidity = 101 }), ("room.air.temperature", { $0.room.air.temperature = -300 }),
    ("listener.height", { $0.listener.height = Span(lower: -1, upper: 1) }),
    ("listener.wallMargin", { $0.listener.wallMargin = -1 }), ("sources.counts", { $0.sources.counts = [0, 0] }),
    ("sources.counts", { $0.sources.counts = [] }), ("sources.polyphony", { $0.sources.polyphony = 0 }),
    ("sources.distance", { $0.sources.distance = Span(lower: 0.1, upper: 3) }),
    ("sources.separation", { $0.sources.separation = 180 }), ("sources.moving", { $0.sources.moving = 2 }),
    ("sources.speed", { $0.sources.speed = Span(lower: 0, upper: 1) }),
    ("sources.gain", { $0.sources.gain = Span(lower: -100, upper: 0) }),
    ("noise.signalToNoise", { $0.noise.signalToNoise = Span(lower: 0, upper: .nan) }),
  ]

  @Test("each mistake names its key", arguments: mistakes.indices)
  func refusals(index: Int) {
    let (key, change) = Self.mistakes[index]
    var config = SceneDatasetConfig.smoke
    change(&config)
    let text = message { try config.validate() }
    #expect(text.contains(key), "\(key): \(text)")
  }
}
