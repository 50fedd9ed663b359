// Parts, formats, and one picture over another.
// Not here: scaled and turned (ImagePlacementTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Parts and compositions")
struct ImageCompositingTests {
  @Test("boxes become whole pixels as their rounding says")
  func rounding() {
    let size = ImageSize(width: 20, height: 10)
    func pixels(_ edges: [Double], _ rounding: BoxRounding) -> PixelRectangle {
      BoundingBox(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3]).pixels(in: size, rounding: rounding)
    }
    #expect(pixels([2.2, 3.7, 5.1, 6.5], .outward) == PixelRectangle(x: 2..<6, y: 3..<7))
    #expect(pixels([2.2, 3.7, 5.1, 6.5], .nearest) == PixelRectangle(x: 2..<5, y: 4..<6))
    #expect(pixels([2.5, 3.5, 4.5, 7.5], .nearest) == PixelRectangle(x: 2..<4, y: 4..<8))
    #expect(pixels([-5, -5, 50, 50], .outward) == PixelRectangle(x: 0..<20, y: 0..<10))
    #expect(pixels([-1e300, -1e300, 1e300, .infinity], .nearest) == PixelRectangle(x: 0..<20, y: 0..<10))
    for edges in [[5, 5, 5, 9], [9, 2, 3, 8], [30, 2, 40, 8], [.nan, 0, 5, 5], [2, 2, 5, .nan], [-9, 0, -3, 5]] {
      for rounding in BoxRounding.allCases { #expect(pixels(edges, rounding).isEmpty, "\(edges)") }
    }
  }

  @Test("a part has the picture's pixels")
  func crops() {
    for format in [PixelFormat.gray, .rgb, .rgba] {
      let image = Image.sample(23, 17, format)
      let part = image.cropped(to: PixelRectangle(x: 4..<11, y: 6..<17))
      for y in 0..<11 { for x in 0..<7 { #expect(part.pixel(x, y) == image.pixel(x + 4, y + 6)) } }
      #expect(image.cropped(to: image.bounds) == image)
      let box = BoundingBox(left: 21.5, top: -3, right: 40, bottom: 0.2)
      #expect(image.cropped(to: box, rounding: .outward)?.size == ImageSize(width: 2, height: 1))
      #expect(image.cropped(to: box, rounding: .nearest) == nil)
    }
  }

  @Test("formats keep what they can hold")
  func formats() {
    var random = TestRandom(seed: 3)
    let gray = Image.noise(13, 7, .gray, &random)
    #expect(gray.converted(to: .rgb).converted(to: .gray) == gray)
    #expect(gray.converted(to: .rgba).converted(to: .gray) == gray)
    let color = Image.noise(13, 7, .rgb, &random)
    #expect(color.converted(to: .rgba).converted(to: .rgb) == color)
    #expect(color.converted(to: .rgba).flattened(on: .red) == color)
    let luminance = color.converted(to: .gray)
    for y in 0..<7 {
      for x in 0..<13 {
        let pixel = color.pixel(x, y).map { Double($0) }
        let exact = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
        #expect(abs(Double(luminance.pixel(x, y)[0]) - exact) <= 0.51)
      }
    }
  }

  @Test("pasting is the operator over, cut at the edges")
  func pasting() {
    forAll(80) { random, seed in
      let formats = [PixelFormat.gray, .rgb, .rgba]
      let back = Image.noise(
        Int.random(in: 1...12, using: &random), Int.random(in: 1...12, using: &random),
        formats[Int.random(in: 0..<3, using: &random)], &random)
      let front = Image.noise(
        Int.random(in: 1...12, using: &random), Int.random(in: 1...12, using: &random),
        formats[Int.random(in: 0..<3, using: &random)], &random)
      let (x, y) = (Int.random(in: -14...14, using: &random), Int.random(in: -14...14, using: &random))
      var result = back
      result.paste(front, x: x, y: y)
      for row in 0..<back.height {
        for column in 0..<back.width {
          let (fx, fy) = (column - x, row - y)
          let isCovered = (0..<front.width).contains(fx) && (0..<front.height).contains(fy)
          let expected =
            isCovered ? Self.over(front, fx, fy, back, column, row) : back.pixel(column, row).map { Double($0) }
          for (a, b) in zip(result.pixel(column, row), expected) {
            #expect(abs(Double(a) - b) <= 1.01, "seed \(seed), (\(column), \(row))")
          }
        }
      }
    }
  }

  /// The operator in real numbers.
  private static func over(_ front: Image, _ fx: Int, _ fy: Int, _ back: Image, _ x: Int, _ y: Int) -> [Double] {
    let top = front.converted(to: .rgba).pixel(fx, fy).map { Double($0) / 255 }
    let bottom = back.converted(to: .rgba).pixel(x, y).map { Double($0) / 255 }
    let alpha = top[3] + bottom[3] * (1 - top[3])
    let color = (0..<3).map { alpha > 0 ? (top[$0] * top[3] + bottom[$0] * bottom[3] * (1 - top[3])) / alpha : 0 }
    switch back.format {
    case .gray: return [255 * (0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2])]
    case .rgb: return color.map { $0 * 255 }
    // Colours that nobody sees are not compared.
    case .rgba:
      return alpha < 0.02 ? back.pixel(x, y).map { Double($0) } : (color + [alpha]).map { $0 * 255 }
    }
  }
}
