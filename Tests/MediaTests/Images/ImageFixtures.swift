// Pictures for tests: the golden files of Scripts/golden/images.py, and seeded ones.
// Not here: the tests.

import Foundation
import Media
import TestSupport

/// One of the files `Tests/Fixtures/Golden/images-*.json`.
enum ImageFixture {
  struct File: Decodable, CustomStringConvertible {
    let name: String
    let file, pixels: Data
    let width, height, channels, tolerance: Int

    var description: String { name }
    var bytes: [UInt8] { [UInt8](file) }
  }

  struct Source: Decodable {
    let width, height, channels: Int
    let pixels: Data

    var image: Image? {
      PixelFormat(rawValue: channels).map {
        Image(size: ImageSize(width: width, height: height), format: $0, pixels: [UInt8](pixels))
      }
    }
  }

  struct Resize: Decodable {
    let source, width, height: Int
    let region: [Double]
    let pixels: Data
  }

  struct Outline: Decodable {
    let box: [Double]
    let pixels: Data
  }

  struct Document: Decodable {
    var files: [File]?
    var sources: [Source]?
  }

  struct Cases<Case: Decodable>: Decodable { let cases: [Case] }

  static func load<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/Golden/images-\(name).json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }

  static func files(_ name: String) throws -> [File] { try load(name, as: Document.self).files ?? [] }
}

extension Image {
  /// Waves, an edge and noise; opacity, where there is one, from clear to full.
  static func sample(_ width: Int, _ height: Int, _ format: PixelFormat = .rgb, seed: UInt64 = 1) -> Image {
    var random = TestRandom(seed: seed)
    let phase = Double(seed % 17)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<format.channels {
          let wave = sin(Double(x) / 7 + phase) + cos(Double(y) / (5 + Double(channel)) + phase)
          let edge = (x + 2 * y + Int(seed)) % 97 < 40 ? 40.0 : 0
          let value = 100 + 50 * wave + edge + Double(random.next() % 16)
          pixels.append(UInt8(min(max(value, 0), 255)))
        }
      }
    }
    return Image(size: ImageSize(width: width, height: height), format: format, pixels: pixels)
  }

  /// Every sample random.
  static func noise(_ width: Int, _ height: Int, _ format: PixelFormat, _ random: inout TestRandom) -> Image {
    Image(
      size: ImageSize(width: width, height: height), format: format,
      pixels: (0..<width * height * format.channels).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }

  /// The samples of one pixel.
  func pixel(_ x: Int, _ y: Int) -> [UInt8] {
    let start = (y * width + x) * format.channels
    return Array(pixels[start..<start + format.channels])
  }

  /// The largest difference of two samples; pictures of other sizes or formats are 256 apart.
  func distance(to other: Image) -> Int {
    guard size == other.size, format == other.format else { return 256 }
    return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
