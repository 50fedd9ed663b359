// Parts of a picture, and whole pixels from boxes with fractions.
// Not here: parts that are resized at once (ImageResampling.swift).

/// Columns and rows of whole pixels.
public struct PixelRectangle: Hashable, Sendable {
  /// Columns.
  public let x: Range<Int>
  /// Rows.
  public let y: Range<Int>

  /// A rectangle of columns and rows.
  public init(x: Range<Int>, y: Range<Int>) {
    self.x = x
    self.y = y
  }

  /// Width and height in pixels.
  public var size: ImageSize { ImageSize(width: x.count, height: y.count) }
  /// Whether there is no pixel.
  public var isEmpty: Bool { x.isEmpty || y.isEmpty }
  /// The box around the pixels.
  public var box: BoundingBox {
    BoundingBox(
      left: Double(x.lowerBound), top: Double(y.lowerBound), right: Double(x.upperBound), bottom: Double(y.upperBound))
  }

  /// The common part, perhaps empty.
  public func intersection(_ other: PixelRectangle) -> PixelRectangle {
    PixelRectangle(x: x.clamped(to: other.x), y: y.clamped(to: other.y))
  }
}

/// How the edges of a box become edges between pixels.
public enum BoxRounding: String, Codable, CaseIterable, Hashable, Sendable {
  /// Left and top down, right and bottom up: every pixel that the box touches.
  case outward
  /// Each edge to the nearest one between pixels, halves to the even one, as Pillow crops.
  case nearest

  func lower(_ edge: Double) -> Double { self == .outward ? edge.rounded(.down) : edge.rounded(.toNearestOrEven) }
  func upper(_ edge: Double) -> Double { self == .outward ? edge.rounded(.up) : edge.rounded(.toNearestOrEven) }
}

extension BoundingBox {
  /// The pixels of the box within a picture; empty where there are none, or an edge is not a number.
  public func pixels(in size: ImageSize, rounding: BoxRounding) -> PixelRectangle {
    PixelRectangle(
      x: Self.range(rounding.lower(left), rounding.upper(right), within: size.width),
      y: Self.range(rounding.lower(top), rounding.upper(bottom), within: size.height))
  }

  /// Whole numbers from `lower` to `upper` within `0..<count`, for any doubles.
  static func range(_ lower: Double, _ upper: Double, within count: Int) -> Range<Int> {
    guard lower < upper else { return 0..<0 }
    let first = Int(min(max(lower, 0), Double(count)))
    return first..<max(first, Int(min(max(upper, 0), Double(count))))
  }
}

extension Image {
  /// All of its pixels.
  public var bounds: PixelRectangle { PixelRectangle(x: 0..<width, y: 0..<height) }

  /// A part of the picture.
  ///
  /// - Precondition: the rectangle has pixels and lies within the picture.
  public func cropped(to part: PixelRectangle) -> Image {
    precondition(
      !part.isEmpty && part.intersection(bounds) == part,
      "Image.cropped: columns \(part.x) and rows \(part.y) of a picture of \(width) x \(height)")
    let channels = format.channels
    let rowBytes = part.x.count * channels
    let result = Self.bytes(rowBytes * part.y.count) { output in
      pixels.withUnsafeBufferPointer { input in
        guard var target = output.baseAddress, let source = input.baseAddress else { return }
        for y in part.y {
          target.update(from: source + (y * width + part.x.lowerBound) * channels, count: rowBytes)
          target += rowBytes
        }
      }
    }
    return Image(size: part.size, format: format, pixels: result)
  }

  /// The part of the picture in a box, cut at the edges of the picture; nil where no pixel is left.
  public func cropped(to box: BoundingBox, rounding: BoxRounding) -> Image? {
    let part = box.pixels(in: size, rounding: rounding)
    return part.isEmpty ? nil : cropped(to: part)
  }
}
