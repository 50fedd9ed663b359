// The second reader's features: histograms of gradients and cell means, compared with remembered examples.
// Not here: the first reader's templates (SignTemplates.swift), where patches are taken (SignReader.swift).

import Foundation
import Synchronization

/// Examples of details as features.
final class GradientMemory: Sendable {
  private let templates: SignTemplates
  private let examples = Mutex<[Key: Examples]>([:])

  private struct Key: Hashable {
    var dimension: Dimension?
    var frame: SignFrame
    var level: Int
  }

  private struct Examples: Sendable {
    var labels: [Int] = []
    var features: [[Float]] = []
  }

  init(_ templates: SignTemplates) { self.templates = templates }

  /// The nearest example's label, and the mean squared distance of the nearest examples of that label.
  func nearest(
    _ patch: [Float], _ dimension: Dimension?, _ frame: SignFrame, side: Double, _ isAllowed: (Int) -> Bool
  ) -> (Int, Float) {
    let examples = remembered(dimension, frame, side: side)
    let features = Self.features(patch, channels: patch.count / 256)
    var best: (label: Int, cost: Float) = (0, .infinity)
    for (index, label) in examples.labels.enumerated() where isAllowed(label) {
      let cost = Self.distance(features, examples.features[index])
      if cost < best.cost { best = (label, cost) }
    }
    return best
  }

  private func remembered(_ dimension: Dimension?, _ frame: SignFrame, side: Double) -> Examples {
    let level = Int((log(max(0.5, side)) / log(1.1)).rounded())
    let key = Key(dimension: dimension, frame: frame, level: level)
    if let known = examples.withLock({ $0[key] }) { return known }
    let set = templates.details(of: dimension, in: frame, side: pow(1.1, Double(level)))
    var made = Examples()
    for (label, template) in zip(set.labels, set.values) {
      made.labels.append(label)
      made.features.append(Self.features(template, channels: set.channels))
    }
    examples.withLock { $0[key] = made }
    return made
  }

  private static func distance(_ left: [Float], _ right: [Float]) -> Float {
    var sum = SIMD8<Float>.zero
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        for start in stride(from: 0, to: left.count, by: 32) {
          let difference =
            left.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
            - right.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
          sum += difference * difference
        }
      }
    }
    return sum.sum()
  }

  private static let cells = 4
  private static let orientations = 4

  /// Features of a patch, `channels × 16 × 16`: for each of 4 × 4 cells its mean in every channel, and how much
  /// gradient of the first channels' mean points in each of four unsigned directions.
  static func features(_ patch: [Float], channels: Int) -> [Float] {
    let side = 16, cell = side / cells, pixels = side * side
    var features = [Float](repeating: 0, count: cells * cells * (channels == 1 ? 1 : 3) + cells * cells * orientations)
    let histogram = cells * cells * channels
    let mean = patch.reduce(0, +) / Float(patch.count)
    for channel in 0..<channels {
      for index in 0..<pixels {
        let place = index / side / cell * cells + index % side / cell
        features[channel * cells * cells + place] += (patch[channel * pixels + index] - mean) / Float(cell * cell)
      }
    }
    for row in 1..<side - 1 {
      for column in 1..<side - 1 {
        var x: Float = 0, y: Float = 0
        for channel in 0..<channels {
          let index = channel * pixels + row * side + column
          x += patch[index + 1] - patch[index - 1]
          y += patch[index + side] - patch[index - side]
        }
        let place = row / cell * cells + column / cell
        // Four half-waves of the doubled angle: its cosine and sine, both signs, each weighted by the magnitude.
        let magnitude = (x * x + y * y).squareRoot() + 1e-6
        let cosine = (x * x - y * y) / magnitude, sine = 2 * x * y / magnitude
        let start = histogram + place * orientations
        features[start] += max(0, cosine) * 0.06
        features[start + 1] += max(0, -cosine) * 0.06
        features[start + 2] += max(0, sine) * 0.06
        features[start + 3] += max(0, -sine) * 0.06
      }
    }
    return features
  }
}
