// Copies are near, other pictures are far.
// Not here: digests of bytes (LabTests).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Perceptual hashes")
struct PerceptualHashTests {
  /// A picture of soft spots, different for each seed.
  private static func scene(_ seed: UInt64) -> Image {
    var random = TestRandom(seed: seed)
    var small = Image(size: ImageSize(width: 9, height: 7), color: [128, 128, 128])
    for index in small.pixels.indices { small.pixels[index] = UInt8(truncatingIfNeeded: random.next()) }
    return small.resized(to: ImageSize(width: 160, height: 120), filter: .bicubic)
  }

  @Test("resized, compressed, brightened and grey copies stay near")
  func copies() throws {
    for seed in 0..<8 as Range<UInt64> {
      let image = Self.scene(seed)
      let hash = PerceptualHash(image)
      for (width, height) in [(80, 60), (320, 240), (100, 100), (53, 37)] {
        let copy = PerceptualHash(image.resized(to: ImageSize(width: width, height: height)))
        #expect(hash.distance(to: copy) <= 6, "seed \(seed), \(width) x \(height): \(hash.distance(to: copy))")
      }
      for quality in [30, 60, 95] {
        let copy = try ImageFile.decode(try ImageFile.encode(image, as: .jpeg(quality: quality)))
        #expect(hash.distance(to: PerceptualHash(copy)) <= 6, "seed \(seed), quality \(quality)")
      }
      var bright = image
      for index in bright.pixels.indices { bright.pixels[index] = UInt8(min(255, Int(bright.pixels[index]) + 12)) }
      #expect(hash.distance(to: PerceptualHash(bright)) <= 6, "seed \(seed)")
      #expect(hash.distance(to: PerceptualHash(image.converted(to: .gray))) <= 2, "seed \(seed)")
      #expect(hash.distance(to: PerceptualHash(image.converted(to: .rgba))) == 0, "seed \(seed)")
    }
  }

  @Test("other pictures differ in about half of the bits")
  func others() {
    let hashes = (0..<20 as Range<UInt64>).map { PerceptualHash(Self.scene($0)) }
    var distances: [Int] = []
    for (index, hash) in hashes.enumerated() {
      #expect(hash.bits.nonzeroBitCount == 32)
      for other in hashes[..<index] { distances.append(hash.distance(to: other)) }
    }
    #expect(distances.allSatisfy { $0 > 12 }, "\(distances.min() ?? 0)")
    let mean = Double(distances.reduce(0, +)) / Double(distances.count)
    #expect(abs(mean - 32) < 3, "\(mean)")
  }

  @Test("distances and texts")
  func values() {
    let flat = PerceptualHash(Image(size: ImageSize(width: 5, height: 900), color: [9, 9, 9]))
    #expect(flat.bits == 0 && flat.description == "0000000000000000")
    #expect(PerceptualHash(bits: .max).distance(to: flat) == 64)
    #expect(PerceptualHash(bits: 0b1011).distance(to: PerceptualHash(bits: 0b0001)) == 2)
    #expect(PerceptualHash(bits: 0xAB).description == "00000000000000ab")
    #expect(PerceptualHash(Image(size: ImageSize(width: 1, height: 1), format: .gray, color: [3])).bits == 0)
  }
}
