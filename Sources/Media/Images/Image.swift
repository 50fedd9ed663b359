// The picture type of the project: 8-bit samples, rows from the top, channels interleaved.
// Not here: files (ImageFile.swift), sizes (ImageResampling.swift), drawing (ImageDrawing.swift).

/// Width and height in pixels.
public struct ImageSize: Codable, Hashable, Sendable {
  /// Pixels in a row.
  public var width: Int
  /// Rows.
  public var height: Int

  /// A size in pixels.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Pixels in all.
  public var area: Int { width * height }
}

/// What the samples of a pixel mean.
public enum PixelFormat: Int, Codable, Hashable, Sendable {
  /// One sample of luminance.
  case gray = 1
  /// Red, green, blue; sRGB, as files carry it.
  case rgb = 3
  /// Red, green, blue and straight (not premultiplied) opacity.
  case rgba = 4

  /// Samples a pixel.
  public var channels: Int { rawValue }
}

/// A picture of `height × width × channels` 8-bit samples, row-major from the top left, channels interleaved.
public struct Image: Hashable, Sendable {
  /// Width and height in pixels, both at least 1.
  public let size: ImageSize
  /// What the samples of a pixel mean.
  public let format: PixelFormat
  /// The samples: `(y * width + x) * channels + channel`.
  public var pixels: [UInt8]

  /// Pixels in a row.
  public var width: Int { size.width }
  /// Rows.
  public var height: Int { size.height }

  /// A picture over existing samples.
  ///
  /// - Precondition: the sides are positive and `pixels` has `height × width × channels` samples.
  public init(size: ImageSize, format: PixelFormat, pixels: [UInt8]) {
    precondition(size.width > 0 && size.height > 0, "Image: sides must be positive, got \(size.width) x \(size.height)")
    precondition(
      pixels.count == size.area * format.channels,
      "Image: \(size.width) x \(size.height) x \(format.channels) needs \(size.area * format.channels) samples, "
        + "got \(pixels.count)")
    self.size = size
    self.format = format
    self.pixels = pixels
  }

  /// A picture of one colour; `color` has one sample for each channel.
  ///
  /// - Precondition: the sides are positive and `color` fits `format`.
  public init(size: ImageSize, format: PixelFormat = .rgb, color: [UInt8]) {
    precondition(color.count == format.channels, "Image: a color of \(format.channels) samples, got \(color.count)")
    var pixels = [UInt8](repeating: 0, count: size.area * format.channels)
    for index in pixels.indices { pixels[index] = color[index % color.count] }
    self.init(size: size, format: format, pixels: pixels)
  }
}
