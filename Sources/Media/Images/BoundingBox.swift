// Boxes in pictures, and the coordinate spaces in which people and models write them.
// Not here: which boxes are kept (ZoomDistill's regions), drawing them (ImageDrawing.swift).

/// An axis-aligned box in pixels of a picture: x to the right, y down, edges between pixels.
///
/// A box that covers exactly the pixel in column 3, row 5 is `(3, 5, 4, 6)`.
public struct BoundingBox: Codable, Hashable, Sendable {
  /// Left edge.
  public var left: Double
  /// Upper edge.
  public var top: Double
  /// Right edge, not below ``left`` in a sensible box.
  public var right: Double
  /// Lower edge, not below ``top`` in a sensible box.
  public var bottom: Double

  /// A box from its edges.
  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Width in pixels; negative when the edges are in the wrong order.
  public var width: Double { right - left }
  /// Height in pixels; negative when the edges are in the wrong order.
  public var height: Double { bottom - top }
  /// Area in square pixels; 0 when a side is not positive.
  public var area: Double { max(0, width) * max(0, height) }

  /// The common part, with sides of 0 where there is none.
  public func intersection(_ other: BoundingBox) -> BoundingBox {
    let left = max(left, other.left)
    let top = max(top, other.top)
    return BoundingBox(
      left: left, top: top, right: max(left, min(right, other.right)), bottom: max(top, min(bottom, other.bottom)))
  }

  /// Area of the common part over the area of the union, in 0...1.
  public func intersectionOverUnion(_ other: BoundingBox) -> Double {
    let common = intersection(other).area
    let union = area + other.area - common
    return union > 0 ? common / union : 0
  }

  /// The part inside a picture.
  public func clipped(to size: ImageSize) -> BoundingBox {
    intersection(BoundingBox(left: 0, top: 0, right: Double(size.width), bottom: Double(size.height)))
  }

  /// The box grown on every side by `fraction` of its own width and height.
  public func expanded(by fraction: Double) -> BoundingBox {
    BoundingBox(
      left: left - fraction * width, top: top - fraction * height, right: right + fraction * width,
      bottom: bottom + fraction * height)
  }

  /// The box with every edge multiplied, for a picture that was resized by these factors.
  public func scaled(x: Double, y: Double) -> BoundingBox {
    BoundingBox(left: left * x, top: top * y, right: right * x, bottom: bottom * y)
  }
}

/// The unit in which a box is written down.
public enum CoordinateSpace: Codable, Hashable, Sendable {
  /// Pixels of the picture.
  case pixels
  /// 0...1 of width and height.
  case unit
  /// 0...1000 of width and height, as current vision-language models write boxes.
  case perMille
  /// Cells of a grid of patches over the picture.
  case patches(columns: Int, rows: Int)

  /// Factors from pixels of a picture of `size` to this space.
  private func factors(_ size: ImageSize) -> (x: Double, y: Double) {
    let width = Double(size.width)
    let height = Double(size.height)
    return switch self {
    case .pixels: (1, 1)
    case .unit: (1 / width, 1 / height)
    case .perMille: (1000 / width, 1000 / height)
    case .patches(let columns, let rows): (Double(columns) / width, Double(rows) / height)
    }
  }

  /// A box in pixels, written in this space.
  public func express(_ box: BoundingBox, in size: ImageSize) -> BoundingBox {
    let factors = factors(size)
    return box.scaled(x: factors.x, y: factors.y)
  }

  /// A box written in this space, in pixels.
  public func pixels(_ box: BoundingBox, in size: ImageSize) -> BoundingBox {
    let factors = factors(size)
    return box.scaled(x: 1 / factors.x, y: 1 / factors.y)
  }
}
