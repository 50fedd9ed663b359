// Box outlines that hide nothing, in any place and any coordinates; filled parts, lines.
// Not here: text (TextRenderingTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Drawing")
struct ImageDrawingTests {
  private static func box(_ edges: [Double]) -> BoundingBox {
    BoundingBox(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3])
  }

  /// Whether a box shares area with the pixel, or, where it has none, touches its inside.
  private static func touches(_ box: BoundingBox, _ x: Int, _ y: Int) -> Bool {
    box.left < Double(x + 1) && box.right > Double(x) && box.top < Double(y + 1) && box.bottom > Double(y)
  }

  @Test("an outline outside never changes a pixel that the box touches, and is whole where there is room")
  func outside() {
    forAll(300) { random, seed in
      let size = ImageSize(
        width: Int.random(in: 1...60, using: &random), height: Int.random(in: 1...60, using: &random))
      func edge(_ side: Int) -> Double {
        let value = Double.random(in: -20...Double(side) + 20, using: &random)
        return Bool.random(using: &random) ? value.rounded() : value
      }
      let (xs, ys) = ([edge(size.width), edge(size.width)].sorted(), [edge(size.height), edge(size.height)].sorted())
      let box = BoundingBox(left: xs[0], top: ys[0], right: xs[1], bottom: ys[1])
      let style = BoxOutline.outside(fraction: 0, minimum: Int.random(in: 1...6, using: &random))
      let line = Double(style.lineWidth(in: size))
      var image = Image(size: size, format: .gray, color: [0])
      image.drawOutline(of: box, color: .white, style: style)
      let inner = Self.box([xs[0].rounded(.down), ys[0].rounded(.down), xs[1].rounded(.up), ys[1].rounded(.up)])
      let outer = Self.box([inner.left - line, inner.top - line, inner.right + line, inner.bottom + line])
      for y in 0..<size.height {
        for x in 0..<size.width {
          let isLine = Self.touches(outer, x, y) && !Self.touches(inner, x, y)
          #expect(image.pixel(x, y)[0] == (isLine ? 255 : 0), "seed \(seed), (\(x), \(y)), \(box), \(style)")
          if Self.touches(box, x, y) { #expect(image.pixel(x, y)[0] == 0, "seed \(seed): (\(x), \(y)) of \(box)") }
        }
      }
    }
  }

  @Test("the same box in any coordinate space is drawn on the same pixels")
  func spaces() {
    let size = ImageSize(width: 97, height: 61)
    let spaces = [CoordinateSpace.pixels, .unit, .perMille, .patches(columns: 12, rows: 7)]
    forAll(60) { random, seed in
      let left = Int.random(in: 0..<90, using: &random), top = Int.random(in: 0..<55, using: &random)
      let part = PixelRectangle(
        x: left..<Int.random(in: left + 1...97, using: &random), y: top..<Int.random(in: top + 1...61, using: &random))
      for space in spaces {
        let box = space.pixels(space.express(part.box, in: size), in: size)
        #expect(box.pixels(in: size, rounding: .nearest) == part, "seed \(seed), \(space)")
        var image = Image(size: size, format: .gray, color: [0])
        // A round trip leaves rounding errors in the last digits; nearest edges are the exact ones.
        image.drawOutline(of: box.pixels(in: size, rounding: .nearest).box, color: .white)
        #expect(image.cropped(to: part).pixels.allSatisfy { $0 == 0 }, "seed \(seed), \(space)")
      }
    }
  }

  @Test("the line grows with the picture")
  func lineWidths() {
    let style = BoxOutline.outside()
    let widths = [(100, 50), (640, 480), (1000, 1500), (4000, 3000), (300, 10_000)].map {
      style.lineWidth(in: ImageSize(width: $0.0, height: $0.1))
    }
    #expect(widths == [2, 2, 5, 12, 30])
    #expect(BoxOutline.inside().lineWidth(in: ImageSize(width: 9000, height: 9)) == 5)
  }

  @Test("the inward outline is Pillow's")
  func inside() throws {
    for sample in try ImageFixture.load("outline", as: ImageFixture.Cases<ImageFixture.Outline>.self).cases {
      var image = Image(size: ImageSize(width: 40, height: 30), format: .gray, color: [0])
      image.drawOutline(of: Self.box(sample.box), color: .white, style: .inside())
      let bits = [UInt8](sample.pixels)
      let expected = (0..<1200).map { bits[$0 / 8] >> UInt8(7 - $0 % 8) & 1 == 1 ? UInt8(255) : 0 }
      #expect(image.pixels == expected, "\(sample.box)")
    }
  }

  @Test("boxes far outside and of any size do no harm")
  func extremes() {
    let clean = Image.sample(20, 10)
    for edges in [[1e300, 1e300, 1e301, 1e301], [-1e300, -1e300, 1e300, 1e300], [50, 50, 60, 60], [-9, 3, -5, 4]] {
      for style in [BoxOutline.outside(), .inside()] {
        var image = clean
        image.drawOutline(of: Self.box(edges), style: style)
        #expect(image == clean, "\(edges), \(style)")
      }
    }
    var whole = clean
    whole.drawOutline(of: clean.bounds.box)
    #expect(whole == clean, "no room outside the whole picture")
  }

  @Test("fills cover exactly their pixels, in every format, with their opacity")
  func fills() {
    for format in [PixelFormat.gray, .rgb, .rgba] {
      var image = Image(size: ImageSize(width: 9, height: 7), format: format, color: RGBColor.black.samples(format))
      image.fill(PixelRectangle(x: -3..<4, y: 5..<50), color: .red)
      for y in 0..<7 {
        for x in 0..<9 {
          let color = x < 4 && y >= 5 ? RGBColor.red : .black
          #expect(image.pixel(x, y) == color.samples(format))
        }
      }
    }
    var half = Image(size: ImageSize(width: 2, height: 1), color: [100, 0, 50])
    half.fill(PixelRectangle(x: 0..<1, y: 0..<1), color: .white, opacity: 0.5)
    #expect(half.pixels == [178, 128, 153, 100, 0, 50])
    let before = half
    half.fill(PixelRectangle(x: 1..<2, y: 0..<1), color: .white, opacity: 0)
    #expect(half == before)
  }

  @Test("lines have their length, width and place")
  func lines() {
    var image = Image(size: ImageSize(width: 30, height: 20), format: .gray, color: [0])
    image.drawLine(from: (5, 10), to: (25, 10), width: 4, color: .white)
    #expect(image.pixel(15, 8)[0] == 255 && image.pixel(15, 11)[0] == 255)
    #expect(image.pixel(15, 6)[0] == 0 && image.pixel(15, 13)[0] == 0 && image.pixel(1, 10)[0] == 0)
    let area = image.pixels.reduce(0.0) { $0 + Double($1) / 255 }
    // A rectangle of 20 x 4 with two half discs of radius 2.
    #expect(abs(area - (80 + 4 * .pi)) < 1, "\(area)")
    var other = Image(size: ImageSize(width: 30, height: 20), format: .gray, color: [0])
    other.drawLine(from: (25, 10), to: (5, 10), width: 4, color: .white)
    #expect(other == image)
    other.drawLine(from: (-1000, -1000), to: (-900, -1000), width: 3, color: .red)
    #expect(other == image)
  }
}
