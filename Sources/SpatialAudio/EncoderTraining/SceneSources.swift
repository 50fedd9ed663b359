// The two places that scenes come from: a configuration that is rendered, and a dataset that lies on disk.
// Not here: their features (FeatureStore.swift).

import Foundation
import Lab
import Media

extension SceneSupply {
  /// Scenes that are rendered when they are needed.
  ///
  /// - Parameter split: which of the configuration's scenes.
  /// - Throws: ``SceneError`` if there are no clips.
  public static func rendered(_ config: SceneDatasetConfig, split: DatasetSplit) throws -> SceneSupply {
    let library = try ClipLibrary(config.clips)
    let index = SceneIndex(config)
    let scenes = (0..<index.count).filter { index.split(of: $0) == split }
    let renderers = RendererSet(config, library)
    // Which files are written, and how, changes nothing in a scene that is not written.
    var described = config
    described.output.encoding = .wav16
    described.scenes = SceneCounts(train: scenes.first ?? 0, validation: scenes.count, test: 0)
    return SceneSupply(
      identity: try ResolvedConfig(described).text + library.digest + split.rawValue, count: scenes.count,
      classes: library.classes
    ) { place, worker in
      let scene = try renderers.withRenderer(worker) { (renderer) throws(SceneError) in
        try renderer.render(scenes[place])
      }
      return (scene.metadata, scene.audio)
    }
  }

  /// The complete scenes of a dataset on disk.
  ///
  /// - Parameter split: the part to take; nil for all.
  /// - Throws: ``SceneError`` if the folder is not a dataset.
  public static func stored(_ folder: DatasetFolder, split: DatasetSplit?) throws -> SceneSupply {
    let description = try folder.description()
    let scenes = try folder.completeScenes().filter { name in split.map { name.hasPrefix($0.rawValue) } ?? true }
    return SceneSupply(
      identity: [description.configHash, description.clipsDigest, scenes.joined(separator: ",")].joined(
        separator: "\n"),
      count: scenes.count, classes: description.classes
    ) { place, _ in try folder.scene(scenes[place]) }
  }
}
