// Picture files that are none, are cut, lie, or were made to hurt.
// Not here: files as they should be (ImageFileTests.swift).

import Foundation
import Media
import TestSupport
import Testing

/// Files put together by hand.
enum HostileBytes {
  /// A PNG chunk with its right sum.
  static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + data
    return number(UInt32(data.count)) + body + number(sum(body))
  }

  /// An IHDR chunk.
  static func header(width: UInt32, height: UInt32, depth: UInt8 = 8, color: UInt8 = 2) -> [UInt8] {
    chunk("IHDR", number(width) + number(height) + [depth, color, 0, 0, 0])
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

  /// CRC-32 bit by bit.
  private static func sum(_ bytes: [UInt8]) -> UInt32 {
    var register: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1 }
    }
    return ~register
  }
}

@Suite("Damaged picture files")
struct ImageFileHostileTests {
  private static let image = Image.sample(21, 14)

  /// A small file of each kind of decoder: PNG, interlaced and with a palette, and JPEG, baseline and progressive.
  private static func small() throws -> [(name: String, bytes: [UInt8])] {
    let wanted: Set = [
      "png-palette4-opacity", "png-rgba16-interlaced", "jpeg-gray-progressive", "jpeg-420-progressive", "jpeg-cmyk",
      "jpeg-422-restart", "jpeg-orientation6",
    ]
    let golden = try (ImageFixture.files("png") + ImageFixture.files("jpeg")).filter { wanted.contains($0.name) }
    return golden.map { ($0.name, $0.bytes) } + [
      ("png", try ImageFile.encode(image, as: .png())), ("jpeg", try ImageFile.encode(image, as: .jpeg())),
    ]
  }

