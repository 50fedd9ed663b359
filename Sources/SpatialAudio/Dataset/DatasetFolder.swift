// The folder of a dataset: what lies where, and what it was made from.
// Not here: making scenes (DatasetRender.swift), checking them (DatasetVerification.swift).

public import Foundation
public import Lab

/// The folder of a dataset.
///
/// | path | content |
/// |---|---|
/// | `dataset.json` | ``Description``: configuration, clips, counts |
/// | `config.yaml` | the resolved configuration |
/// | `classes.txt` | class names, the number of a class is its line from 0 |
/// | `audio/<scene>.wav` | four channels |
/// | `labels/<scene>.csv` | DCASE labels |
/// | `metadata/<scene>.json` | one scene's metadata, written last: with it the scene is complete |
/// | `scenes.jsonl`, `manifest.json` | all metadata and all digests, written by a merge |
public struct DatasetFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A folder that exists or will be made.
  public init(_ url: URL) { self.url = url }

  /// What a dataset was made from.
  public struct Description: Codable, Equatable, Sendable {
    /// Hash of the resolved configuration.
    public var configHash: String
    /// SHA-256 over the names, classes and splits of the clips.
    public var clipsDigest: String
    /// Scenes of the whole dataset.
    public var sceneCount: Int
    /// Class names in the order of their numbers.
    public var classes: [String]

    enum CodingKeys: String, CodingKey {
      case configHash = "config_hash", clipsDigest = "clips_digest", sceneCount = "scene_count", classes
    }
  }

  /// The path of a part relative to the folder.
  public enum Part {
    /// Audio with an extension.
    case audio(String, String)
    /// Labels.
    case labels(String)
    /// Metadata.
    case metadata(String)

    /// The path relative to the folder.
    public var path: String {
      switch self {
      case .audio(let id, let fileExtension): "audio/\(id).\(fileExtension)"
      case .labels(let id): "labels/\(id).csv"
      case .metadata(let id): "metadata/\(id).json"
      }
    }
  }

  /// The file of a part.
  public func file(_ part: Part) -> URL { url.appending(path: part.path) }

  /// Creates the folder, or checks that it belongs to the same configuration and clips.
  ///
  /// - Throws: ``SceneError/dataset(path:problem:)`` that tells what differs; `FileError`.
  public func prepare(_ config: ResolvedConfig<SceneDatasetConfig>, library: ClipLibrary) throws {
    let description = Description(
      configHash: config.hash, clipsDigest: library.digest, sceneCount: SceneIndex(config.value).count,
      classes: library.classes)
    if let present = try storedDescription() {
      guard present == description else {
        let what =
          present.configHash != description.configHash
          ? "another configuration (\(present.configHash), not \(description.configHash))" : "other clips"
        throw SceneError.dataset(
          path: url.relativePath,
          problem: "expected an empty folder or the same dataset, got one of \(what). "
            + "Hint: choose another --out, or remove the folder; config.yaml in it has its configuration.")
      }
      return
    }
    for name in ["audio", "labels", "metadata"] {
      try FileManager.default.createDirectory(at: url.appending(path: name), withIntermediateDirectories: true)
    }
    try AtomicFile.write(config.text, to: url.appending(path: "config.yaml"))
    try AtomicFile.write(library.classes.map { $0 + "\n" }.joined(), to: url.appending(path: "classes.txt"))
    try AtomicFile.write(try Self.json(description), to: url.appending(path: "dataset.json"))
  }

  /// What the folder was made from; nil if it is not a dataset.
  ///
  /// - Throws: ``SceneError/dataset(path:problem:)`` if the description is damaged.
  public func storedDescription() throws -> Description? {
    let file = url.appending(path: "dataset.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONDecoder().decode(Description.self, from: Data(contentsOf: file))
    } catch {
      throw SceneError.dataset(path: file.relativePath, problem: "damaged: \(error)")
    }
  }

  /// What the folder was made from.
  ///
  /// - Throws: ``SceneError/dataset(path:problem:)`` if it is not a dataset.
  public func description() throws -> Description {
    guard let description = try storedDescription() else {
      throw SceneError.dataset(
        path: url.relativePath,
        problem: "expected a dataset with dataset.json, got none. Hint: foa-simulate render makes one.")
    }
    return description
  }

  /// The metadata of a scene; nil if the scene is not complete.
  ///
  /// - Throws: ``SceneError/scene(id:problem:)`` if it is damaged.
  public func metadata(of id: String) throws(SceneError) -> SceneMetadata? {
    let file = file(.metadata(id))
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return try JSONDecoder().decode(SceneMetadata.self, from: Data(contentsOf: file))
    } catch {
      throw .scene(id: id, problem: "\(file.relativePath) is damaged: \(error)")
    }
  }

  /// Names of the scenes with metadata, in order.
  public func completeScenes() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.appending(path: "metadata").path)
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// Canonical JSON: sorted keys, one line.
  static func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }
}

extension ClipLibrary {
  /// SHA-256 over the names, classes and splits of the clips.
  var digest: String {
    let lines = clips.map { "\($0.file)\t\($0.className)\t\($0.package)\t\($0.split.rawValue)\n" }
    return ContentDigest.hex(Data((classes.joined(separator: ",") + "\n" + lines.joined()).utf8))
  }
}
