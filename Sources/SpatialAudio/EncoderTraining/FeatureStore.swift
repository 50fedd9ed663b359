// Features of scenes on disk: made once, in shards that appear whole, read through the page cache.
// Not here: what features are (Encoder/EncoderInputs.swift), batches of them (SceneBatches.swift).

public import Foundation
public import Lab
public import Media
import Synchronization
public import Tensor

/// Why features cannot be used.
public enum FeatureStoreError: LabError, Equatable {
  /// A shard is not what its scenes say.
  case damaged(path: String, problem: String)
  /// No scene could be made.
  case empty(path: String, reason: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .damaged(let path, let problem):
      "\(path): \(problem). Hint: remove the file; it is made again."
    case .empty(let path, let reason): "\(path): expected scenes, got none: \(reason)"
    }
  }
}

/// Where scenes come from.
public struct SceneSupply: Sendable {
  /// What tells one source from another: everything on which the scenes depend.
  public var identity: String
  /// How many scenes there are.
  public var count: Int
  /// Class names in the order of their numbers.
  public var classes: [String]
  /// Scene `index` for a worker; each worker number is used by one thread at a time.
  public var scene: @Sendable (_ index: Int, _ worker: Int) throws -> (SceneMetadata, AudioBuffer)
}

/// The features of some scenes, each as bfloat16 numbers.
///
/// A folder with `shard-<n>.bf16` and `shard-<n>.jsonl`, the metadata of its scenes; the latter is written last, so that a
/// shard with it is complete. Scenes that cannot be made are left out.
public final class FeatureStore: Sendable {
  /// Scenes of one shard.
  static let shardSize = 128

  /// The metadata of the scenes, in order.
  public let scenes: [SceneMetadata]
  /// Shapes of one scene's planes, for each front end.
  public let shapes: [Shape]
  private let shards: [MappedFile]
  /// For each scene its shard and its place in it.
  private let places: [(shard: Int, place: Int)]

  /// Opens the store of a source, after making what is missing.
  ///
  /// - Parameters:
  ///   - source: where scenes come from.
  ///   - inputs: how features are made.
  ///   - moments: the length of a scene in units of 100 ms.
  ///   - cache: the folder of all stores.
  ///   - interrupt: looked at before each scene.
  ///   - progress: told after each scene; called from any thread.
  /// - Throws: ``FeatureStoreError``, `FileError`, `RunInterrupted`, and what `source` throws if no scene can be made.
  public init(
    _ source: SceneSupply, inputs: EncoderInputs, moments: Int, cache: URL, interrupt: Interrupt = Interrupt(),
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    shapes = inputs.shapes(moments: moments)
    let identity = [source.identity, inputs.identity, "\(source.count)", "\(moments)"].joined(separator: "\n")
    let folder = cache.appending(path: StableHash.hex(identity))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let maker = ShardMaker(source: source, inputs: inputs, shapes: shapes, folder: folder, interrupt: interrupt)
    let numbers = Array(0..<(source.count + Self.shardSize - 1) / Self.shardSize)
    var scenes: [SceneMetadata] = [], shards: [MappedFile] = [], places: [(shard: Int, place: Int)] = []
    var failures: [String] = []
    for number in numbers {
      failures += try maker.make(number) { done in progress(done, source.count) }
      let found = try maker.read(number)
      places += found.scenes.indices.map { (shard: shards.count, place: $0) }
      scenes += found.scenes
      shards.append(found.file)
    }
    guard !scenes.isEmpty else {
      throw FeatureStoreError.empty(path: folder.relativePath, reason: failures.first ?? "the source has none")
    }
    (self.scenes, self.shards, self.places) = (scenes, shards, places)
  }

  /// Numbers of one scene over all front ends.
  private var sceneCount: Int { shapes.reduce(0) { $0 + $1.count } }