  @Test("a file that was cut anywhere is an error that says so")
  func cut() throws {
    for (name, bytes) in try Self.small() {
      var truncations = 0
      for count in 0..<bytes.count {
        let error = #expect(throws: ImageError.self, "\(name), \(count) of \(bytes.count) bytes") {
          try ImageFile.decode(Array(bytes.prefix(count)))
        }
        if case .truncated = error { truncations += 1 }
      }
      #expect(Double(truncations) > 0.8 * Double(bytes.count), "\(name): \(truncations) of \(bytes.count)")
    }
  }

  @Test("flipped bits give a picture of the right size or an error, never a crash")
  func flipped() throws {
    var errors = 0
    for (name, original) in try Self.small() {
      forAll(150) { random, seed in
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        do throws(ImageError) {
          let limits = ImageLimits(maxPixels: 100_000)
          let image = try ImageFile.decode(bytes, limits: limits)
          #expect(try image.size == ImageFile.inspect(bytes).size, "\(name), seed \(seed)")
        } catch {
          errors += 1
          #expect(error.description.contains("bytes in memory"), "\(name), seed \(seed): \(error)")
        }
      }
    }
    // Sums protect PNG; in a JPEG many flips are just other pixels.
    #expect(errors > 500, "\(errors) errors")
  }

  @Test("random bytes behind a good beginning are errors")
  func noise() {
    forAll(200) { random, seed in
      let tail = (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      for head in [
        HostileBytes.signature, [0xFF, 0xD8, 0xFF], HostileBytes.signature + HostileBytes.header(width: 5, height: 5),
      ] {
        #expect(throws: ImageError.self, "seed \(seed)") { try ImageFile.decode(head + tail) }
      }
    }
  }

  @Test("sizes beyond the limits are refused by the header alone")
  func limits() throws {
    func png(_ width: UInt32, _ height: UInt32) -> [UInt8] {
      HostileBytes.signature + HostileBytes.header(width: width, height: height)
        + HostileBytes.chunk("IDAT", [UInt8](repeating: 0, count: 10)) + HostileBytes.chunk("IEND", [])
    }
    let wide = #expect(throws: ImageError.self) { try ImageFile.inspect(png(100_000, 1)) }
    #expect(wide?.description.contains("65500 pixels a side") == true)
    for (width, height) in [(60_000, 60_000), (0x7FFF_FFFF, 0x7FFF_FFFF)] as [(UInt32, UInt32)] {
      guard case .tooLarge = #expect(throws: ImageError.self, performing: { try ImageFile.decode(png(width, height)) })
      else {
        Issue.record("\(width) x \(height) is not refused as too large")
        continue
      }
    }
    // Within the limits, but no data of 10 bytes holds so many pixels.
    guard case .truncated = #expect(throws: ImageError.self, performing: { try ImageFile.decode(png(10_000, 9_000)) })
    else {
      Issue.record("a bomb of 90 megapixels went off")
      return
    }
    var jpeg = try ImageFile.encode(Self.image, as: .jpeg())
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
    let large = #expect(throws: ImageError.self) { try ImageFile.decode(jpeg) }
    #expect(large?.description.contains("got 65280 x 65280 pixels") == true)
    let bytes = try ImageFile.encode(Self.image, as: .png())
    #expect(throws: ImageError.fileTooLarge(place: "x", bytes: bytes.count, limit: 100)) {
      try ImageFile.decode(bytes, place: "x", limits: ImageLimits(maxFileBytes: 100))
    }
    #expect(try ImageFile.decode(bytes, limits: ImageLimits(maxPixels: 21 * 14, maxSide: 21)) == Self.image)
    #expect(throws: ImageError.self) { try ImageFile.decode(bytes, limits: ImageLimits(maxPixels: 21 * 14 - 1)) }
  }

  @Test("headers without a picture are damaged")
  func emptySizes() throws {
    for (width, height) in [(0, 5), (5, 0), (0, 0), (0x8000_0000, 1)] as [(UInt32, UInt32)] {
      let bytes =
        HostileBytes.signature + HostileBytes.header(width: width, height: height)
        + HostileBytes.chunk("IDAT", [1, 2, 3])
      #expect(throws: ImageError.self, "\(width) x \(height)") { try ImageFile.inspect(bytes) }
    }
    for header in [
      HostileBytes.header(width: 4, height: 4, depth: 3), HostileBytes.header(width: 4, height: 4, depth: 16, color: 3),
      HostileBytes.header(width: 4, height: 4, color: 5), HostileBytes.header(width: 4, height: 4, color: 3),
    ] {
      let bytes = HostileBytes.signature + header + HostileBytes.chunk("IDAT", [1, 2, 3])
      #expect(throws: ImageError.self) { try ImageFile.decode(bytes) }
    }
    var jpeg = try ImageFile.encode(Self.image, as: .jpeg())
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 7, with: [0, 0])
    #expect(throws: ImageError.self) { try ImageFile.decode(jpeg) }
  }

  @Test("headers that lie about height are noticed, whichever way")
  func lyingHeights() throws {
    let bytes = try ImageFile.encode(Self.image, as: .png())
    for height in [13, 15] as [UInt32] {
      let lying = HostileBytes.signature + HostileBytes.header(width: 21, height: height) + bytes[33...]
      #expect(throws: ImageError.self, "PNG of 14 rows that says \(height)") { try ImageFile.decode(Array(lying)) }
    }
    var jpeg = try ImageFile.encode(Self.image, as: .jpeg())
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 7, with: [0, 200])
    #expect(throws: ImageError.self) { try ImageFile.decode(jpeg) }
  }

  @Test("broken orientation blocks count as none, and are read without harm")
  func badOrientations() throws {
    let file = try #require(try ImageFixture.files("jpeg").first { $0.name == "jpeg-orientation6" })
    let start = try #require(file.bytes.indices.first { file.bytes[$0...].starts(with: Array("Exif".utf8)) })
    #expect(try ImageFile.inspect(file.bytes).orientation == .right)
    let block = start + 6..<start + 6 + 38
    for index in block {
      for value in [0x00, 0x7F, 0xFF] as [UInt8] {
        var bytes = file.bytes
        bytes[index] = value
        let info = try ImageFile.inspect(bytes)
        #expect(try ImageFile.decode(bytes).size == info.size)
      }
    }
    forAll(100) { random, seed in
      var bytes = file.bytes
      for index in block { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
      #expect(throws: Never.self, "seed \(seed)") { try ImageFile.inspect(bytes) }
    }
    for value in [0, 9, 255] as [UInt8] {
      var bytes = file.bytes
      let tag = try #require(bytes.indices.first { bytes[$0...].starts(with: [0x01, 0x12, 0, 3]) })
      bytes[tag + 9] = value
      #expect(try ImageFile.inspect(bytes).orientation == .up)
    }
  }

  @Test("other formats are named, with a hint")
  func otherFormats() {
    let beginnings: [(String, [UInt8])] = [
      ("GIF", Array("GIF89a".utf8)), ("WebP", Array("RIFF1234WEBPVP8 ".utf8)), ("TIFF", [0x49, 0x49, 42, 0]),
      ("TIFF", [0x4D, 0x4D, 0, 42]), ("BMP", Array("BM".utf8) + [UInt8](repeating: 0, count: 30)),
      ("AVIF", [0, 0, 0, 32] + Array("ftypavif".utf8)), ("HEIF", [0, 0, 0, 32] + Array("ftypheic".utf8)),
      ("JPEG 2000", [0, 0, 0, 12] + Array("jP  ".utf8)), ("JPEG XL", [0xFF, 0x0A]), ("PDF", Array("%PDF-1.7".utf8)),
      ("HTML", Array("<!DOCTYPE html>".utf8)), ("anymap", Array("P6\n3 3 255\n".utf8)), ("SVG", Array("<svg ".utf8)),
    ]
    for (name, bytes) in beginnings {
      let error = #expect(throws: ImageError.self) { try ImageFile.decode(bytes) }
      #expect(error?.description.contains(name) == true && error?.description.contains("convert it to PNG") == true)
    }
    let text = #expect(throws: ImageError.self) { try ImageFile.decode(Array("hello".utf8)) }
    #expect(text?.description.contains("68 65 6c 6c 6f") == true)
    #expect(throws: ImageError.empty(place: "nothing")) { try ImageFile.decode([], place: "nothing") }
  }

  @Test("what is no regular file is refused, and a pipe does not wait for ever")
  func specialFiles() throws {
    let folder = try TestFolder()
    let missing = #expect(throws: ImageError.self) { try ImageFile.read(folder.file("none.png")) }
    #expect(missing?.description.contains("No such file or directory") == true)
    try #require(mkfifo(folder.file("p.png").path, 0o600) == 0)
    for file in [folder.url, folder.file("p.png"), URL(fileURLWithPath: "/dev/zero")] {
      let error = #expect(throws: ImageError.self) { try ImageFile.read(file) }
      #expect(error?.description.contains("expected a regular file") == true)
    }
    #expect(throws: ImageError.empty(place: folder.file("e.png").path)) {
      try ImageFile.read(try folder.write([], "e.png"))
    }
    let cut = try folder.write(Array(try ImageFile.encode(Self.image, as: .png()).prefix(99)), "c.png")
    for _ in 0..<300 { #expect(throws: ImageError.self) { try ImageFile.read(cut) } }
    #expect(openDescriptors(in: folder.url) == 0)
  }

  @Test("what does not touch pixels is skipped: broken profiles, texts, unknown chunks, bytes behind the end")
  func harmless() throws {
    let bytes = try ImageFile.encode(Self.image, as: .png())
    for chunk in [
      HostileBytes.chunk("iCCP", [1, 2, 3]), HostileBytes.chunk("zTXt", [UInt8](repeating: 65, count: 90)),
      HostileBytes.chunk("gAMA", [0, 0, 0, 0]), HostileBytes.chunk("prVt", [9]), HostileBytes.chunk("eXIf", [1]),
    ] {
      #expect(try ImageFile.decode(Array(bytes[..<33] + chunk + bytes[33...])) == Self.image)
    }
    #expect(try ImageFile.decode(bytes + [1, 2, 3]) == Self.image)
    #expect(throws: ImageError.self, "an unknown chunk that matters") {
      try ImageFile.decode(Array(bytes[..<33] + HostileBytes.chunk("PrVt", [9]) + bytes[33...]))
    }
  }
}
