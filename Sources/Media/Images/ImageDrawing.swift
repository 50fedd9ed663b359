// Rectangles, box outlines and lines.
// Not here: text (TextRendering.swift), pictures over pictures (Image+Compositing.swift).

import Foundation

/// How the outline of a box is drawn.
public enum BoxOutline: Codable, Hashable, Sendable {
  /// Around the box: no pixel that the box touches is changed. The line is `fraction` of the picture's longer side wide,
  /// at least `minimum` pixels; where the picture ends before the line does, the rest of it is left out.
  case outside(fraction: Double = 0.003, minimum: Int = 2)
  /// Inward from the edges, `width` pixels wide: it hides up to all of a small box. Edges are cut to whole numbers and
  /// the right and lower ones are pixels of the outline, as in Pillow's `ImageDraw.rectangle`; a box too small for two
  /// lines is filled and nothing beyond it, where Pillow draws on outside.
  case inside(width: Int = 5)

  /// The width of the line in pixels on a picture of `size`.
  public func lineWidth(in size: ImageSize) -> Int {
    switch self {
    case .outside(let fraction, let minimum):
      max(minimum, Int((fraction * Double(max(size.width, size.height))).rounded()))
    case .inside(let width): width
    }
  }
}

extension Image {
  /// Draws the outline of a box; what lies outside the picture is left out.
  ///
  /// - Precondition: the edges are finite.
  public mutating func drawOutline(of box: BoundingBox, color: RGBColor = .red, style: BoxOutline = .outside()) {
    precondition(
      box.left.isFinite && box.top.isFinite && box.right.isFinite && box.bottom.isFinite,
      "Image.drawOutline: finite edges, got \(box)")
    let line = style.lineWidth(in: size)
    guard line > 0 else { return }
    let width = Double(line)
    switch style {
    case .outside:
      let inner = BoundingBox(
        left: box.left.rounded(.down), top: box.top.rounded(.down), right: max(box.left, box.right).rounded(.up),
        bottom: max(box.top, box.bottom).rounded(.up))
      let outer = BoundingBox(
        left: inner.left - width, top: inner.top - width, right: inner.right + width, bottom: inner.bottom + width)
      fillFrame(from: outer, to: inner, color: color)
    case .inside:
      let outer = BoundingBox(
        left: box.left.rounded(.towardZero), top: box.top.rounded(.towardZero),
        right: box.right.rounded(.towardZero) + 1, bottom: box.bottom.rounded(.towardZero) + 1)
      let inner = BoundingBox(
        left: outer.left + width, top: outer.top + width, right: outer.right - width, bottom: outer.bottom - width)
      fillFrame(from: outer, to: inner, color: color)
    }
  }

  /// Fills `outer` without `inner`, both with whole edges; an inner box without area leaves out nothing.
  private mutating func fillFrame(from outer: BoundingBox, to inner: BoundingBox, color: RGBColor) {
    guard inner.left < inner.right || inner.top < inner.bottom else {
      return fill(outer.pixels(in: size, rounding: .outward), color: color)
    }
    let middle = (
      top: max(outer.top, min(inner.top, outer.bottom)), bottom: min(outer.bottom, max(inner.top, inner.bottom))
    )
    var bands = [outer, outer, outer, outer]
    bands[0].bottom = middle.top
    bands[1].top = middle.bottom
    bands[2].top = middle.top
    bands[2].bottom = middle.bottom
    bands[2].right = min(outer.right, inner.left)
    bands[3].top = middle.top
    bands[3].bottom = middle.bottom
    bands[3].left = max(outer.left, inner.right)
    for band in bands { fill(band.pixels(in: size, rounding: .outward), color: color) }
  }

  /// Fills whole pixels with a colour of an opacity in 0...1; what lies outside the picture is left out.
  public mutating func fill(_ part: PixelRectangle, color: RGBColor, opacity: Double = 1) {
    let part = part.intersection(bounds)
    let level = UInt8((min(max(opacity, 0), 1) * 255).rounded())
    guard !part.isEmpty, level > 0 else { return }
    let (width, format) = (width, format)
    let samples = color.samples(format)
    pixels.withUnsafeMutableBufferPointer { target in
      for y in part.y {
        var index = (y * width + part.x.lowerBound) * format.channels
        for _ in part.x {
          if level == 255 {
            for channel in 0..<samples.count { target[index + channel] = samples[channel] }
          } else {
            Self.composite(color.red, color.green, color.blue, opacity: level, onto: target, at: index, format)
          }
          index += format.channels
        }
      }
    }
  }

  /// Draws a straight line with round ends and smooth edges; coordinates are edges between pixels, so that the centre
  /// of the first pixel is (0.5, 0.5).
  ///
  /// - Precondition: coordinates and width are finite, the width is positive.
  public mutating func drawLine(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), width lineWidth: Double, color: RGBColor
  ) {
    precondition(
      start.x.isFinite && start.y.isFinite && end.x.isFinite && end.y.isFinite && lineWidth.isFinite && lineWidth > 0,
      "Image.drawLine: finite coordinates and a positive width, got \(start), \(end), \(lineWidth)")
    let reach = lineWidth / 2 + 1
    let around = BoundingBox(
      left: min(start.x, end.x) - reach, top: min(start.y, end.y) - reach, right: max(start.x, end.x) + reach,
      bottom: max(start.y, end.y) + reach)
    let part = around.pixels(in: size, rounding: .outward)
    let (width, format) = (width, format)
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let squaredLength = dx * dx + dy * dy
    pixels.withUnsafeMutableBufferPointer { target in
      for y in part.y {
        for x in part.x {
          let (px, py) = (Double(x) + 0.5 - start.x, Double(y) + 0.5 - start.y)
          let along = squaredLength > 0 ? min(max((px * dx + py * dy) / squaredLength, 0), 1) : 0
          let (ex, ey) = (px - along * dx, py - along * dy)
          let coverage = min(max(lineWidth / 2 + 0.5 - (ex * ex + ey * ey).squareRoot(), 0), 1) * min(lineWidth, 1)
          let level = UInt8((coverage * 255).rounded())
          let index = (y * width + x) * format.channels
          Self.composite(color.red, color.green, color.blue, opacity: level, onto: target, at: index, format)
        }
      }
    }
  }
}
