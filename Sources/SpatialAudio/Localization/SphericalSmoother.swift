// Smoothing of counts over the sphere, and its peaks.
// Not here: what is counted (Localizer+Histogram.swift).

import Foundation

/// A von Mises–Fisher kernel `exp(κ (cos angle - 1))` between the points of a grid, cut where it falls below 1/1,000.
///
/// Building it costs some 10 ms and 10 MB; using it costs one multiplication for each pair of near points.
public struct SphericalSmoother: Sendable {
  /// The grid.
  public let grid: FibonacciGrid
  /// κ: larger is narrower; 40 falls to one half at 15°.
  public let concentration: Double
  private let starts: [Int]
  private let neighbors: [UInt16]
  private let weights: [Float]

  /// Prepares the kernel.
  ///
  /// - Precondition: `concentration > 0`.
  public init(grid: FibonacciGrid = .standard, concentration: Double) {
    precondition(concentration > 0, "SphericalSmoother: expected a positive concentration, got \(concentration)")
    self.grid = grid
    self.concentration = concentration
    let limit = Float(1 + log(1e-3) / concentration)
    // The kernel by the cosine, in steps far below its width.
    let steps = 4096
    let scale = Float(steps) / (1 - limit)
    let table = (0...steps + 1).map { Float(exp(-concentration * Double($0) / Double(scale))) }
    let count = grid.points.count
    let angle = acos(max(-1, Double(limit)))
    var (starts, neighbors, weights) = ([0], [UInt16](), [Float]())
    for center in 0..<count {
      let point = grid.points[center]
      let height = acos(max(-1, min(1, Double(point.z))))
      let top = height - angle <= 0 ? 1 : cos(height - angle)
      let bottom = height + angle >= .pi ? -1 : cos(height + angle)
      let low = max(0, Int((1 - top) / 2 * Double(count)) - 1)
      let high = min(count - 1, Int((1 - bottom) / 2 * Double(count)) + 1)
      for index in low...high {
        let cosine = (grid.points[index] * point).sum()
        guard cosine > limit else { continue }
        neighbors.append(UInt16(index))
        weights.append(table[min(steps, Int(max(0, 1 - cosine) * scale + 0.5))])
      }
      starts.append(neighbors.count)
    }
    (self.starts, self.neighbors, self.weights) = (starts, neighbors, weights)
  }

  /// `H(g) = Σ count(h) exp(κ (g·h - 1))` on all points.
  ///
  /// - Precondition: one count for each point of the grid.
  public func smooth(_ counts: [Float]) -> [Float] {
    precondition(
      counts.count == grid.points.count,
      "SphericalSmoother: expected \(grid.points.count) counts, got \(counts.count)")
    var result = [Float](repeating: 0, count: counts.count)
    for (center, count) in counts.enumerated() where count > 0 {
      for index in starts[center]..<starts[center + 1] { result[Int(neighbors[index])] += count * weights[index] }
    }
    return result
  }
}

/// Peaks of a function on the sphere.
enum SphericalPeaks {
  /// A peak: a point of the grid with its value.
  struct Peak { var index: Int, value: Float }

  /// The highest peaks in turn, each at least `suppression` degrees from those before it.
  ///
  /// A peak is a point that no point within 6° exceeds. Where there are fewer of them, fewer are returned.
  static func greedy(_ values: [Float], grid: FibonacciGrid, most: Int, suppression: Double) -> [Peak] {
    let near = Float(cos(6 * Double.pi / 180)), far = Float(cos(suppression * .pi / 180))
    var order = values.indices.filter { values[$0] > 0 }
    order.sort { values[$0] > values[$1] }
    var peaks: [Peak] = []
    for index in order {
      guard peaks.count < most else { break }
      let point = grid.points[index]
      if peaks.contains(where: { (grid.points[$0.index] * point).sum() > far }) { continue }
      let isTop = values.indices.allSatisfy { values[$0] <= values[index] || (grid.points[$0] * point).sum() < near }
      if isTop { peaks.append(Peak(index: index, value: values[index])) }
    }
    return peaks
  }
}
