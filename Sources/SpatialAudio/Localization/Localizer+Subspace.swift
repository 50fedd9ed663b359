// Estimates from the covariance of the four channels.
// Not here: intensity (Localizer+Intensity.swift).

import Foundation

extension Localizer {
  /// The peaks of `1 / ‖Eₙᵀ a(g)‖²`, where Eₙ spans what the K strongest eigenvectors leave over.
  ///
  /// > Source: Schmidt, "Multiple emitter location and signal parameter estimation", 1986, in the domain of spherical
  /// > harmonics.
  func subspaceDirections(
    _ field: SoundField, _ frames: [Int], _ sources: SourceCount
  ) -> [DirectionEstimate] {
    guard case .music(let whitened) = estimator else { return [] }
    let dipole = whitened ? 3.0.squareRoot() : 1
    let gains = [1, dipole, dipole, dipole]
    var matrix = [Double](repeating: 0, count: 16)
    for frame in frames { for index in 0..<16 { matrix[index] += field.frameCovariance[16 * frame + index] } }
    for index in 0..<16 { matrix[index] *= gains[index / 4] * gains[index % 4] }
    let eigen = SymmetricEigen(matrix, size: 4)
    let count = subspaceSize(eigen.values, sources)
    let noise = eigen.vectors[count...].map { SIMD4($0[0], $0[1], $0[2], $0[3]) }
    let norm = 1 + dipole * dipole
    func spectrum(_ point: Vector) -> Double {
      let steering = SIMD4(1, dipole * point.y, dipole * point.z, dipole * point.x)
      let rest = noise.reduce(0.0) { sum, vector in
        let product = (vector * steering).sum()
        return sum + product * product
      }
      return norm / max(rest, 1e-9 * norm)
    }
    let values = smoother.grid.points.map { Float(spectrum(Vector($0))) }
    let peaks = SphericalPeaks.greedy(values, grid: smoother.grid, most: count, suppression: config.suppression)
    let top = Double(peaks.first?.value ?? 1)
    return peaks.map { peak in
      let direction = Self.climb(from: Vector(smoother.grid.points[peak.index]), spectrum)
      return DirectionEstimate(direction: direction, weight: Double(peak.value) / top)
    }
  }

  /// The number of sources: given, or of eigenvalues that stand out over the smallest.
  private func subspaceSize(_ values: [Double], _ sources: SourceCount) -> Int {
    let most = min(sources.most, 3)
    guard case .estimated = sources else { return most }
    let (largest, floor) = (values[0], values[3])
    let standing = values.filter { $0 - floor >= config.countThreshold * (largest - floor) && $0 > floor }.count
    return min(most, max(1, standing))
  }

  /// Climbs to the top in steps of 1° down to 0.05°.
  private static func climb(from start: Vector, _ value: (Vector) -> Double) -> Direction {
    var point = start
    var best = value(point)
    var step = 1.0
    while step > 0.04 {
      let axis = abs(point.z) < 0.9 ? Vector(0, 0, 1) : Vector(1, 0, 0)
      let first = normalized(cross(point, axis))
      let second = cross(point, first)
      let reach = step * .pi / 180
      let candidates = [first, second, -first, -second].map { normalized(point + reach * $0) }
      let values = candidates.map(value)
      if let top = values.indices.max(by: { values[$0] < values[$1] }), values[top] > best {
        (point, best) = (candidates[top], values[top])
      } else {
        step /= 2
      }
    }
    return Direction(point) ?? Direction(azimuth: 0)
  }

  private static func cross(_ a: Vector, _ b: Vector) -> Vector {
    Vector(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }

  private static func normalized(_ a: Vector) -> Vector { a / max(a.length, .leastNormalMagnitude) }
}
