// Small pictures of indexed colours as PNG, without a compression library.
// Not here: photographs; those need real compression.

/// Writes PNG files of at most 256 colours, uncompressed.
///
/// > Source: W3C Portable Network Graphics (third edition); RFC 1950 and 1951 for the stored blocks.
package enum PNGWriter {
  /// The file.
  ///
  /// - Parameters:
  ///   - width: pixels a row.
  ///   - pixels: palette indices, row by row.
  ///   - palette: at most 256 colours.
  /// - Precondition: whole rows; indices inside the palette.
  package static func encoded(width: Int, pixels: [UInt8], palette: [RGBColor]) -> [UInt8] {
    precondition(
      width > 0 && !pixels.isEmpty && pixels.count.isMultiple(of: width),
      "PNGWriter: expected whole rows of \(width) pixels, got \(pixels.count) pixels")
    precondition((1...256).contains(palette.count), "PNGWriter: expected 1 to 256 colours, got \(palette.count)")
    precondition(pixels.allSatisfy { $0 < palette.count }, "PNGWriter: expected indices below \(palette.count)")
    let height = pixels.count / width
    // 8 bits a pixel, colour type 3 (palette), and the only compression, filter and interlace methods.
    let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 3, 0, 0, 0]
    let colors = palette.flatMap { [byte($0.red), byte($0.green), byte($0.blue)] }
    var rows: [UInt8] = []
    rows.reserveCapacity(pixels.count + height)
    for row in 0..<height {
      rows.append(0)  // no filter
      rows += pixels[(row * width)..<((row + 1) * width)]
    }
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    return signature + chunk("IHDR", header) + chunk("PLTE", colors) + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  private static func byte(_ component: Double) -> UInt8 { UInt8((min(max(component, 0), 1) * 255).rounded()) }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(start + 65_535, bytes.count)
      let count = UInt16(end - start)
      stream.append(end == bytes.count ? 1 : 0)
      stream += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
      stream += bytes[start..<end]
      start = end
    } while start < bytes.count
    return stream + bigEndian(adler(bytes))
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return b << 16 | a
  }

  /// CRC-32 of ISO 3309, bit by bit: pictures are small.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
