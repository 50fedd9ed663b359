// Sums, maxima, smearing and connected parts against plain loops over pixels.
// Not here: what is found with them (SalientProposerTests.swift).

import TestSupport
import Testing
import ZoomDistill

@Suite("Planes of pixels")
struct PixelComponentsTests {
  private static func mask(_ random: inout TestRandom, share: Int) -> PixelPlane<UInt8> {
    let (width, height) = (Int.random(in: 1...23, using: &random), Int.random(in: 1...19, using: &random))
    return PixelPlane(
      width: width, height: height,
      samples: (0..<width * height).map { _ in Int.random(in: 0..<10, using: &random) < share ? 1 : 0 })
  }

  @Test("connected parts are those that flooding finds")
  func components() {
    forAll(60) { random, seed in
      let mask = Self.mask(&random, share: Int.random(in: 1...7, using: &random))
      var open = mask.samples
      var expected: [[Int]] = []
      for start in open.indices where open[start] != 0 {
        var (left, top, right, bottom, count) = (Int.max, Int.max, 0, 0, 0)
        var stack = [start]
        open[start] = 0
        while let index = stack.popLast() {
          let (x, y) = (index % mask.width, index / mask.width)
          (left, top, right, bottom, count) = (
            min(left, x), min(top, y), max(right, x + 1), max(bottom, y + 1), count + 1
          )
          for ny in max(0, y - 1)..<min(mask.height, y + 2) {
            for nx in max(0, x - 1)..<min(mask.width, x + 2) where open[ny * mask.width + nx] != 0 {
              open[ny * mask.width + nx] = 0
              stack.append(ny * mask.width + nx)
            }
          }
        }
        expected.append([left, top, right, bottom, count])
      }
      let found = PixelComponents(mask).components.map { [$0.left, $0.top, $0.right, $0.bottom, $0.count] }
      #expect(found == expected, "seed \(seed)")
    }
  }

  @Test("sums, means and maxima over windows are those of plain loops")
  func windows() {
    forAll(20) { random, seed in
      let (width, height) = (Int.random(in: 1...17, using: &random), Int.random(in: 1...21, using: &random))
      let radius = Int.random(in: 0...9, using: &random)
      let values = (0..<width * height).map { _ in Int32.random(in: -50...50, using: &random) }
      let sums = WindowSums(width: width, height: height) { values[$0] }
      let means = sums.means(radius: radius)
      let maxima = PixelPlane(width: width, height: height, samples: values.map { Float($0) })
        .windowMaxima(radius: radius)
      for y in 0..<height {
        for x in 0..<width {
          var inside: [Int] = []
          for ny in max(0, y - radius)..<min(height, y + radius + 1) {
            for nx in max(0, x - radius)..<min(width, x + radius + 1) { inside.append(Int(values[ny * width + nx])) }
          }
          let found = sums.sum(x - radius..<x + radius + 1, y - radius..<y + radius + 1)
          let total = inside.reduce(0, +)
          #expect(found.sum == total && found.count == inside.count, "seed \(seed)")
          #expect(abs(means[y * width + x] - Float(total) / Float(inside.count)) < 1e-4, "seed \(seed)")
          #expect(maxima.samples[y * width + x] == Float(inside.max() ?? 0), "seed \(seed), radius \(radius)")
        }
      }
    }
  }

  @Test("gaps up to a length are filled, longer ones and the ends are not")
  func smearing() {
    var row = PixelPlane(width: 12, height: 1, samples: [0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0] as [UInt8])
    var column = PixelPlane(width: 1, height: 12, samples: row.samples)
    row.smearRows(gap: 2)
    column.smearColumns(gap: 2)
    #expect(row.samples == [0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0] && column.samples == row.samples)
  }
}
