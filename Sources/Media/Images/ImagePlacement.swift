// A cut-out put into a picture, scaled and turned.
// Not here: upright and at its own size (Image+Compositing.swift).

import Foundation

extension Image {
  /// Puts a picture over this one under an affine map of its pixels, and answers with the box of what became visible.
  ///
  /// Samples are interpolated linearly with opacity as weight; beyond its edges the front is transparent, so that edges
  /// are smooth. Where the map shrinks, the front is first resized with the box filter, so that nothing aliases.
  ///
  /// - Parameters:
  ///   - front: with or without opacity.
  ///   - transform: from pixels of the front to pixels of this picture.
  ///   - threshold: pixels count as visible where their opacity is *above* this, 0...254.
  /// - Returns: the tight box around the visible pixels, edges between pixels; nil where there are none.
  /// - Precondition: the map has an inverse.
  @discardableResult
  public mutating func place(
    _ front: Image, transform: AffineTransform2D, threshold: UInt8 = 0
  ) -> BoundingBox? {
    let (front, transform) = Self.reduced(front.converted(to: .rgba), transform)
    guard let back = transform.inverse else {
      preconditionFailure("Image.place: a map with an inverse, got \(transform)")
    }
    // Interpolation reaches half a pixel of the front beyond its edges.
    let reach = BoundingBox(
      left: -0.5, top: -0.5, right: Double(front.width) + 0.5, bottom: Double(front.height) + 0.5)
    let part = transform.bounds(of: reach).pixels(in: size, rounding: .outward)
    var visible = TightBox()
    let (width, format) = (width, format)
    pixels.withUnsafeMutableBufferPointer { target in
      front.pixels.withUnsafeBufferPointer { source in
        for y in part.y {
          for x in part.x {
            let place = back.point(Double(x) + 0.5, Double(y) + 0.5)
            let sample = Self.sample(source, size: front.size, x: place.x - 0.5, y: place.y - 0.5)
            let opacity = UInt8(sample.w.rounded())
            guard opacity > 0 else { continue }
            if opacity > threshold { visible.add(x: x, y: y) }
            let color = sample * (1 / sample.w)
            Self.composite(
              Self.level(color.x), Self.level(color.y), Self.level(color.z), opacity: opacity, onto: target,
              at: (y * width + x) * format.channels, format)
          }
        }
      }
    }
    return visible.box
  }

  /// The front at about the size at which it is seen, where that is smaller, and the map from there.
  private static func reduced(_ front: Image, _ transform: AffineTransform2D) -> (Image, AffineTransform2D) {
    func side(_ pixels: Int, _ x: Double, _ y: Double) -> Int {
      let scale = (x * x + y * y).squareRoot()
      return scale < 1 ? max(1, Int((Double(pixels) * scale).rounded(.up))) : pixels
    }
    let size = ImageSize(
      width: side(front.width, transform.a, transform.b), height: side(front.height, transform.c, transform.d))
    guard size != front.size else { return (front, transform) }
    let stretch = AffineTransform2D.scale(
      x: Double(front.width) / Double(size.width), y: Double(front.height) / Double(size.height))
    return (front.resized(to: size, filter: .box), stretch.then(transform))
  }

  /// Colours times opacity, and opacity (0...255), between the four pixels around a point.
  @inline(__always)
  private static func sample(
    _ source: UnsafeBufferPointer<UInt8>, size: ImageSize, x: Double, y: Double
  ) -> SIMD4<Float> {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (fx, fy) = (Float(x - left), Float(y - top))
    guard left >= -1, top >= -1, left < Double(size.width), top < Double(size.height) else { return .zero }
    let (column, row) = (Int(left), Int(top))
    func pixel(_ x: Int, _ y: Int, _ weight: Float) -> SIMD4<Float> {
      guard x >= 0, y >= 0, x < size.width, y < size.height, weight > 0 else { return .zero }
      let index = (y * size.width + x) * 4
      let opacity = Float(source[index + 3])
      let color = SIMD4(Float(source[index]), Float(source[index + 1]), Float(source[index + 2]), 1)
      return color * (opacity * weight)
    }
    return pixel(column, row, (1 - fx) * (1 - fy)) + pixel(column + 1, row, fx * (1 - fy))
      + pixel(column, row + 1, (1 - fx) * fy) + pixel(column + 1, row + 1, fx * fy)
  }

  private static func level(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 255).rounded()) }
}

/// The smallest box around pixels.
struct TightBox {
  private var left = Int.max, top = Int.max, right = Int.min, bottom = Int.min

  mutating func add(x: Int, y: Int) {
    left = min(left, x)
    top = min(top, y)
    right = max(right, x + 1)
    bottom = max(bottom, y + 1)
  }

  /// Nil where no pixel was added.
  var rectangle: PixelRectangle? { left < right ? PixelRectangle(x: left..<right, y: top..<bottom) : nil }

  /// Nil where no pixel was added.
  var box: BoundingBox? { rectangle?.box }
}