  /// Copies the planes of a scene to buffers, one for each front end.
  func read(_ scene: Int, into buffers: [UnsafeMutableBufferPointer<Float>]) {
    let (shard, place) = places[scene]
    let bytes = shards[shard].bytes(place * sceneCount * 2..<(place + 1) * sceneCount * 2)
    let numbers = bytes.bindMemory(to: UInt16.self)
    var first = 0
    for (buffer, shape) in zip(buffers, shapes) {
      for index in 0..<shape.count { buffer[index] = Float(bitPattern: UInt32(numbers[first + index]) << 16) }
      first += shape.count
    }
  }
}

/// Makes and reads single shards.
private struct ShardMaker: Sendable {
  let source: SceneSupply
  let inputs: EncoderInputs
  let shapes: [Shape]
  let folder: URL
  let interrupt: Interrupt

  private func file(_ number: Int, _ kind: String) -> URL { folder.appending(path: "shard-\(number).\(kind)") }

  /// Makes a shard if it is not there.
  ///
  /// - Returns: why scenes are missing.
  func make(_ number: Int, progress: @escaping @Sendable (Int) -> Void) throws -> [String] {
    let first = number * FeatureStore.shardSize
    let count = min(FeatureStore.shardSize, source.count - first)
    guard !FileManager.default.fileExists(atPath: file(number, "jsonl").path) else {
      progress(first + count)
      return []
    }
    let results = Mutex<[Int: Result<(Data, Data), any Error>]>([:])
    let done = Atomic(first)
    parallelForEach(count) { place, worker in
      guard !interrupt.isRequested else { return }
      let result = Result { try scene(first + place, worker) }
      results.withLock { $0[place] = result }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    guard !interrupt.isRequested else { throw RunInterrupted(step: first) }
    var (features, lines, failures) = (Data(), Data(), [String]())
    let made = results.withLock { $0 }
    for place in 0..<count {
      guard let result = made[place] else { continue }
      do {
        let (planes, line) = try result.get()
        features += planes
        lines += line
      } catch {
        failures.append("\(error)")
      }
    }
    try AtomicFile.write(features, to: file(number, "bf16"))
    try AtomicFile.write(lines, to: file(number, "jsonl"))
    return failures
  }

  private func scene(_ index: Int, _ worker: Int) throws -> (Data, Data) {
    let (metadata, audio) = try source.scene(index, worker)
    let planes = try inputs(audio)
    guard planes.map(\.count) == shapes.map(\.count) else {
      throw SceneError.scene(
        id: metadata.sceneID,
        problem: "expected \(shapes) numbers of features, got \(planes.map(\.count)): a scene of another length")
    }
    var data = Data(capacity: 2 * planes.reduce(0) { $0 + $1.count })
    for plane in planes {
      plane.map { BFloat16($0).bitPattern.littleEndian }.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return (data, try DatasetFolder.json(metadata))
  }

  func read(_ number: Int) throws -> (scenes: [SceneMetadata], file: MappedFile) {
    let list = file(number, "jsonl"), data = file(number, "bf16")
    let decoder = JSONDecoder()
    var scenes: [SceneMetadata] = []
    for line in try Data(contentsOf: list).split(separator: UInt8(ascii: "\n")) {
      do {
        scenes.append(try decoder.decode(SceneMetadata.self, from: line))
      } catch {
        throw FeatureStoreError.damaged(path: list.relativePath, problem: "line \(scenes.count + 1) is no scene")
      }
    }
    let file: MappedFile
    do {
      file = try MappedFile(path: data.path)
    } catch {
      throw FeatureStoreError.damaged(path: data.relativePath, problem: "\(error)")
    }
    let expected = scenes.count * shapes.reduce(0) { $0 + $1.count } * 2
    guard file.byteCount == expected else {
      throw FeatureStoreError.damaged(
        path: data.relativePath,
        problem: "expected \(expected) bytes for \(scenes.count) scenes, got \(file.byteCount)")
    }
    return (scenes, file)
  }
}
