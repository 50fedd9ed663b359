// Which pictures a source has: the files of a folder, or the lines of a list.
// Not here: looking at them (Gathering.swift).
package import Foundation
import Media
import Tensor

/// The pictures of a source.
package struct ImageListing {
  package let config: ImagesConfig
  package let seed: UInt64
  package let input: InputRoot

  package init(config: ImagesConfig, seed: UInt64, input: InputRoot) {
    self.config = config
    self.seed = seed
    self.input = input
  }

  /// The folder that the paths of a source start from.
  package static func root(of source: ImageSource, folder: BuildFolder) -> URL {
    switch source {
    case .signs: folder.scenes.appending(path: "images")
    case .folder(let path, _, _): URL(fileURLWithPath: path)
    case .list(let path): URL(fileURLWithPath: path).deletingLastPathComponent()
    }
  }

  /// All pictures by path, or as many as the limit allows, drawn by the seed.
  ///
  /// - Throws: ``ZoomError/source(path:reason:)`` for a list that cannot be read, naming its line.
  package func pictures() throws(ZoomError) -> [SourcePicture] {
    let all: [SourcePicture]
    switch config.source {
    case .signs:
      all = input.pictures().map {
        SourcePicture(path: $0, licence: "CC0-1.0", origin: "sign world", boxes: [])
      }
    case .folder(_, let licence, let origin):
      all = input.pictures().map { SourcePicture(path: $0, licence: licence, origin: origin, boxes: []) }
    case .list(let path): all = try list(path)
    }
    let sorted = all.sorted { $0.path < $1.path }
    guard config.limit > 0, sorted.count > config.limit else { return sorted }
    let keyed = sorted.map { picture -> (UInt64, SourcePicture) in
      var random = RandomSource(seed: seed).split("limit").split(picture.path)
      return (random.next(), picture)
    }
    return keyed.sorted { $0.0 < $1.0 }.prefix(config.limit).map(\.1).sorted { $0.path < $1.path }
  }

  private struct Line: Decodable {
    let path: String
    let licence: String?
    let origin: String?
    let boxes: [Box]?

    struct Box: Decodable {
      let name: String
      /// x1, y1, x2, y2 in pixels.
      let box: [Double]
    }
  }

  private func list(_ path: String) throws(ZoomError) -> [SourcePicture] {
    let text: String
    guard let data = FileManager.default.contents(atPath: path), let read = String(data: data, encoding: .utf8) else {
      throw .source(path: path, reason: "expected a text file")
    }
    text = read
    var pictures: [SourcePicture] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty
    {
      let place = "line \(number + 1)"
      guard let entry = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
        throw .source(path: path, reason: "\(place): expected an object with 'path', got something else")
      }
      let boxes = entry.boxes ?? []
      guard boxes.allSatisfy({ $0.box.count == 4 && $0.box.allSatisfy(\.isFinite) }) else {
        throw .source(path: path, reason: "\(place): expected boxes of four numbers")
      }
      pictures.append(
        SourcePicture(
          path: entry.path, licence: entry.licence ?? "unknown", origin: entry.origin ?? "",
          boxes: boxes.map {
            GivenBox(
              name: $0.name, box: BoundingBox(left: $0.box[0], top: $0.box[1], right: $0.box[2], bottom: $0.box[3]))
          }))
    }
    return pictures
  }
}
