// Scaling, turning and moving in the plane of a picture.
// Not here: pictures under such a transform (ImagePlacement.swift), text (TextRendering.swift).

import Foundation

/// The map `(x, y) -> (a x + c y + e, b x + d y + f)`; x to the right, y down, in pixels, edges between pixels.
public struct AffineTransform2D: Codable, Hashable, Sendable {
  /// The horizontal part of what the unit vector along x becomes.
  public var a: Double
  /// The vertical part of what the unit vector along x becomes.
  public var b: Double
  /// The horizontal part of what the unit vector along y becomes.
  public var c: Double
  /// The vertical part of what the unit vector along y becomes.
  public var d: Double
  /// The shift to the right.
  public var e: Double
  /// The shift down.
  public var f: Double

  /// A map from its six numbers.
  public init(a: Double, b: Double, c: Double, d: Double, e: Double, f: Double) {
    (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
  }

  /// Nothing moves.
  public static let identity = AffineTransform2D(a: 1, b: 0, c: 0, d: 1, e: 0, f: 0)

  /// A shift in pixels.
  public static func translation(x: Double, y: Double) -> AffineTransform2D {
    AffineTransform2D(a: 1, b: 0, c: 0, d: 1, e: x, f: y)
  }

  /// Scaling about the origin.
  public static func scale(x: Double, y: Double) -> AffineTransform2D {
    AffineTransform2D(a: x, b: 0, c: 0, d: y, e: 0, f: 0)
  }

  /// Turning about the origin, clockwise as seen, by an angle in radians.
  public static func rotation(radians: Double) -> AffineTransform2D {
    let (sine, cosine) = (sin(radians), cos(radians))
    return AffineTransform2D(a: cosine, b: sine, c: -sine, d: cosine, e: 0, f: 0)
  }

  /// The centre of a picture of `size` goes to (x, y), scaled by `scale` and turned clockwise by `radians`.
  public static func placement(
    of size: ImageSize, centeredAt x: Double, _ y: Double, scale: Double, radians: Double
  ) -> AffineTransform2D {
    translation(x: -Double(size.width) / 2, y: -Double(size.height) / 2)
      .then(.scale(x: scale, y: scale)).then(.rotation(radians: radians)).then(.translation(x: x, y: y))
  }

  /// This map, and `next` after it.
  public func then(_ next: AffineTransform2D) -> AffineTransform2D {
    let x = next.vector(a, b)
    let y = next.vector(c, d)
    let origin = next.point(e, f)
    return AffineTransform2D(a: x.x, b: x.y, c: y.x, d: y.y, e: origin.x, f: origin.y)
  }

  /// Where a point goes.
  public func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x + c * y + e, b * x + d * y + f) }

  /// Where a direction goes.
  public func vector(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x + c * y, b * x + d * y) }

  /// The signed area of what a unit square becomes.
  public var determinant: Double { a * d - b * c }

  /// The way back; nil where everything falls onto a line, or a number is not finite.
  public var inverse: AffineTransform2D? {
    let area = determinant
    guard area.isFinite, abs(area) > 1e-12, e.isFinite, f.isFinite else { return nil }
    return AffineTransform2D(
      a: d / area, b: -b / area, c: -c / area, d: a / area, e: (c * f - d * e) / area, f: (b * e - a * f) / area)
  }

  /// The smallest upright box around what `box` becomes.
  public func bounds(of box: BoundingBox) -> BoundingBox {
    let corners = [
      point(box.left, box.top), point(box.right, box.top), point(box.left, box.bottom), point(box.right, box.bottom),
    ]
    let xs = corners.map(\.x), ys = corners.map(\.y)
    return BoundingBox(
      left: xs.min() ?? 0, top: ys.min() ?? 0, right: xs.max() ?? 0, bottom: ys.max() ?? 0)
  }
}
