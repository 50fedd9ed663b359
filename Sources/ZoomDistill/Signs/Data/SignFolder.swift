// A folder of sign scenes: pictures, and the truth about them in one file.
// Not here: drawing (SignScene.swift), the page that shows them (SignPage.swift).

public import Foundation
public import Lab
public import Media
import Synchronization
import Tensor

/// A folder of scenes.
///
/// | path | content |
/// |---|---|
/// | `images/<id>.png` | a scene |
/// | `truth.jsonl` | ``SignSceneTruth``, one line for each scene, written last |
/// | `config.yaml` | the resolved configuration |
public struct SignFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A folder that exists or will be made.
  public init(_ url: URL) { self.url = url }

  /// The picture of a scene.
  public func picture(_ id: String) -> URL { url.appending(path: "images/\(id).png") }

  /// The truth about all scenes.
  public var truthFile: URL { url.appending(path: "truth.jsonl") }

  /// Draws what is missing; pictures that are there stay, since each is a function of the configuration.
  ///
  /// - Parameters:
  ///   - encode: turns a picture into the bytes of a PNG file.
  ///   - interrupt: asked before every scene; the truth is not written after an interruption.
  ///   - progress: told how many scenes are done, from any thread.
  /// - Returns: how many scenes were drawn; nil after an interruption.
  /// - Throws: ``SignFolderError`` for a folder of another configuration; `FileError`; what `encode` throws.
  public func generate(
    _ config: ResolvedConfig<SignDatasetConfig>, encode: @escaping @Sendable (Image) throws -> [UInt8],
    interrupt: Interrupt, progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) throws -> Int? {
    try prepare(config)
    let settings = config.value
    let failure = Mutex<(any Error)?>(nil)
    let drawn = Atomic(0), done = Atomic(0)
    parallelForEach(settings.scenes) { index, _ in
      guard !interrupt.isRequested, failure.withLock({ $0 == nil }) else { return }
      do {
        if try draw(settings, index, encode) { drawn.add(1, ordering: .relaxed) }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    if interrupt.isRequested { return nil }
    var lines = Data()
    for index in 0..<settings.scenes {
      let truth = SignScene.truth(settings.world, seed: settings.seed, use: settings.use, index: index)
      lines += try Self.encoder.encode(truth) + Data("\n".utf8)
    }
    try AtomicFile.write(lines, to: truthFile)
    return drawn.load(ordering: .relaxed)
  }

  private func prepare(_ config: ResolvedConfig<SignDatasetConfig>) throws {
    let file = url.appending(path: "config.yaml")
    if FileManager.default.fileExists(atPath: file.path) {
      guard try Data(contentsOf: file) == Data(config.text.utf8) else {
        throw SignFolderError.folder(
          path: url.relativePath,
          problem: "expected an empty folder or the same configuration, got another one. "
            + "Hint: choose another --out, or remove the folder; config.yaml in it has its configuration.")
      }
    }
    try FileManager.default.createDirectory(
      at: url.appending(path: "images"), withIntermediateDirectories: true)
    try AtomicFile.write(config.text, to: file)
  }

  private func draw(
    _ config: SignDatasetConfig, _ index: Int, _ encode: (Image) throws -> [UInt8]
  ) throws -> Bool {
    let id = SignScene.truth(config.world, seed: config.seed, use: config.use, index: index).id
    guard !FileManager.default.fileExists(atPath: picture(id).path) else { return false }
    let scene = SignScene(config.world, seed: config.seed, use: config.use, index: index)
    try AtomicFile.write(Data(try encode(scene.image)), to: picture(id))
    return true
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// The truth about all scenes.
  ///
  /// - Throws: ``SignFolderError`` for a folder without truth or a damaged line.
  public func truths() throws -> [SignSceneTruth] {
    guard let data = FileManager.default.contents(atPath: truthFile.path) else {
      throw SignFolderError.folder(
        path: url.relativePath, problem: "expected truth.jsonl, got none. Hint: 'zoom-scenes generate --out' makes one."
      )
    }
    return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { number, line in
      do {
        return try JSONDecoder().decode(SignSceneTruth.self, from: Data(line))
      } catch {
        throw SignFolderError.truth(
          path: truthFile.relativePath, line: number + 1, problem: "expected the truth about a scene, got \(error)")
      }
    }
  }
}
