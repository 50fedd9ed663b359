// The fixed retina of an embedded teacher: every view is averaged down to the same few pixels before anything else.
// Not here: reading (SignReader.swift), decoding of files.

import Foundation
package import Media
import Tensor

/// A view as a teacher sees it: `side × side` pixels whatever the view was.
package struct Retina: Sendable {
  /// Pixels along each side.
  package let side: Int
  /// Width and height of the view before.
  package let source: ImageSize
  /// Red, green and blue in 0...1, each `side × side`, row-major.
  package let planes: [[Float]]
  /// Luminance in 0...1, `side × side`, row-major.
  let luma: [Float]
  /// A fingerprint of the pixels: all that a reader's randomness knows of the picture.
  package let fingerprint: UInt64

  /// The view of a picture.
  ///
  /// - Precondition: `side ≥ 8`.
  package init(_ image: Image, side: Int) {
    self.init(image, columns: 0..<image.width, rows: 0..<image.height, side: side)
  }

  /// The view of a part of a picture.
  ///
  /// - Precondition: `side ≥ 8`; the part is not empty and inside the picture.
  init(_ image: Image, columns: Range<Int>, rows: Range<Int>, side: Int) {
    precondition(side >= 8, "Retina: expected a side of 8 or more, got \(side)")
    self.side = side
    source = ImageSize(width: columns.count, height: rows.count)
    planes = Self.planes(image, columns, rows, side: side)
    let (red, green, blue) = (planes[0], planes[1], planes[2])
    luma = red.indices.map { 0.299 * red[$0] + 0.587 * green[$0] + 0.114 * blue[$0] }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for plane in planes {
      for value in plane { hash = (hash ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01B3 }
    }
    fingerprint = hash
  }

  /// Pixels of the retina for a pixel of the view.
  package var scale: (x: Double, y: Double) {
    (Double(side) / Double(source.width), Double(side) / Double(source.height))
  }

  /// The whole view as a box on the retina.
  package var bounds: BoundingBox { BoundingBox(left: 0, top: 0, right: Double(side), bottom: Double(side)) }

  /// Weights of samples that one pixel of the retina is made of.
  private struct Span {
    var first: Int
    var weights: [Float]
  }

  /// Averages where the view is larger than the retina, linear interpolation where it is smaller.
  private static func spans(from count: Int, to side: Int) -> [Span] {
    let ratio = Double(count) / Double(side)
    return (0..<side).map { index in
      if ratio >= 1 {
        let lower = Double(index) * ratio, upper = min(Double(count), Double(index + 1) * ratio)
        let first = Int(lower), last = max(first, min(count - 1, Int(upper.rounded(.up)) - 1))
        let weights = (first...last).map { pixel in
          Float((min(upper, Double(pixel + 1)) - max(lower, Double(pixel))) / (upper - lower))
        }
        return Span(first: first, weights: weights)
      }
      let center = min(max((Double(index) + 0.5) * ratio - 0.5, 0), Double(count - 1))
      let first = min(Int(center), max(0, count - 2))
      let share = Float(center - Double(first))
      return Span(first: first, weights: count == 1 ? [1] : [1 - share, share])
    }
  }

  private static func planes(_ image: Image, _ part: Range<Int>, _ lines: Range<Int>, side: Int) -> [[Float]] {
    let columns = spans(from: part.count, to: side), rows = spans(from: lines.count, to: side)
    let channels = image.format.channels
    let (green, blue) = channels >= 3 ? (1, 2) : (0, 0)
    // Lines first: a line of the view becomes a line of the retina's width.
    var narrow = [SIMD4<Float>](repeating: .zero, count: side * lines.count)
    image.pixels.withUnsafeBufferPointer { pixels in
      for (row, line) in lines.enumerated() {
        for (column, span) in columns.enumerated() {
          var sum = SIMD4<Float>.zero
          var index = (line * image.width + part.lowerBound + span.first) * channels
          for weight in span.weights {
            sum += SIMD4(Float(pixels[index]), Float(pixels[index + green]), Float(pixels[index + blue]), 0) * weight
            index += channels
          }
          narrow[row * side + column] = sum
        }
      }
    }
    var planes = [[Float]](repeating: [Float](repeating: 0, count: side * side), count: 3)
    for (row, span) in rows.enumerated() {
      for column in 0..<side {
        var sum = SIMD4<Float>.zero
        for (step, weight) in span.weights.enumerated() { sum += narrow[(span.first + step) * side + column] * weight }
        for channel in 0..<3 { planes[channel][row * side + column] = sum[channel] / 255 }
      }
    }
    return planes
  }

  /// What is read from: luminance or colours, with noise on every pixel.
  ///
  /// - Parameter noise: where the noise comes from; nil for none.
  func signal(inColor: Bool, noise: (source: RandomSource, deviation: Float)?) -> RetinaSignal {
    var planes = inColor ? planes : [luma]
    if let noise, noise.deviation > 0 {
      for channel in planes.indices {
        let numbers = noise.source.split(channel).normals(side * side)
        for index in numbers.indices { planes[channel][index] += noise.deviation * numbers[index] }
      }
    }
    return RetinaSignal(side: side, planes: planes)
  }
}

/// Samples of a retina between its pixels.
struct RetinaSignal: Sendable {
  let side: Int
  let planes: [[Float]]

  /// Every two by two samples averaged; a last odd row and column are left out.
  func halved() -> RetinaSignal {
    let half = side / 2
    return RetinaSignal(
      side: half,
      planes: planes.map { plane in
        (0..<half * half).map { index in
          let (row, column) = index.quotientAndRemainder(dividingBy: half)
          let start = 2 * row * side + 2 * column
          return (plane[start] + plane[start + 1] + plane[start + side] + plane[start + side + 1]) / 4
        }
      })
  }

  /// A grid of bilinear samples over a square given in retina pixels: `channels × count × count`.
  ///
  /// - Parameters:
  ///   - box: what the unit square of the grid's coordinates covers.
  ///   - grid: the samples' coordinates along each side.
  func patch(_ box: BoundingBox, grid: PatchGrid) -> [Float] {
    let columns = Self.taps(grid.coordinates.map { box.left + $0 * box.width - 0.5 }, limit: side)
    let rows = Self.taps(grid.coordinates.map { box.top + $0 * box.height - 0.5 }, limit: side)
    let count = grid.count
    return [Float](unsafeUninitializedCapacity: planes.count * count * count) { target, filled in
      var output = 0
      for plane in planes {
        plane.withUnsafeBufferPointer { pixels in
          for row in rows {
            let upper = row.index * side, lower = upper + side
            for column in columns {
              let top =
                pixels[upper + column.index] * (1 - column.share) + pixels[upper + column.index + 1] * column.share
              let bottom =
                pixels[lower + column.index] * (1 - column.share) + pixels[lower + column.index + 1] * column.share
              target[output] = top + (bottom - top) * row.share
              output += 1
            }
          }
        }
      }
      filled = output
    }
  }

  private static func taps(_ places: [Double], limit: Int) -> [(index: Int, share: Float)] {
    places.map { place in
      let clamped = min(max(place, 0), Double(limit - 1))
      let index = min(Int(clamped), limit - 2)
      return (index, Float(clamped - Double(index)))
    }
  }
}

/// Where a patch is sampled: `count` coordinates along each side of a unit square and its margin.
struct PatchGrid: Hashable, Sendable {
  let count: Int
  let margin: Double
  let coordinates: [Double]

  init(count: Int, margin: Double) {
    self.count = count
    self.margin = margin
    coordinates = (0..<count).map { (Double($0) + 0.5) / Double(count) * (1 + 2 * margin) - margin }
  }

  /// Around a detail.
  static let detail = PatchGrid(count: 16, margin: 0.12)
  /// Around a sign.
  static let frame = PatchGrid(count: 16, margin: 0.08)
}
