// Cut-outs scaled and turned, and the boxes that they answer with.
// Not here: upright at their own size (ImageCompositingTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Placement")
struct ImagePlacementTests {
  private static let black = Image(size: ImageSize(width: 120, height: 90), format: .gray, color: [0])

  @Test("a shift by whole pixels is a paste, and the box is its place")
  func shifts() {
    forAll(40) { random, seed in
      let front = Image.noise(9, 6, .rgb, &random)
      let (x, y) = (Int.random(in: -12...35, using: &random), Int.random(in: -12...35, using: &random))
      var placed = Image.sample(32, 30)
      var pasted = placed
      let box = placed.place(front, transform: .translation(x: Double(x), y: Double(y)))
      pasted.paste(front, x: x, y: y)
      #expect(placed == pasted, "seed \(seed)")
      let expected = BoundingBox(left: Double(x), top: Double(y), right: Double(x + 9), bottom: Double(y + 6))
        .clipped(to: placed.size)
      #expect(box == (expected.area > 0 ? expected : nil), "seed \(seed)")
    }
  }

  @Test("quarter turns are exact")
  func quarterTurns() {
    let front = Image.sample(20, 10)
    for (quarters, orientation) in [(1.0, ImageOrientation.right), (2, .down), (3, .left)] {
      var image = Image(size: ImageSize(width: 40, height: 40), color: [0, 0, 0])
      let box = image.place(
        front, transform: .placement(of: front.size, centeredAt: 20, 20, scale: 1, radians: quarters * .pi / 2))
      let turned = front.oriented(orientation)
      var expected = Image(size: ImageSize(width: 40, height: 40), color: [0, 0, 0])
      expected.paste(turned, x: 20 - turned.width / 2, y: 20 - turned.height / 2)
      #expect(image.distance(to: expected) <= 1, "\(quarters)")
      #expect(box?.width == Double(turned.width) && box?.height == Double(turned.height))
    }
  }

  @Test("the box is tight around what is above the threshold, for any scale and angle")
  func tightBoxes() throws {
    try forAll(40) { random, seed in
      var front = Image(size: ImageSize(width: 24, height: 16), format: .rgba, color: [255, 255, 255, 0])
      front.fill(PixelRectangle(x: 4..<20, y: 3..<9), color: .white)
      let threshold = UInt8.random(in: 0...200, using: &random)
      let transform = AffineTransform2D.placement(
        of: front.size, centeredAt: .random(in: -10...130, using: &random), .random(in: -10...100, using: &random),
        scale: .random(in: 0.3...3, using: &random), radians: .random(in: 0...7, using: &random))
      var image = Self.black
      let box = image.place(front, transform: transform, threshold: threshold)
      // White on black: the grey level is the opacity.
      let visible = (0..<image.height).flatMap { y in (0..<image.width).map { ($0, y) } }
        .filter { image.pixel($0.0, $0.1)[0] > threshold }
      guard let box else { return #expect(visible.isEmpty, "seed \(seed)") }
      try #require(!visible.isEmpty, "seed \(seed)")
      #expect(box.left == Double(visible.map(\.0).min() ?? 0), "seed \(seed)")
      #expect(box.right == Double((visible.map(\.0).max() ?? 0) + 1), "seed \(seed)")
      #expect(box.top == Double(visible.map(\.1).min() ?? 0), "seed \(seed)")
      #expect(box.bottom == Double((visible.map(\.1).max() ?? 0) + 1), "seed \(seed)")
    }
  }

  @Test("area and place are those of the transform")
  func area() {
    let front = Image(size: ImageSize(width: 30, height: 20), format: .gray, color: [255])
    for scale in [0.25, 0.6, 1, 1.7] {
      for angle in [0, 0.4, 1.1, 2.5] {
        var image = Self.black
        image.place(front, transform: .placement(of: front.size, centeredAt: 60, 45, scale: scale, radians: angle))
        var sum = 0.0, sumX = 0.0, sumY = 0.0
        for y in 0..<image.height {
          for x in 0..<image.width {
            let weight = Double(image.pixel(x, y)[0]) / 255
            sum += weight
            sumX += weight * (Double(x) + 0.5)
            sumY += weight * (Double(y) + 0.5)
          }
        }
        let expected = 600 * scale * scale
        #expect(abs(sum - expected) < 0.06 * expected, "scale \(scale), angle \(angle): \(sum) of \(expected)")
        #expect(abs(sumX / sum - 60) < 0.15 && abs(sumY / sum - 45) < 0.15, "scale \(scale), angle \(angle)")
      }
    }
  }

  @Test("a fine pattern shrinks to its mean")
  func antialiasing() {
    var stripes = Image(size: ImageSize(width: 64, height: 64), format: .gray, color: [0])
    for x in stride(from: 0, to: 64, by: 2) { stripes.fill(PixelRectangle(x: x..<x + 1, y: 0..<64), color: .white) }
    var image = Self.black
    image.place(stripes, transform: .placement(of: stripes.size, centeredAt: 60, 45, scale: 0.25, radians: 0.3))
    #expect((116...140).contains(Int(image.pixel(60, 45)[0])) && (116...140).contains(Int(image.pixel(57, 43)[0])))
  }

  @Test("transforms compose, invert and bound")
  func transforms() throws {
    let turn = AffineTransform2D.rotation(radians: .pi / 2)
    let point = turn.point(1, 0)
    // Clockwise as seen, with y down: right becomes down.
    #expect(abs(point.x) < 1e-12 && abs(point.y - 1) < 1e-12)
    try forAll(50) { random, seed in
      let transform = AffineTransform2D.scale(
        x: .random(in: 0.2...3, using: &random), y: .random(in: -2 ... -0.3, using: &random)
      )
      .then(.rotation(radians: .random(in: 0...7, using: &random)))
      .then(.translation(x: .random(in: -9...9, using: &random), y: .random(in: -9...9, using: &random)))
      let (x, y) = (Double.random(in: -5...5, using: &random), Double.random(in: -5...5, using: &random))
      let there = transform.point(x, y)
      let back = try #require(transform.inverse).point(there.x, there.y)
      #expect(abs(back.x - x) < 1e-9 && abs(back.y - y) < 1e-9, "seed \(seed)")
    }
    #expect(AffineTransform2D.scale(x: 0, y: 1).inverse == nil)
    let box = AffineTransform2D.rotation(radians: .pi).bounds(of: BoundingBox(left: 1, top: 2, right: 3, bottom: 5))
    #expect(abs(box.left + 3) < 1e-9 && abs(box.top + 5) < 1e-9 && abs(box.right + 1) < 1e-9)
  }
}
