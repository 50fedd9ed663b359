// A colour, and what it is in each pixel format.
// Not here: where colours are drawn (ImageDrawing.swift, TextRendering.swift).

/// A colour of 8-bit sRGB samples.
public struct RGBColor: Codable, Hashable, Sendable {
  /// Red, 0...255.
  public var red: UInt8
  /// Green, 0...255.
  public var green: UInt8
  /// Blue, 0...255.
  public var blue: UInt8

  /// A colour from its samples.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// (0, 0, 0).
  public static let black = RGBColor(red: 0, green: 0, blue: 0)
  /// (255, 255, 255).
  public static let white = RGBColor(red: 255, green: 255, blue: 255)
  /// (255, 0, 0), the colour of the boxes that models are shown.
  public static let red = RGBColor(red: 255, green: 0, blue: 0)

  /// Luminance, 0...255: `0.299 R + 0.587 G + 0.114 B`, rounded.
  ///
  /// > Source: ITU-R BT.601-7, 2.5.1.
  public var luminance: UInt8 { Self.luminance(red, green, blue) }

  /// The samples of an opaque pixel.
  public func samples(_ format: PixelFormat) -> [UInt8] {
    switch format {
    case .gray: [luminance]
    case .rgb: [red, green, blue]
    case .rgba: [red, green, blue, 255]
    }
  }

  /// Luminance in 16-bit fixed point.
  @inline(__always)
  static func luminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (19_595 * UInt32(red) + 38_470 * UInt32(green) + 7_471 * UInt32(blue) + 32_768) >> 16)
  }
}
