// The C calls behind picture files, with their codes as typed errors.
// Not here: formats by their first bytes (ImageFileFormat.swift), files (ImageFile.swift).

import CImageIO

/// Headers, pixels and bytes through libpng and libjpeg.
enum ImageCodec {
  /// What deflate can expand at most, as a factor; a little above zlib's 1032.
  ///
  /// > Source: zlib, "Technical details", maximum compression factor.
  private static let largestExpansion = 1040

  /// Reads a header; the size is checked before anything is allocated for pixels.
  static func header(
    _ bytes: [UInt8], format: ImageFileFormat, limits: ImageLimits, place: String
  ) throws(ImageError) -> imageio_header {
    var header = imageio_header()
    var message = [CChar](repeating: 0, count: Int(IMAGEIO_MESSAGE))
    let code =
      switch format {
      case .png: imageio_png_header(bytes, bytes.count, &header, &message)
      case .jpeg: imageio_jpeg_header(bytes, bytes.count, &header, &message)
      }
    let size = ImageSize(width: Int(header.width), height: Int(header.height))
    try check(code, message, bytes: bytes.count, format: format, size: size, place: place)
    guard size.width > 0, size.height > 0 else {
      throw .damaged(place: place, format: format, reason: "a picture of \(size.width) x \(size.height) pixels")
    }
    try limits.check(size, place: place)
    if format == .png {
      // A header that promises what its data cannot hold would cost memory for nothing.
      let rowBytes = (size.width * Int(header.stored_channels) * Int(header.bit_depth) + 7) / 8
      guard rowBytes * size.height <= bytes.count * largestExpansion else {
        throw .truncated(place: place, format: format, bytes: bytes.count)
      }
    }
    return header
  }

  /// Decodes into samples of the header's channels.
  static func pixels(
    _ bytes: [UInt8], format: ImageFileFormat, header: imageio_header, place: String
  ) throws(ImageError) -> Image {
    let size = ImageSize(width: Int(header.width), height: Int(header.height))
    guard let pixelFormat = PixelFormat(rawValue: Int(header.channels)) else {
      throw .unsupportedVariant(place: place, format: format, reason: "\(header.channels) samples a pixel")
    }
    var header = header
    var message = [CChar](repeating: 0, count: Int(IMAGEIO_MESSAGE))
    var code = Int32(IMAGEIO_OK)
    let samples = Image.bytes(size.area * pixelFormat.channels) { buffer in
      code =
        switch format {
        case .png: imageio_png_decode(bytes, bytes.count, &header, buffer.baseAddress, &message)
        case .jpeg: imageio_jpeg_decode(bytes, bytes.count, &header, buffer.baseAddress, &message)
        }
      // A decoder that failed has not written every sample.
      if code != Int32(IMAGEIO_OK) { buffer.update(repeating: 0) }
    }
    try check(code, message, bytes: bytes.count, format: format, size: size, place: place)
    return Image(size: size, format: pixelFormat, pixels: samples)
  }

  /// Encodes as PNG.
  static func png(_ image: Image, _ options: imageio_png_options) throws(ImageError) -> [UInt8] {
    var options = options
    return try encoded(image, .png) { result, message in
      imageio_png_encode(
        image.pixels, UInt32(image.width), UInt32(image.height), Int32(image.format.channels), &options, &result,
        &message)
    }
  }

  /// Encodes as JPEG.
  static func jpeg(_ image: Image, _ options: imageio_jpeg_options) throws(ImageError) -> [UInt8] {
    var options = options
    return try encoded(image, .jpeg) { result, message in
      imageio_jpeg_encode(
        image.pixels, UInt32(image.width), UInt32(image.height), Int32(image.format.channels), &options, &result,
        &message)
    }
  }

  private static func encoded(
    _ image: Image, _ format: ImageFileFormat, _ call: (inout imageio_bytes, inout [CChar]) -> Int32
  ) throws(ImageError) -> [UInt8] {
    guard max(image.width, image.height) <= Int(Int32.max) else {
      throw .cannotEncode(format: format, reason: "sides of \(image.width) x \(image.height) pixels are too long")
    }
    var result = imageio_bytes()
    var message = [CChar](repeating: 0, count: Int(IMAGEIO_MESSAGE))
    let code = call(&result, &message)
    defer { imageio_free(&result) }
    guard Int(code) == IMAGEIO_OK else { throw .cannotEncode(format: format, reason: text(message)) }
    return Array(UnsafeBufferPointer(start: result.bytes, count: result.count))
  }

  private static func check(
    _ code: Int32, _ message: [CChar], bytes: Int, format: ImageFileFormat, size: ImageSize, place: String
  ) throws(ImageError) {
    switch Int(code) {
    case IMAGEIO_OK: return
    case IMAGEIO_TRUNCATED: throw .truncated(place: place, format: format, bytes: bytes)
    case IMAGEIO_UNSUPPORTED: throw .unsupportedVariant(place: place, format: format, reason: text(message))
    case IMAGEIO_MEMORY: throw .outOfMemory(place: place, size: size)
    default: throw .damaged(place: place, format: format, reason: text(message))
    }
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
