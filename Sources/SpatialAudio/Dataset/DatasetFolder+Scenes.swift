// One scene of a dataset read back: audio in the package's convention, and its page.
// Not here: what the page shows (Pages/ScenePage.swift).

import Foundation
public import Lab
public import Media

extension DatasetFolder {
  /// The metadata and the audio of a scene, both converted to ACN and SN3D.
  ///
  /// - Throws: ``SceneError`` if the dataset has no such scene, `MediaError`.
  public func scene(_ id: String) throws -> (metadata: SceneMetadata, audio: AudioBuffer) {
    var (metadata, audio) = try stored(id)
    try AmbisonicFormat.convert(&audio, from: AmbisonicFormat(metadata.format), to: .acnSN3D)
    metadata.format = SceneMetadata.Format(.acnSN3D)
    return (metadata, audio)
  }

  /// The metadata and the audio of a scene, in the format that the metadata names.
  private func stored(_ id: String) throws -> (metadata: SceneMetadata, audio: AudioBuffer) {
    guard let metadata = try metadata(of: id) else {
      let some = ((try? completeScenes()) ?? []).prefix(3).joined(separator: ", ")
      throw SceneError.scene(
        id: id, problem: "expected one of the scenes of \(url.relativePath), such as \(some), got none of that name")
    }
    return (
      metadata, try AudioFile.read(url.appending(path: metadata.audio), channelCount: FirstOrder.channelCount)
    )
  }

  /// The page of a scene, with the responses of its sources rendered again where its configuration is there.
  ///
  /// - Throws: ``SceneError``, `MediaError`.
  public func page(of id: String) throws -> Report {
    // The page names the file's own format, and reads the sound by it.
    let (metadata, audio) = try stored(id)
    return ScenePage(scene: metadata, audio: audio, responses: (try? responses(of: id)) ?? []).report
  }

  /// The responses of a scene's sources, rendered again from the folder's configuration.
  private func responses(of id: String) throws -> [AudioBuffer] {
    let config = try ConfigLoader<SceneDatasetConfig>().load(file: url.appending(path: "config.yaml")).value
    let index = SceneIndex(config)
    guard let scene = (0..<index.count).first(where: { index.id(of: $0) == id }) else { return [] }
    let renderer = SceneRenderer(config, library: try ClipLibrary(config.clips))
    return try renderer.render(scene).responses.map { AudioBuffer(sampleRate: $0.sampleRate, channels: $0.channels) }
  }
}
