// The retina: exact averages, and nothing of a view beside them.
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Retina")
struct RetinaTests {
  private static func noise(_ width: Int, _ height: Int, seed: UInt64) -> Image {
    var random = TestRandom(seed: seed)
    let pixels = (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
    return Image(size: ImageSize(width: width, height: height), format: .rgb, pixels: pixels)
  }

  @Test("whole factors are plain means", arguments: [(8, 2, 3), (9, 1, 1), (16, 3, 2)])
  func means(side: Int, x: Int, y: Int) {
    let image = Self.noise(side * x, side * y, seed: 5)
    let retina = Retina(image, side: side)
    for row in 0..<side {
      for column in 0..<side {
        var sum = 0.0
        for v in 0..<y {
          for u in 0..<x { sum += Double(image.pixels[((row * y + v) * image.width + column * x + u) * 3 + 1]) }
        }
        let expected = sum / Double(x * y) / 255
        #expect(abs(Double(retina.planes[1][row * side + column]) - expected) < 1e-5)
      }
    }
  }

  @Test("the mean of a view is kept where it shrinks by an awkward factor")
  func awkward() {
    forAll(5) { random, seed in
      let width = Int.random(in: 33..<90, using: &random), height = Int.random(in: 33..<90, using: &random)
      let image = Self.noise(width, height, seed: seed)
      let retina = Retina(image, side: 32)
      let mean = image.pixels.reduce(0.0) { $0 + Double($1) } / Double(image.pixels.count) / 255
      let seen = retina.planes.joined().reduce(0.0) { $0 + Double($1) } / Double(3 * 32 * 32)
      #expect(abs(mean - seen) < 1e-4, "seed \(seed): \(width) x \(height)")
    }
  }

  @Test("small and grey views are seen too", arguments: [(1, 1), (2, 5), (7, 40)])
  func small(width: Int, height: Int) {
    let image = Image(size: ImageSize(width: width, height: height), format: .gray, color: [51])
    let retina = Retina(image, side: 32)
    #expect(retina.planes.joined().allSatisfy { abs($0 - 0.2) < 1e-5 })
  }
}
