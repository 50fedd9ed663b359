// Directions spread evenly over the sphere, and the nearest of them to any vector.
// Not here: smoothing over them (SphericalSmoother.swift).

import Foundation

/// The points of a Fibonacci lattice on the unit sphere; 4,096 of them are 3° apart.
///
/// > Source: González, "Measurement of areas on a sphere using Fibonacci and latitude-longitude lattices", 2010.
public struct FibonacciGrid: Sendable {
  /// The unit vectors, from the zenith to the nadir.
  public let points: [SIMD3<Float>]
  /// The nearest point to the centre of each cell of a cube around the sphere, `(face · side + row) · side + column`.
  private let cells: [UInt16]
  private static let side = 64

  /// The grid of 4,096 points.
  public static let standard = FibonacciGrid(count: 4096)

  /// Places `count` points.
  ///
  /// - Precondition: `1 ≤ count ≤ 65,535`.
  public init(count: Int) {
    precondition((1...65_535).contains(count), "FibonacciGrid: expected 1 to 65,535 points, got \(count)")
    let golden = Double.pi * (3 - 5.0.squareRoot())
    let points = (0..<count).map { index in
      let z = 1 - (2 * Double(index) + 1) / Double(count)
      let radius = (1 - z * z).squareRoot()
      return SIMD3<Float>(Vector(radius * cos(golden * Double(index)), radius * sin(golden * Double(index)), z))
    }
    self.points = points
    let side = Self.side
    // Points are ordered by height: only those of similar height can be the nearest.
    let reach = Int((3.6 / Double(count)).squareRoot() * Double(count) / 2) + 2
    cells = (0..<6 * side * side).map { cell in
      let vector = Self.center(cell)
      let height = (1 - Double(vector.z)) / 2 * Double(count)
      let low = max(0, min(count - 1, Int(height) - reach)), high = max(low, min(count - 1, Int(height) + reach))
      var (best, nearest) = (-Float.infinity, low)
      for index in low...high {
        let cosine = (points[index] * vector).sum()
        if cosine > best { (best, nearest) = (cosine, index) }
      }
      return UInt16(nearest)
    }
  }

  /// A grid point nearest to a vector, up to the width of a cell of one degree: never further than 3° from the vector.
  @inline(__always)
  public func nearest(_ vector: SIMD3<Float>) -> Int { Int(cells[Self.cell(vector)]) }

  @inline(__always)
  private static func cell(_ v: SIMD3<Float>) -> Int {
    let (ax, ay, az) = (abs(v.x), abs(v.y), abs(v.z))
    let face: Int, major: Float, a: Float, b: Float
    if ax >= ay && ax >= az {
      (face, major, a, b) = (v.x >= 0 ? 0 : 1, ax, v.y, v.z)
    } else if ay >= az {
      (face, major, a, b) = (v.y >= 0 ? 2 : 3, ay, v.x, v.z)
    } else {
      (face, major, a, b) = (v.z >= 0 ? 4 : 5, az, v.x, v.y)
    }
    let scale = major > 0 ? 0.5 / major : 0
    let row = min(side - 1, Int((0.5 + a * scale) * Float(side)))
    let column = min(side - 1, Int((0.5 + b * scale) * Float(side)))
    return (face * side + row) * side + column
  }

  /// The unit vector through the centre of a cell.
  private static func center(_ cell: Int) -> SIMD3<Float> {
    let a = (Float(cell / side % side) + 0.5) / Float(side) * 2 - 1
    let b = (Float(cell % side) + 0.5) / Float(side) * 2 - 1
    let vector: SIMD3<Float> =
      switch cell / (side * side) {
      case 0: SIMD3(1, a, b)
      case 1: SIMD3(-1, a, b)
      case 2: SIMD3(a, 1, b)
      case 3: SIMD3(a, -1, b)
      case 4: SIMD3(a, b, 1)
      default: SIMD3(a, b, -1)
      }
    return vector / (vector * vector).sum().squareRoot()
  }
}
