// A dataset in a temporary folder.
// Not here: its clips (Scenes/ClipFolder.swift).

import Foundation
import Lab
import SpatialAudio

/// A folder for datasets of one set of clips; it goes away with the value.
final class DatasetFixture {
  let clips: ClipFolder
  let url: URL
  var config: SceneDatasetConfig

  init(scenes: Int = 3) throws {
    clips = try ClipFolder.standard()
    url = FileManager.default.temporaryDirectory.appending(path: "dataset-tests-\(UUID().uuidString)")
    config = clips.dataset(test: scenes)
    config.duration = 0.7
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func folder(_ name: String = "out") -> DatasetFolder { DatasetFolder(url.appending(path: name)) }

  func file(_ path: String) -> URL { url.appending(path: "out/" + path) }

  /// Renders into a folder.
  @discardableResult
  func render(_ name: String = "out", part: Int = 1, of parts: Int = 1) throws -> DatasetRender.Summary {
    try DatasetRender(ResolvedConfig(config), folder: folder(name)).run(part: part, of: parts)
  }

  /// Flips a bit in the middle of a file.
  func damage(_ path: String) throws {
    var bytes = try Data(contentsOf: file(path))
    bytes[bytes.count / 2] ^= 0x10
    try bytes.write(to: file(path))
  }
}
