// Checks 12 and 13: labels through their format and the metrics, and datasets that do not depend on how they are made.
// Not here: the fuzzed comparison of the metrics (Tests).

import Foundation
import Lab
import Media
import Tensor

enum DatasetChecks {
  @Sendable static func labels() throws -> [SelfTestResult.Figure] {
    var random = RandomSource(seed: 12).split("labels")
    var events: [LabelEvent] = []
    for frame in 0..<200 {
      for (classIndex, number) in [(0, 0), (0, 1), (3, 0)] where random.uniform() < 0.6 {
        events.append(
          LabelEvent(
            frame: frame, classIndex: classIndex, source: number,
            direction: Direction(
              azimuth: Double(random.integer(below: 360)) - 180, elevation: Double(random.integer(below: 170)) - 85),
            distance: Double(random.integer(below: 500) + 50) / 100))
      }
    }
    let text = try DCASELabels.text(of: events)
    let read = try DCASELabels.parse(text, name: "self-test", options: DCASELabels.ReadingOptions(unit: .centimetres))
    var worst = read.events.count == events.count ? 0.0 : 1
    for (a, b) in zip(read.events, events) {
      worst = max(worst, a.direction.angle(to: b.direction), abs(a.distance - b.distance))
      if a.frame != b.frame || a.classIndex != b.classIndex || a.source != b.source { worst = max(worst, 1) }
    }
    let again = try DCASELabels.text(of: read.events)
    return [
      .atMost(1e-9, "events after writing and reading (°, m)", worst),
      .atMost(0, "text that differs when written again", again == text ? 0 : 1),
    ]
  }

  /// Renders the same dataset in several ways.
  static func determinism(scratch: URL) throws -> [SelfTestResult.Figure] {
    try? FileManager.default.removeItem(at: scratch)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let config = try configuration(scratch)
    func dataset(_ name: String, threads: Int, parts: Int = 1) throws -> String {
      let folder = DatasetFolder(scratch.appending(path: name))
      for part in 1...parts {
        let summary = try Runtime.with(threads: threads) {
          try DatasetRender(config, folder: folder).run(part: part, of: parts)
        }
        if let failure = summary.failures.first { throw SceneError.dataset(path: name, problem: failure) }
      }
      return try folder.merge().hash
    }
    let one = try dataset("one", threads: 1), two = try dataset("two", threads: 2)
    let seven = try dataset("seven", threads: 2, parts: 7)
    // What a killed render leaves: scenes without metadata, half an audio file, a temporary file.
    let folder = scratch.appending(path: "one")
    let scenes = try DatasetFolder(folder).completeScenes()
    try FileManager.default.removeItem(at: folder.appending(path: "metadata/\(scenes[1]).json"))
    let audio = folder.appending(path: "audio/\(scenes[2]).wav")
    try Data(contentsOf: audio).prefix(1000).write(to: audio)
    let resumed = try dataset("one", threads: 2)
    return [
      .atMost(0, "manifest differs: 1 and 2 threads", one == two ? 0 : 1),
      .atMost(0, "manifest differs: 1 and 7 shards", one == seven ? 0 : 1),
      .atMost(0, "manifest differs: interrupted and resumed", one == resumed ? 0 : 1),
    ]
  }

  /// A small dataset on synthetic clips.
  private static func configuration(_ scratch: URL) throws -> ResolvedConfig<SceneDatasetConfig> {
    let clips = scratch.appending(path: "clips")
    for (number, name) in ["noise", "tone"].enumerated() {
      let folder = clips.appending(path: name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let noise = RandomSource(seed: UInt64(number)).normals(12_000)
      let samples = noise.enumerated().map { index, value in
        number == 0 ? 0.1 * value : 0.3 * Float(sin(0.2 * Double(index)))
      }
      _ = try AudioFile.write(
        AudioBuffer(sampleRate: 16_000, channels: [samples]), to: folder.appending(path: "a.wav"), encoding: .wav16)
    }
    var config = SceneDatasetConfig.smoke
    config.clips.folder = clips.path
    config.clips.split = .none
    config.scenes = SceneCounts(train: 3, validation: 1, test: 5)
    config.duration = 1.5
    config.sources.moving = 0.5
    config.room.jitter = 0.05
    return try ResolvedConfig(config)
  }
}
