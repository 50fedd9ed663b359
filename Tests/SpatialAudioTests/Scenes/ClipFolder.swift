// A folder of small clips for the tests of scenes and datasets.
// Not here: the tests.

import Foundation
import Media
import SpatialAudio
import TestSupport

/// A temporary folder with clips; it goes away with the value.
final class ClipFolder {
  let url: URL
  static let rate = 16_000

  /// An empty folder.
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "clip-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Three classes of two clips each.
  static func standard() throws -> ClipFolder {
    let folder = try ClipFolder()
    for (number, name) in ["hiss", "pulses", "tone"].enumerated() {
      for take in 0..<2 {
        var random = TestRandom(seed: UInt64(10 * number + take))
        let samples = (0..<6400 + 800 * take).map { frame -> Float in
          switch number {
          case 0: Float(0.1 * random.normal())
          case 1: frame % 800 < 400 ? Float(0.2 * random.normal()) : 0
          default: Float(0.4 * sin(0.1 * Double(1 + take) * Double(frame + 1)))
          }
        }
        try folder.write(samples, "\(name)/\(take).wav")
      }
    }
    return folder
  }

  /// Writes a clip of one channel, float32 so that NaN could be patched in.
  func write(_ samples: [Float], _ path: String, rate: Int = ClipFolder.rate) throws {
    try write([samples], path, rate: rate)
  }

  func write(_ channels: [[Float]], _ path: String, rate: Int = ClipFolder.rate) throws {
    let file = try place(path)
    // Not AudioFile.write: it waits for the disk, which hundreds of clips need not.
    let buffer = AudioBuffer(sampleRate: rate, channels: channels)
    try Data(AudioFile.encoded(buffer, .wavFloat, path: path).bytes).write(to: file)
  }

  /// Writes bytes as they are.
  func write(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: place(path)) }

  /// Replaces the last sample of a float clip by NaN.
  func poison(_ path: String) throws {
    let file = url.appending(path: path)
    var bytes = try Data(contentsOf: file)
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xC0, 0x7F])
    try bytes.write(to: file)
  }

  private func place(_ path: String) throws -> URL {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    return file
  }

  /// The clips' configuration.
  func config(split: ClipSplit = .none) -> ClipsConfig {
    var config = SceneDatasetConfig.smoke.clips
    config.folder = url.path
    config.split = split
    return config
  }

  /// A small dataset of these clips in a free field.
  func dataset(test: Int = 3) -> SceneDatasetConfig {
    var config = SceneDatasetConfig.smoke
    config.clips = self.config()
    config.scenes = SceneCounts(test: test)
    config.duration = 1
    config.room.walls = .absorption(value: 1)
    return config
  }
}

/// The text of what a body throws, or that it threw nothing.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing was thrown"
  } catch { return "\(error)" }
}
