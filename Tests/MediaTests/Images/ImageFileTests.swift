// Picture files as they should be: every variant of both formats, orientation, round trips, reproducible bytes.
// Not here: damaged and hostile files (ImageFileHostileTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Picture files")
struct ImageFileTests {
  @Test("all variants of both formats decode to the reference's pixels", arguments: ["png", "jpeg"])
  func golden(name: String) throws {
    let files = try ImageFixture.files(name)
    #expect(files.count >= 17)
    for file in files {
      let info = try ImageFile.inspect(file.bytes)
      #expect(info.size == ImageSize(width: file.width, height: file.height), "\(file)")
      #expect(info.pixelFormat.channels == file.channels && info.format.rawValue == name, "\(file)")
      #expect(
        info.isInterlaced
          == (file.name.contains("interlaced") || file.name.contains("progressive")
            || (file.name.hasPrefix("png-palette") && file.name.contains("opacity"))),
        "\(file)")
      let image = try ImageFile.decode(file.bytes)
      let expected = Image(size: info.size, format: info.pixelFormat, pixels: [UInt8](file.pixels))
      #expect(image.distance(to: expected) <= file.tolerance, "\(file): \(image.distance(to: expected))")
    }
  }

  @Test("PNG keeps every sample, at every level and by every strategy", arguments: [PixelFormat.gray, .rgb, .rgba])
  func pngRoundTrip(format: PixelFormat) throws {
    let sizes = [(1, 1), (1, 7), (7, 1), (8, 8), (33, 17), (5, 301)]
    for (index, (width, height)) in sizes.enumerated() {
      var random = TestRandom(seed: UInt64(index))
      let image = Image.noise(width, height, format, &random)
      for level in [0, 1, 6, 9] {
        for strategy in PNGStrategy.allCases {
          let bytes = try ImageFile.encode(image, as: .png(level: level, strategy: strategy))
          #expect(try ImageFile.decode(bytes) == image, "\(width) x \(height), level \(level), \(strategy)")
          #expect(try ImageFile.encode(image, as: .png(level: level, strategy: strategy)) == bytes)
        }
      }
    }
  }

  @Test("levels and strategies do what they say")
  func pngSizes() throws {
    var flat = Image(size: ImageSize(width: 300, height: 200), color: [10, 200, 30])
    flat.fill(PixelRectangle(x: 50..<90, y: 20..<150), color: .red)
    let sizes = try [0, 1, 9].map { try ImageFile.encode(flat, as: .png(level: $0)).count }
    #expect(sizes[0] > 300 * 200 * 3 && sizes[1] < 3000 && sizes[2] <= sizes[1], "\(sizes)")
    let photo = Image.sample(200, 150)
    let runs = try ImageFile.encode(photo, as: .png(strategy: .runs)).count
    let matches = try ImageFile.encode(photo, as: .png(strategy: .matches)).count
    #expect(Double(runs) < 1.25 * Double(matches), "\(runs) and \(matches) bytes")
  }

  @Test("JPEG comes back close, closer at higher quality and with full chroma", arguments: [PixelFormat.gray, .rgb])
  func jpegRoundTrip(format: PixelFormat) throws {
    let image = Image.sample(67, 45, format)
    func error(_ encoding: ImageEncoding) throws -> (mean: Double, count: Int) {
      let bytes = try ImageFile.encode(image, as: encoding)
      #expect(try ImageFile.encode(image, as: encoding) == bytes)
      let copy = try ImageFile.decode(bytes)
      #expect(copy.size == image.size && copy.format == image.format)
      let sum = zip(copy.pixels, image.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      return (Double(sum) / Double(image.pixels.count), bytes.count)
    }
    let low = try error(.jpeg(quality: 30)), high = try error(.jpeg(quality: 95))
    let full = try error(.jpeg(quality: 95, fullChroma: true))
    #expect(low.mean > high.mean && low.count < high.count)
    #expect(full.mean < 3.5)
    if format == .rgb { #expect(full.mean < high.mean && full.count > high.count) }
  }

  @Test("all orientations show the same picture; a second turn undoes the first")
  func orientations() throws {
    for format in [PixelFormat.gray, .rgb, .rgba] {
      let image = Image.sample(130, 71, format)
      let inverse: [ImageOrientation: ImageOrientation] = [.right: .left, .left: .right]
      for orientation in ImageOrientation.allCases {
        let turned = image.oriented(orientation)
        #expect(turned.size == orientation.displayed(image.size))
        #expect(turned.oriented(inverse[orientation, default: orientation]) == image, "\(orientation)")
      }
      let right = image.oriented(.right)
      #expect(right.pixel(70, 0) == image.pixel(0, 0) && right.pixel(0, 129) == image.pixel(129, 70))
      #expect(image.oriented(.upMirrored).pixel(0, 3) == image.pixel(129, 3))
      #expect(image.oriented(.leftMirrored).pixel(5, 9) == image.pixel(9, 5))
    }
  }

  @Test("the chunk eXIf of a PNG turns the picture, before or after the pixels")
  func exifInPNG() throws {
    let image = Image.sample(9, 5)
    let bytes = try ImageFile.encode(image, as: .png())
    let tiff: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
    for place in [33, bytes.count - 12] {
      let turned = bytes[..<place] + HostileBytes.chunk("eXIf", tiff) + bytes[place...]
      #expect(try ImageFile.inspect(Array(turned)).orientation == .right)
      #expect(try ImageFile.decode(Array(turned)) == image.oriented(.right))
    }
  }

  @Test("opacity is kept, or laid on a colour")
  func opacity() throws {
    let image = Image(
      size: ImageSize(width: 3, height: 1), format: .rgba, pixels: [200, 0, 0, 255, 0, 200, 0, 128, 9, 9, 9, 0])
    let bytes = try ImageFile.encode(image, as: .png())
    #expect(try ImageFile.decode(bytes) == image)
    let flat = try ImageFile.decode(bytes, opacity: .flatten(.white))
    #expect(flat.format == .rgb && flat.pixels == [200, 0, 0, 127, 227, 127, 255, 255, 255])
    let error = #expect(throws: ImageError.self) { try ImageFile.encode(image, as: .jpeg()) }
    #expect(error?.description.contains("flatten") == true)
  }

  @Test("files are written as a whole and read back")
  func files() throws {
    let folder = try TestFolder()
    let image = Image.sample(31, 20)
    let file = folder.file("a.jpg")
    // The name does not count: a PNG it is.
    try ImageFile.write(image, to: file, as: .png())
    #expect(try ImageFile.read(file) == image)
    #expect(try ImageFile.inspect(file).format == .png)
    #expect(folder.names == ["a.jpg"])
    let missing = #expect(throws: ImageError.self) {
      try ImageFile.write(image, to: folder.file("no/such/a.png"), as: .png())
    }
    #expect(missing?.description.contains("No such file or directory") == true)
    try FileManager.default.createDirectory(at: folder.file("d.png/inner"), withIntermediateDirectories: true)
    let inTheWay = #expect(throws: ImageError.self) { try ImageFile.write(image, to: folder.file("d.png"), as: .png()) }
    #expect(inTheWay?.description.contains("What was there before is unchanged") == true)
    #expect(folder.names == ["a.jpg", "d.png"])
  }

  @Test("sides that JPEG cannot hold are refused")
  func longSides() {
    let long = Image(size: ImageSize(width: 65_536, height: 1), format: .gray, color: [7])
    let error = #expect(throws: ImageError.self) { try ImageFile.encode(long, as: .jpeg()) }
    #expect(error?.description.contains("JPEG") == true)
  }
}
