// Writing pictures to bytes and to files.
// Not here: reading (ImageFile.swift), replacing files as a whole (Lab's AtomicFile).

import CImageIO
public import Foundation
import Lab

/// How zlib looks for what repeats in a PNG.
public enum PNGStrategy: String, Codable, CaseIterable, Hashable, Sendable {
  /// Matches at any distance: small files of drawings, text and flat colours; slow on photographs.
  case matches
  /// Runs of equal bytes only: photographs come out about as small and several times faster.
  case runs

  /// zlib's number of it, and the row filters among which libpng chooses, in libpng's bits.
  var parameters: (strategy: Int32, filters: Int32) {
    switch self {
    case .matches: (1, 0xF8)
    case .runs: (3, 0x40)
    }
  }
}

/// A format with its settings. Equal pictures and settings give equal bytes.
public enum ImageEncoding: Codable, Hashable, Sendable {
  /// Lossless; `level` is zlib's, 0 (stored) to 9 (smallest).
  case png(level: Int = 6, strategy: PNGStrategy = .matches)
  /// Lossy; `quality` is libjpeg's, 1 to 100, and `fullChroma` keeps colour at full resolution (4:4:4, not 4:2:0).
  case jpeg(quality: Int = 90, fullChroma: Bool = false)

  /// The format without settings.
  public var format: ImageFileFormat {
    switch self {
    case .png: .png
    case .jpeg: .jpeg
    }
  }
}

extension ImageFile {
  /// The bytes of a file.
  ///
  /// - Throws: ``ImageError/cannotEncode(format:reason:)`` for opacity in a JPEG and for sides that a format cannot hold.
  /// - Precondition: `level` is in 0...9, `quality` in 1...100.
  public static func encode(_ image: Image, as encoding: ImageEncoding) throws(ImageError) -> [UInt8] {
    switch encoding {
    case .png(let level, let strategy):
      precondition((0...9).contains(level), "ImageFile.encode: PNG level in 0...9, got \(level)")
      let (number, filters) = strategy.parameters
      return try ImageCodec.png(
        image, imageio_png_options(level: Int32(level), strategy: number, filters: level == 0 ? 0x08 : filters))
    case .jpeg(let quality, let fullChroma):
      precondition((1...100).contains(quality), "ImageFile.encode: JPEG quality in 1...100, got \(quality)")
      guard image.format != .rgba else {
        throw .cannotEncode(
          format: .jpeg, reason: "it has no opacity. Hint: flatten the picture on a color, or write a PNG")
      }
      return try ImageCodec.jpeg(
        image, imageio_jpeg_options(quality: Int32(quality), full_chroma: fullChroma ? 1 : 0, optimize: 0))
    }
  }

  /// Writes a file as a whole: after an error the file at `url` is what it was before.
  ///
  /// - Throws: ``ImageError/cannotEncode(format:reason:)``, ``ImageError/cannotWrite(path:reason:)``.
  /// - Precondition: as for ``encode(_:as:)``.
  public static func write(_ image: Image, to url: URL, as encoding: ImageEncoding) throws(ImageError) {
    try write(try encode(image, as: encoding), to: url)
  }

  /// Writes the bytes of a file as a whole; see ``write(_:to:as:)``.
  ///
  /// - Throws: ``ImageError/cannotWrite(path:reason:)``.
  public static func write(_ bytes: [UInt8], to url: URL) throws(ImageError) {
    do {
      try AtomicFile.write(Data(bytes), to: url)
    } catch {
      throw .cannotWrite(path: url.path, reason: SystemReason.text(error))
    }
  }
}
