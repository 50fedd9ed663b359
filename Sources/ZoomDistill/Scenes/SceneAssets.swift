// The pictures that scenes are made from: a list with labels, authors and licences, and the files that it names.
// Not here: fetching them (Scripts/fetch-data), putting them together (PhotoScene.swift).

import Foundation
import Lab
public import Media

/// One picture of the list.
public struct SceneAsset: Codable, Hashable, Sendable {
  /// What a picture is for.
  public enum Kind: String, Codable, Hashable, Sendable {
    /// A photograph behind everything.
    case background
    /// A thing with opacity around it.
    case cutout
    /// A drawing of a thing with opacity around it.
    case emoji
    /// A photograph of a thing.
    case photo
  }

  /// The file, from the folder of the list.
  public let file: String
  /// What it is for.
  public let kind: Kind
  /// What it shows.
  public let label: String
  /// A group of labels.
  public let category: String
  /// Width in pixels.
  public let width: Int
  /// Height in pixels.
  public let height: Int
  /// Where it comes from.
  public let package: String
  /// Who made it.
  public let author: String
  /// Its licence, as an SPDX expression.
  public let licence: String
  /// Digest of the file.
  public let sha256: String
  /// Its split.
  public let split: String

  /// Author, package and licence in one line.
  public var credit: String { "'\(label)' by \(author) (\(package), \(licence))" }

  var size: ImageSize { ImageSize(width: width, height: height) }
}

/// The pictures of a folder that scenes can be made from.
public struct SceneAssets: Sendable {
  /// Photographs, in the order of their files.
  public let backgrounds: [SceneAsset]
  /// Things with plain names, in the order of their files.
  public let objects: [SceneAsset]
  private let root: InputRoot
  private let fonts: [URL]

  /// Pixels of a picture at most.
  private static let limits = ImageLimits(maxPixels: 64_000_000, maxFileBytes: 64 << 20)
  /// Bytes of the list at most.
  private static let listBytes = 256 << 20

  /// Reads the list of a folder, and finds the fonts.
  ///
  /// - Throws: ``ZoomError/source(path:reason:)`` for a folder without a list, a damaged line, or too few pictures;
  ///   `ImageError` where a font is missing.
  public init(_ config: PhotoSceneConfig) throws {
    let folder = URL(fileURLWithPath: config.assets)
    let list = folder.appending(path: "images.jsonl")
    guard FileManager.default.fileExists(atPath: list.path) else {
      throw ZoomError.source(
        path: config.assets, reason: "expected images.jsonl in it, got none; 'Scripts/fetch-data images' makes a folder"
      )
    }
    root = try InputRoot(folder)
    let bytes = try AnnotationFile.bytes(list, limit: Self.listBytes)
    var assets: [SceneAsset] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      do {
        assets.append(try JSONDecoder().decode(SceneAsset.self, from: Data(line)))
      } catch {
        throw ZoomError.source(
          path: list.relativePath,
          reason: "line \(number + 1): expected a picture with its label and licence, got \(error)")
      }
    }
    let used = assets.filter { config.split == .all || $0.split == config.split.rawValue }.sorted { $0.file < $1.file }
    backgrounds = used.filter { $0.kind == .background }
    let excluded = Set(config.excluded)
    objects = used.filter {
      ($0.kind == .cutout || $0.kind == .emoji) && !excluded.contains("\($0.kind.rawValue)/\($0.category)")
        && SceneLabel.isPlain($0.label)
    }
    let names = Set(objects.map { SceneLabel.spoken($0.label) })
    guard !backgrounds.isEmpty, names.count >= 8 else {
      throw ZoomError.source(
        path: config.assets,
        reason: "expected a background and eight things with different names in the split '\(config.split.rawValue)', "
          + "got \(backgrounds.count) and \(names.count)")
    }
    fonts = try config.fonts.map { try Font.find($0) }
  }

  /// Decodes a picture.
  ///
  /// - Throws: `ImageError` for a damaged file, ``ZoomError/source(path:reason:)`` for one that the list does not mean.
  public func image(_ asset: SceneAsset) throws -> Image {
    let bytes = try ImageFile.bytes(of: root.file(asset.file), limits: Self.limits)
    guard ContentDigest.hex(Data(bytes)) == asset.sha256 else {
      throw ZoomError.source(path: asset.file, reason: "expected the content that images.jsonl lists, got another one")
    }
    let image = try ImageFile.decode(bytes, place: asset.file, limits: Self.limits)
    guard image.size == asset.size else {
      throw ZoomError.source(
        path: asset.file, reason: "expected \(asset.width) x \(asset.height), got \(image.width) x \(image.height)")
    }
    return image
  }

  /// How many fonts there are.
  var fontCount: Int { fonts.count }

  /// Opens a font; one for each task.
  func font(_ index: Int) throws(ImageError) -> Font { try Font(contentsOf: fonts[index]) }
}

/// Labels as names in questions.
enum SceneLabel {
  /// Whether a label is one to three words of letters that no rule about questions takes for something else.
  static func isPlain(_ label: String) -> Bool {
    let words = label.split(separator: " ", omittingEmptySubsequences: false)
    return (1...3).contains(words.count) && label.count <= 28
      && words.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "-") } }
      && Dimension(question: label) == .identification && !ignored.contains { label.lowercased().hasPrefix($0 + " ") }
      && !ignored.contains(label.lowercased())
  }

  /// Letters, road signs and the like are no things.
  private static let ignored = ["letter", "sign", "digit", "flag", "keycap", "squared", "input"]

  /// The label in small letters.
  static func spoken(_ label: String) -> String { label.lowercased() }

  /// Whether two labels could mean one thing: they have a word in common.
  static func collide(_ one: String, _ two: String) -> Bool {
    !words(one).isDisjoint(with: words(two))
  }

  /// The words of a label, without a final `s`.
  static func words(_ label: String) -> Set<String> {
    Set(
      label.lowercased().split { !$0.isLetter }.map {
        $0.count > 3 && $0.hasSuffix("s") ? String($0.dropLast()) : String($0)
      }
    )
  }
}
