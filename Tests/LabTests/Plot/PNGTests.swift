// Pictures: a known file, byte by byte, and the parts that every reader checks.

import Foundation
import Lab
import Testing

@Suite struct PNGTests {
  private let palette = [RGBColor(red: 1, green: 0, blue: 0), RGBColor(red: 0, green: 0, blue: 1)]

  @Test func aKnownFile() {
    // Two pixels, red and blue, put together by hand with the checksums of Python's zlib.
    let expected =
      "89504e470d0a1a0a0000000d4948445200000002000000010803000000c3fc8fb800000006504c5445ff00000000ff6c"
      + "a1fd8e0000000e494441547801010300fcff000001000400020b218b710000000049454e44ae426082"
    let file = PNGWriter.encoded(width: 2, pixels: [0, 1], palette: palette)
    #expect(file.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
  }

  @Test func picturesLargerThanABlock() throws {
    // 300 × 300 bytes need two stored blocks.
    let pixels = (0..<90_000).map { UInt8($0 % 2) }
    let file = PNGWriter.encoded(width: 300, pixels: pixels, palette: palette)
    let start = try #require(file.firstRange(of: Array("IDAT".utf8))).upperBound
    #expect(Array(file[start..<(start + 7)]) == [0x78, 0x01, 0, 0xFF, 0xFF, 0, 0])
    let second = start + 2 + 5 + 65_535
    #expect(file[second] == 1)
    let count = Int(file[second + 1]) | Int(file[second + 2]) << 8
    #expect(count == 300 * 301 - 65_535)
  }
}
