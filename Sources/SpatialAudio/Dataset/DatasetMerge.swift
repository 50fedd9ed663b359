// From rendered scenes to one list and one manifest; and the check of what is on disk against them.
// Not here: rendering (DatasetRender.swift).

import Foundation
import Lab

/// The digests of a dataset.
public struct DatasetManifest: Codable, Equatable, Sendable {
  /// The files of one scene.
  public struct Entry: Codable, Equatable, Sendable {
    /// The scene.
    public var scene: String
    /// SHA-256 of the audio file.
    public var audio: String
    /// SHA-256 of the labels.
    public var labels: String
    /// SHA-256 of the metadata.
    public var metadata: String
  }

  /// SHA-256 over all entries: equal datasets have equal hashes.
  public var hash: String
  /// The scenes in order.
  public var entries: [Entry]

  init(_ entries: [Entry]) {
    self.entries = entries
    let lines = entries.map { "\($0.scene) \($0.audio) \($0.labels) \($0.metadata)\n" }
    hash = ContentDigest.hex(Data(lines.joined().utf8))
  }
}

/// A scene on disk that is not as it should be.
public struct DatasetProblem: Equatable, Sendable, CustomStringConvertible {
  /// The scene.
  public var scene: String
  /// What is wrong, with the file.
  public var problem: String
  /// `scene …: …`
  public var description: String { "scene \(scene): \(problem)" }
}

extension DatasetFolder {
  /// Checks each complete scene: metadata that can be read, audio with its digest, labels.
  ///
  /// - Parameter progress: told after each scene.
  /// - Returns: what is wrong, in the order of the scenes; scenes that are missing are not named here.
  public func verify(progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> [DatasetProblem] {
    let scenes = try completeScenes()
    var problems: [DatasetProblem] = []
    let stored = try manifest()
    let expected = Dictionary((stored?.entries ?? []).map { ($0.scene, $0) }) { first, _ in first }
    for (done, id) in scenes.enumerated() {
      do {
        let entry = try entry(of: id)
        if let known = expected[id], known != entry {
          let parts = [
            ("audio", known.audio != entry.audio), ("labels", known.labels != entry.labels),
            ("metadata", known.metadata != entry.metadata),
          ]
          let names = parts.filter(\.1).map(\.0).joined(separator: ", ")
          problems.append(DatasetProblem(scene: id, problem: "\(names) differ from manifest.json"))
        }
      } catch {
        problems.append(DatasetProblem(scene: id, problem: "\(error)".replacing("scene \(id): ", with: "")))
      }
      progress(done + 1, scenes.count)
    }
    for id in expected.keys.sorted() where !scenes.contains(id) {
      problems.append(DatasetProblem(scene: id, problem: "in manifest.json, but \(Part.metadata(id).path) is missing"))
    }
    return problems.sorted { $0.scene < $1.scene }
  }

  /// The stored manifest, if there is one.
  ///
  /// - Throws: ``SceneError/dataset(path:problem:)`` if it is damaged.
  public func manifest() throws -> DatasetManifest? {
    let file = url.appending(path: "manifest.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONDecoder().decode(DatasetManifest.self, from: Data(contentsOf: file))
    } catch {
      throw SceneError.dataset(path: file.relativePath, problem: "damaged: \(error)")
    }
  }

  private func entry(of id: String) throws -> DatasetManifest.Entry {
    guard let metadata = try metadata(of: id) else {
      throw SceneError.scene(id: id, problem: "\(Part.metadata(id).path) is missing")
    }
    let audio = url.appending(path: metadata.audio), labels = url.appending(path: metadata.labels)
    let digest = try ContentDigest.hex(contentsOf: audio)
    guard digest == metadata.audioDigest else {
      throw SceneError.scene(
        id: id,
        problem: "\(metadata.audio): expected SHA-256 \(metadata.audioDigest.prefix(12))…, got "
          + "\(digest.prefix(12))…. Hint: foa-simulate render makes it again.")
    }
    return DatasetManifest.Entry(
      scene: id, audio: digest, labels: try ContentDigest.hex(contentsOf: labels),
      metadata: try ContentDigest.hex(contentsOf: file(.metadata(id))))
  }

  /// Moves the scenes of other folders of the same dataset here, and writes `scenes.jsonl` and `manifest.json`.
  ///
  /// - Returns: the manifest.
  /// - Throws: ``SceneError`` if a folder belongs to another dataset, or scenes are missing or damaged.
  public func merge(_ others: [DatasetFolder] = []) throws -> DatasetManifest {
    let description = try description()
    for other in others where other.url.standardizedFileURL != url.standardizedFileURL {
      guard try other.description() == description else {
        throw SceneError.dataset(
          path: other.url.relativePath, problem: "expected a part of the dataset \(url.relativePath), got another one")
      }
      for id in try other.completeScenes() { try adopt(id, from: other) }
    }
    let scenes = try completeScenes()
    guard scenes.count == description.sceneCount else {
      throw SceneError.dataset(
        path: url.relativePath,
        problem: "expected \(description.sceneCount) scenes, got \(scenes.count). Hint: render the missing shards.")
    }
    var entries: [DatasetManifest.Entry] = [], lines = Data()
    for id in scenes {
      entries.append(try entry(of: id))
      lines += try Data(contentsOf: file(.metadata(id)))
    }
    try AtomicFile.write(lines, to: url.appending(path: "scenes.jsonl"))
    let manifest = DatasetManifest(entries)
    try AtomicFile.write(try Self.json(manifest), to: url.appending(path: "manifest.json"))
    return manifest
  }

  /// Moves the files of a scene, its metadata last.
  private func adopt(_ id: String, from other: DatasetFolder) throws {
    guard let metadata = try other.metadata(of: id) else { return }
    for path in [metadata.audio, metadata.labels, Part.metadata(id).path] {
      let target = url.appending(path: path)
      if FileManager.default.fileExists(atPath: target.path) { try FileManager.default.removeItem(at: target) }
      try FileManager.default.moveItem(at: other.url.appending(path: path), to: target)
    }
  }

  /// The metadata of all complete scenes, in order, from their own files.
  public func allMetadata() throws -> [SceneMetadata] {
    try completeScenes().compactMap { try metadata(of: $0) }
  }
}
