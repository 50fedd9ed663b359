// Dry sounds on disk: which there are, their classes, packages and splits.
// Not here: their samples (ClipLoader.swift).

public import Foundation
import Lab

/// A dry sound on disk.
public struct Clip: Equatable, Sendable {
  /// The file relative to the folder.
  public var file: String
  /// The class.
  public var className: String
  /// Where it was published, or the class's folder where nothing is known.
  public var package: String
  /// The split it belongs to.
  public var split: DatasetSplit

  package init(file: String, className: String, package: String, split: DatasetSplit) {
    self.file = file
    self.className = className
    self.package = package
    self.split = split
  }
}

/// A part of a dataset.
public enum DatasetSplit: String, Codable, CaseIterable, Sendable {
  /// For training.
  case train
  /// For choices made while training.
  case validation
  /// For the figures that are reported.
  case test

  /// The split of a name: 80, 10 and 10 of 100 names, by a hash.
  package static func of(_ name: String) -> DatasetSplit {
    let value = StableHash.hex(name).utf8.suffix(8).reduce(UInt64(0)) { ($0 &* 31) &+ UInt64($1) } % 10
    return value < 8 ? .train : value == 8 ? .validation : .test
  }
}

/// All clips of a folder.
public struct ClipLibrary: Equatable, Sendable {
  /// The folder.
  public let folder: URL
  /// Class names in the order of their numbers.
  public let classes: [String]
  /// The clips, by class and file name.
  public let clips: [Clip]

  /// Lists a folder: by its `clips.jsonl` if it has one, else by its subfolders, each of which is a class.
  ///
  /// - Throws: ``SceneError`` if there is no folder, no clip, a damaged list, or a class without clips.
  public init(_ config: ClipsConfig) throws(SceneError) {
    folder = URL(fileURLWithPath: config.folder, isDirectory: true)
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw .clips(
        folder: config.folder,
        problem: "expected a folder with <class>/<clip>, got nothing there. Hint: `make data ARGS=clips` fetches real "
          + "clips into Data/cache/clips; clips.folder names another folder.")
    }
    let list = folder.appending(path: "clips.jsonl")
    var found =
      FileManager.default.fileExists(atPath: list.path)
      ? try Self.listed(in: list, config) : try Self.scanned(folder, config)
    if config.split == .package {
      for index in found.indices { found[index].split = .of(found[index].package) }
    }
    let names = Set(found.map(\.className))
    for name in config.classes where !names.contains(name) {
      throw .clips(
        folder: config.folder,
        problem: "clips.classes: expected one of \(names.sorted().joined(separator: ", ")), got '\(name)'")
    }
    classes = config.classes.isEmpty ? names.sorted() : config.classes
    let used = Set(classes)
    clips = found.filter { used.contains($0.className) }.sorted { ($0.className, $0.file) < ($1.className, $1.file) }
    guard !clips.isEmpty else {
      throw .clips(folder: config.folder, problem: "expected sound files in class folders, got none")
    }
  }

  /// The clips of a class that a split may use; all of them with `split: none`.
  public func clips(of className: String, split: DatasetSplit, rule: ClipSplit) -> [Clip] {
    clips.filter { $0.className == className && (rule == .none || $0.split == split) }
  }

  private struct Line: Decodable {
    var file: String
    var `class`: String
    var package: String?
    var split: String?
  }

  private static func listed(in list: URL, _ config: ClipsConfig) throws(SceneError) -> [Clip] {
    let text: String
    do {
      text = try String(contentsOf: list, encoding: .utf8)
    } catch {
      throw .clips(folder: config.folder, problem: "clips.jsonl cannot be read: \(error.localizedDescription)")
    }
    var clips: [Clip] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      let entry: Line
      do {
        entry = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      } catch {
        throw .clips(
          folder: config.folder,
          problem: "clips.jsonl:\(number + 1): expected an object with file and class, got '\(line.prefix(60))'")
      }
      let split = entry.split.map { DatasetSplit(rawValue: $0) } ?? .of(entry.file)
      guard let split, !entry.file.hasPrefix("/"), !entry.file.split(separator: "/").contains("..") else {
        throw .clips(
          folder: config.folder,
          problem: "clips.jsonl:\(number + 1): expected a path below the folder and a split of train, validation or "
            + "test, got '\(entry.file)', '\(entry.split ?? "")'")
      }
      clips.append(
        Clip(file: entry.file, className: entry.class, package: entry.package ?? entry.class, split: split))
    }
    return clips
  }

  private static let extensions: Set<String> = ["wav", "flac", "ogg", "oga", "aif", "aiff", "au", "w64", "caf", "mp3"]

  private static func scanned(_ folder: URL, _ config: ClipsConfig) throws(SceneError) -> [Clip] {
    guard
      let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    else { throw .clips(folder: config.folder, problem: "cannot be listed") }
    let root = folder.standardizedFileURL.pathComponents.count
    var clips: [Clip] = []
    for case let url as URL in walker where extensions.contains(url.pathExtension.lowercased()) {
      let parts = url.standardizedFileURL.pathComponents.dropFirst(root)
      guard parts.count >= 2, let className = parts.first else { continue }
      let file = parts.joined(separator: "/")
      let name = url.deletingPathExtension().lastPathComponent
      let package = name.range(of: "__").map { String(name[..<$0.lowerBound]) } ?? className
      clips.append(Clip(file: file, className: className, package: package, split: .of(file)))
    }
    return clips
  }
}
