// The orientation tag in the EXIF block of a JPEG or PNG file, read with bounds on every step.
// Not here: what an orientation does (ImageOrientation.swift), any other tag.

/// Finds the orientation; whatever is broken or missing counts as ``ImageOrientation/up``, as viewers have it.
enum ExifOrientation {
  /// Segments or chunks before the search ends: more than any real file has.
  private static let stepLimit = 4096
  private static let orientationTag = 0x0112
  private static let shortType = 3

  static func read(_ bytes: [UInt8], format: ImageFileFormat) -> ImageOrientation {
    let block =
      switch format {
      case .jpeg: jpegBlock(bytes)
      case .png: pngBlock(bytes)
      }
    return block.flatMap { orientation(inTIFF: BoundedBytes(bytes[$0])) } ?? .up
  }

  /// The TIFF structure within the first APP1 segment that begins with `Exif`, before the first scan.
  ///
  /// > Source: ITU-T T.81, B.1.1; CIPA DC-008, 4.7.2.
  private static func jpegBlock(_ bytes: [UInt8]) -> Range<Int>? {
    let view = BoundedBytes(bytes[...])
    var offset = 2
    for _ in 0..<stepLimit {
      guard view.byte(offset) == 0xFF, let marker = view.byte(offset + 1) else { return nil }
      switch marker {
      case 0xFF: offset += 1
      case 0x01, 0xD0...0xD7: offset += 2
      case 0xD8, 0xD9, 0xDA, 0x00: return nil
      default:
        guard let length = view.number(offset + 2, bytes: 2, isBigEndian: true), length >= 2 else { return nil }
        let end = offset + 2 + length
        guard end <= bytes.count else { return nil }
        if marker == 0xE1, length >= 8, bytes[offset + 4..<offset + 10].elementsEqual("Exif\u{0}\u{0}".utf8) {
          return offset + 10..<end
        }
        offset = end
      }
    }
    return nil
  }

  /// The content of the chunk eXIf.
  ///
  /// > Source: PNG (Third Edition), W3C 2025, 5.3 and 11.3.4.5.
  private static func pngBlock(_ bytes: [UInt8]) -> Range<Int>? {
    let view = BoundedBytes(bytes[...])
    var offset = ImageFileFormat.pngSignature.count
    for _ in 0..<stepLimit {
      guard let length = view.number(offset, bytes: 4, isBigEndian: true), length <= bytes.count - offset - 12 else {
        return nil
      }
      let start = offset + 8
      if bytes[offset + 4..<start].elementsEqual("eXIf".utf8) { return start..<start + length }
      offset = start + length + 4
    }
    return nil
  }

  /// The orientation in the first directory of a TIFF structure.
  ///
  /// > Source: TIFF 6.0, section 2.
  private static func orientation(inTIFF view: BoundedBytes) -> ImageOrientation? {
    let isBigEndian: Bool
    switch (view.byte(0), view.byte(1)) {
    case (0x49, 0x49): isBigEndian = false
    case (0x4D, 0x4D): isBigEndian = true
    default: return nil
    }
    guard view.number(2, bytes: 2, isBigEndian: isBigEndian) == 42,
      let directory = view.number(4, bytes: 4, isBigEndian: isBigEndian),
      let count = view.number(directory, bytes: 2, isBigEndian: isBigEndian)
    else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = view.number(entry, bytes: 2, isBigEndian: isBigEndian) else { return nil }
      guard tag == orientationTag else { continue }
      guard view.number(entry + 2, bytes: 2, isBigEndian: isBigEndian) == shortType,
        view.number(entry + 4, bytes: 4, isBigEndian: isBigEndian) == 1
      else { return nil }
      return view.number(entry + 8, bytes: 2, isBigEndian: isBigEndian).flatMap(ImageOrientation.init)
    }
    return nil
  }
}

/// Bytes that answer nil beyond their ends.
private struct BoundedBytes {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  func byte(_ offset: Int) -> UInt8? {
    offset >= 0 && offset < bytes.count ? bytes[bytes.startIndex + offset] : nil
  }

  /// An unsigned number of up to four bytes.
  func number(_ offset: Int, bytes count: Int, isBigEndian: Bool) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    var result = 0
    for index in 0..<count {
      let at = bytes.startIndex + offset + (isBigEndian ? index : count - 1 - index)
      result = result << 8 | Int(bytes[at])
    }
    return result
  }
}
