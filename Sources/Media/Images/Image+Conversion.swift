// From one pixel format to another, and opacity away.
// Not here: sizes (ImageResampling.swift), one picture over another (Image+Compositing.swift).

extension Image {
  /// The picture in another format: colours become luminance, new opacity is full, and opacity that has no place goes
  /// away *without* a background; see ``flattened(on:)`` for one.
  public func converted(to target: PixelFormat) -> Image {
    guard target != format else { return self }
    let count = size.area
    let result = Self.bytes(count * target.channels) { output in
      pixels.withUnsafeBufferPointer { input in
        switch (format, target) {
        case (.gray, _):
          Self.forEachPixel(count, 1, target.channels) { from, to in
            for channel in 0..<3 { output[to + channel] = input[from] }
            if target == .rgba { output[to + 3] = 255 }
          }
        case (_, .gray):
          Self.forEachPixel(count, format.channels, 1) { from, to in
            output[to] = RGBColor.luminance(input[from], input[from + 1], input[from + 2])
          }
        default:
          Self.forEachPixel(count, format.channels, target.channels) { from, to in
            for channel in 0..<3 { output[to + channel] = input[from + channel] }
            if target == .rgba { output[to + 3] = 255 }
          }
        }
      }
    }
    return Image(size: size, format: target, pixels: result)
  }

  /// The picture on a background of one colour, without opacity; pictures without opacity are returned as they are.
  public func flattened(on color: RGBColor = .white) -> Image {
    guard format == .rgba else { return self }
    let background = color.samples(.rgb)
    let result = Self.bytes(size.area * 3) { output in
      pixels.withUnsafeBufferPointer { input in
        Self.forEachPixel(size.area, 4, 3) { from, to in
          let opacity = UInt32(input[from + 3])
          for channel in 0..<3 {
            output[to + channel] = Self.blend(input[from + channel], over: background[channel], opacity: opacity)
          }
        }
      }
    }
    return Image(size: size, format: .rgb, pixels: result)
  }

  /// `opacity / 255` of `front` and the rest of `back`, rounded.
  @inline(__always)
  static func blend(_ front: UInt8, over back: UInt8, opacity: UInt32) -> UInt8 {
    let sum = UInt32(front) * opacity + UInt32(back) * (255 - opacity)
    return UInt8(truncatingIfNeeded: (sum + 127) / 255)
  }

  /// The positions of pixel after pixel in two interleavings.
  @inline(__always)
  private static func forEachPixel(_ count: Int, _ from: Int, _ to: Int, _ body: (_ from: Int, _ to: Int) -> Void) {
    for index in 0..<count { body(index * from, index * to) }
  }
}
