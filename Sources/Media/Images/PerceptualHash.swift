// A short fingerprint of what a picture shows, for finding near-duplicates.
// Not here: digests of bytes (Lab's ContentDigest).

import Foundation

/// 64 bits that change little when a picture is resized, compressed again or slightly brightened.
///
/// Bits are signs: whether each of the 64 lowest frequencies of the shrunk picture is above their median. Pictures that
/// have nothing to do with each other differ in about 32 bits; copies in a few.
///
/// > Source: the discrete cosine transform (DCT-II) of Ahmed, Natarajan and Rao, IEEE Trans. Computers 23, 1974;
/// its use as fingerprint: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, 3.2.1.
public struct PerceptualHash: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The bits; the lowest frequency is the lowest bit.
  public let bits: UInt64

  /// A hash from its bits.
  public init(bits: UInt64) { self.bits = bits }

  /// The hash of a picture; opacity is laid on grey.
  public init(_ image: Image) {
    let middle = RGBColor(red: 128, green: 128, blue: 128)
    let side = Self.side
    let small = image.flattened(on: middle).converted(to: .gray)
      .resized(to: ImageSize(width: side, height: side), filter: .bilinear)
    let coefficients = Self.lowFrequencies(small.pixels.map { Double($0) })
    let sorted = coefficients.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    var bits: UInt64 = 0
    for (index, value) in coefficients.enumerated() where value > median { bits |= 1 << UInt64(index) }
    self.bits = bits
  }

  /// The number of bits that differ, 0...64.
  public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The side of the picture that is transformed.
  private static let side = 32

  /// The 64 lowest frequencies but the mean, by diagonals of growing frequency; a flat picture gives zeros.
  private static func lowFrequencies(_ samples: [Double]) -> [Double] {
    var order: [(u: Int, v: Int)] = []
    for diagonal in 1... {
      for u in 0...diagonal where order.count < 64 { order.append((u, diagonal - u)) }
      if order.count == 64 { break }
    }
    let highest = order.map { max($0.u, $0.v) }.max() ?? 0
    let basis = (0...highest).map { frequency in
      (0..<side).map { cos(.pi / Double(side) * (Double($0) + 0.5) * Double(frequency)) }
    }
    // Rows first: `rows[y][u]`.
    let rows = (0..<side).map { y in
      basis.map { wave in (0..<side).reduce(0) { $0 + samples[y * side + $1] * wave[$1] } }
    }
    return order.map { u, v in
      let sum = (0..<side).reduce(0) { $0 + rows[$1][u] * basis[v][$1] }
      // Rounding errors of a flat picture are no picture.
      return abs(sum) < 1e-6 ? 0 : sum
    }
  }
}
