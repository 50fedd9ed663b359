// Renders the scenes of a shard into a folder, several at once; what is there already stays.
// Not here: the scenes themselves (Scenes/SceneRenderer.swift), the list of all scenes (DatasetMerge.swift).

import Dispatch
import Foundation
public import Lab
import Media
import Synchronization
import Tensor

/// Renders a dataset or a part of it.
public struct DatasetRender: Sendable {
  private let config: ResolvedConfig<SceneDatasetConfig>
  private let library: ClipLibrary
  private let folder: DatasetFolder

  /// What a render did.
  public struct Summary: Equatable, Sendable {
    /// Scenes that were rendered.
    public var rendered = 0
    /// Scenes that were complete before.
    public var kept = 0
    /// Scenes that failed, with their messages.
    public var failures: [String] = []
    /// Whether it was stopped before the end.
    public var wasInterrupted = false

    package init(rendered: Int = 0, kept: Int = 0, failures: [String] = [], wasInterrupted: Bool = false) {
      self.rendered = rendered
      self.kept = kept
      self.failures = failures
      self.wasInterrupted = wasInterrupted
    }
  }

  /// Prepares a folder.
  ///
  /// - Throws: ``SceneError``, `FileError`.
  public init(_ config: ResolvedConfig<SceneDatasetConfig>, folder: DatasetFolder) throws {
    self.config = config
    self.folder = folder
    library = try ClipLibrary(config.value.clips)
    try folder.prepare(config, library: library)
  }

  /// Renders what is missing of a shard.
  ///
  /// A scene that fails is left out and named; the others are rendered. A scene whose file does not have the digest of
  /// its metadata is rendered again.
  ///
  /// - Parameters:
  ///   - part: the shard, from 1.
  ///   - interrupt: looked at before each scene.
  ///   - progress: told after each scene how many are done; called from any thread.
  public func run(
    part: Int = 1, of parts: Int = 1, interrupt: Interrupt = Interrupt(),
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) -> Summary {
    let index = SceneIndex(config.value)
    let scenes = index.shard(part, of: parts)
    let summary = Mutex(Summary())
    let done = Atomic(0)
    let workers = RendererSet(config.value, library)
    let writers = WriterQueue()
    @Sendable func finish(_ id: String, _ outcome: Result<Bool, any Error>) {
      summary.withLock { summary in
        switch outcome {
        case .success(let isNew):
          summary.rendered += isNew ? 1 : 0
          summary.kept += isNew ? 0 : 1
        case .failure(let error):
          let text = "\(error)"
          summary.failures.append(text.hasPrefix("scene ") ? text : "scene \(id): \(text)")
        }
      }
      progress(done.add(1, ordering: .relaxed).newValue, scenes.count)
    }
    parallelForEach(scenes.count) { place, worker in
      guard !interrupt.isRequested else {
        summary.withLock { $0.wasInterrupted = true }
        return
      }
      let id = index.id(of: scenes[place])
      guard !isComplete(id) else { return finish(id, .success(false)) }
      do throws(SceneError) {
        let scene = try workers.withRenderer(worker) { (renderer) throws(SceneError) in
          try renderer.render(scenes[place])
        }
        writers.enqueue {
          finish(id, Result { try write(scene) }.map { true })
        }
      } catch {
        finish(id, .failure(error))
      }
    }
    writers.wait()
    var result = summary.withLock { $0 }
    result.failures.sort()
    return result
  }

  /// Whether a scene is there with the digest that its metadata says.
  private func isComplete(_ id: String) -> Bool {
    guard let metadata = try? folder.metadata(of: id) else { return false }
    let audio = folder.url.appending(path: metadata.audio)
    guard let digest = try? ContentDigest.hex(contentsOf: audio) else { return false }
    return digest == metadata.audioDigest
      && FileManager.default.fileExists(atPath: folder.url.appending(path: metadata.labels).path)
  }

  /// Writes the audio, the labels, and last the metadata.
  private func write(_ scene: RenderedScene) throws {
    var metadata = scene.metadata
    let id = metadata.sceneID
    let output = config.value.output
    let audio = DatasetFolder.Part.audio(id, output.encoding.fileExtension)
    var encoded = scene.audio
    try AmbisonicFormat.convert(&encoded, from: .acnSN3D, to: output.format)
    _ = try AudioFile.write(encoded, to: folder.file(audio), encoding: output.encoding)
    metadata.audio = audio.path
    metadata.audioDigest = try ContentDigest.hex(contentsOf: folder.file(audio))
    metadata.labels = DatasetFolder.Part.labels(id).path
    metadata.format = SceneMetadata.Format(output.format)
    try DCASELabels.write(SceneLabels.events(scene), to: folder.file(.labels(id)))
    try AtomicFile.write(try DatasetFolder.json(metadata), to: folder.file(.metadata(id)))
  }
}

/// Writes finished scenes while others are rendered: a worker would wait for the disk instead.
private final class WriterQueue: Sendable {
  /// Scenes that may wait; they bound the memory.
  private static let capacity = 6
  private let queue = DispatchQueue(label: "scene writers", attributes: .concurrent)
  private let group = DispatchGroup()
  private let free = DispatchSemaphore(value: capacity)

  /// Runs `body` soon; waits while too many are waiting.
  func enqueue(_ body: @escaping @Sendable () -> Void) {
    free.wait()
    queue.async(group: group) {
      body()
      self.free.signal()
    }
  }

  func wait() { group.wait() }
}
