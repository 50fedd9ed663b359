// A folder of photographic scenes: pictures, the truth about them, and a list that a build reads.
// Not here: drawing (PhotoScene.swift), the page that shows them (PhotoScenePage.swift).

public import Foundation
public import Lab
import Media
import Synchronization
import Tensor

/// A folder of scenes.
///
/// | path | content |
/// |---|---|
/// | `images/<id>.jpg` or `.png` | a scene |
/// | `scenes/<id>.json` | ``PhotoSceneTruth`` of one scene, written after its picture |
/// | `truth.jsonl` | the same of all, one line for each scene, written when all are there |
/// | `list.jsonl` | path, licence, origin and named boxes of each picture: what `images.source.list` of a build reads; and the words on labels, with which its report scores |
/// | `NOTICE.md` | the pictures that were used, with authors and licences |
/// | `config.yaml` | the resolved configuration |
public struct PhotoSceneFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A folder that exists or will be made.
  public init(_ url: URL) { self.url = url }

  /// Whether a folder holds photographic scenes that are complete.
  public static func isOne(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: PhotoSceneFolder(url).listFile.path)
  }

  /// The truth about all scenes.
  public var truthFile: URL { url.appending(path: "truth.jsonl") }
  /// The list for a build.
  public var listFile: URL { url.appending(path: "list.jsonl") }

  /// The picture of a scene, from the folder.
  public func picture(_ id: String) -> URL {
    let jpeg = url.appending(path: "images/\(id).jpg")
    return FileManager.default.fileExists(atPath: jpeg.path) ? jpeg : url.appending(path: "images/\(id).png")
  }

  /// Draws what is missing; scenes that are there stay, since each is a function of the configuration.
  ///
  /// - Parameters:
  ///   - assets: the pictures of the configuration.
  ///   - interrupt: asked before every scene; truth and list are not written after an interruption.
  ///   - progress: told how many scenes are done, from any thread.
  /// - Returns: how many scenes were drawn; nil after an interruption.
  /// - Throws: ``SignFolderError`` for a folder of another configuration; `FileError`; what ``PhotoScene`` throws.
  public func generate(
    _ config: ResolvedConfig<PhotoSceneConfig>, assets: SceneAssets, interrupt: Interrupt,
    progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) throws -> Int? {
    try prepare(config)
    let settings = config.value
    let failure = Mutex<(any Error)?>(nil)
    let drawn = Atomic(0), done = Atomic(0)
    parallelForEach(settings.scenes) { index, _ in
      guard !interrupt.isRequested, failure.withLock({ $0 == nil }) else { return }
      do {
        if try draw(settings, assets, index) { drawn.add(1, ordering: .relaxed) }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    if interrupt.isRequested { return nil }
    try finish(settings)
    return drawn.load(ordering: .relaxed)
  }

  private func prepare(_ config: ResolvedConfig<PhotoSceneConfig>) throws {
    let file = url.appending(path: "config.yaml")
    if FileManager.default.fileExists(atPath: file.path) {
      guard try Data(contentsOf: file) == Data(config.text.utf8) else {
        throw SignFolderError.folder(
          path: url.relativePath,
          problem: "expected an empty folder or the same configuration, got another one. "
            + "Hint: choose another --out, or remove the folder; config.yaml in it has its configuration.")
      }
    }
    for folder in ["images", "scenes"] {
      try FileManager.default.createDirectory(at: url.appending(path: folder), withIntermediateDirectories: true)
    }
    try AtomicFile.write(config.text, to: file)
  }

  private func name(_ id: String, _ config: PhotoSceneConfig) -> String {
    "images/\(id).\(config.encoding.format.fileExtension)"
  }

  private func truthFile(_ id: String) -> URL { url.appending(path: "scenes/\(id).json") }

  private func draw(_ config: PhotoSceneConfig, _ assets: SceneAssets, _ index: Int) throws -> Bool {
    let id = PhotoScene.id(index)
    let picture = url.appending(path: name(id, config))
    let files = [picture, truthFile(id)]
    guard !files.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) else { return false }
    let scene = try PhotoScene(config, assets: assets, index: index)
    try AtomicFile.write(Data(try ImageFile.encode(scene.image, as: config.encoding)), to: picture)
    try AtomicFile.write(try Self.encoder.encode(scene.truth), to: truthFile(id))
    return true
  }

  /// A line of the list; boxes are x1, y1, x2, y2 in pixels.
  private struct ListLine: Encodable {
    let path: String
    let licence: String
    let origin: String
    let boxes: [Box]
    let words: [Word]

    struct Box: Encodable {
      let name: String
      let box: [Double]
    }

    struct Word: Encodable {
      let text: String
      let box: [Double]
    }
  }

  /// Writes what is said about all scenes together. The list comes last.
  private func finish(_ config: PhotoSceneConfig) throws {
    var truths = Data(), list = Data()
    var used: Set<SceneAsset> = []
    for index in 0..<config.scenes {
      let id = PhotoScene.id(index)
      let truth = try truth(id)
      truths += try Self.encoder.encode(truth) + Data("\n".utf8)
      let line = ListLine(
        path: name(id, config), licence: truth.licence, origin: truth.origin,
        boxes: truth.things.filter { $0.content.dimension != nil }.map {
          .init(name: $0.name, box: [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom])
        },
        words: truth.things.compactMap { thing in
          guard case .label(_, let text) = thing.content else { return nil }
          return .init(text: text.text, box: [thing.box.left, thing.box.top, thing.box.right, thing.box.bottom])
        })
      list += try Self.encoder.encode(line) + Data("\n".utf8)
      used.formUnion(truth.assets)
    }
    try AtomicFile.write(truths, to: truthFile)
    try AtomicFile.write(Self.notice(used.sorted { $0.file < $1.file }), to: url.appending(path: "NOTICE.md"))
    try AtomicFile.write(list, to: listFile)
  }

  private static func notice(_ assets: [SceneAsset]) -> String {
    func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }
    let rows = assets.map {
      "| \(cell($0.label)) | \(cell($0.author)) | \(cell($0.licence)) | \(cell($0.package)) | \(cell($0.file)) |\n"
    }
    return """
      # Origin of the pictures in these scenes

      Photographs were cut and resized; cut-outs and drawings were resized, turned and put on them.

      | picture | author | licence | package | file |
      |---|---|---|---|---|

      """ + rows.joined()
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private func truth(_ id: String) throws -> PhotoSceneTruth {
    let file = truthFile(id)
    do {
      return try JSONDecoder().decode(PhotoSceneTruth.self, from: try Data(contentsOf: file))
    } catch {
      throw SignFolderError.truth(
        path: file.relativePath, line: 1,
        problem:
          "expected the truth about a scene, got \(error). Hint: remove the file; 'zoom-scenes generate' makes it.")
    }
  }

  /// The truth about all scenes.
  ///
  /// - Throws: ``SignFolderError`` for a folder without truth or a damaged line.
  public func truths() throws -> [PhotoSceneTruth] {
    guard let data = FileManager.default.contents(atPath: truthFile.path) else {
      throw SignFolderError.folder(
        path: url.relativePath,
        problem: "expected truth.jsonl, got none. Hint: 'zoom-scenes generate --kind photos --out' makes one.")
    }
    return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { number, line in
      do {
        return try JSONDecoder().decode(PhotoSceneTruth.self, from: Data(line))
      } catch {
        throw SignFolderError.truth(
          path: truthFile.relativePath, line: number + 1, problem: "expected the truth about a scene, got \(error)")
      }
    }
  }
}
