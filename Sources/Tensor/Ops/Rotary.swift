// Rotary position embedding in the half-split convention: pairs (i, i + d/2) of each head.
internal import CKernels
internal import Foundation

/// Cosines and sines of the rotation angles of each position.
///
/// The angle of pair `i` at position `p` is `p · base^(−2i/d)`, computed in double precision.
///
/// > Source: arXiv 2104.09864, equation 15.
public struct RotaryTable: Sendable {
  /// Cosines, `[positions, d/2]`.
  public let cosines: Tensor
  /// Sines, `[positions, d/2]`.
  public let sines: Tensor

  /// Angles of positions `0..<positions` for heads of width `headWidth`.
  ///
  /// - Precondition: `headWidth` is even and positive, `base > 0`.
  public init(positions: Int, headWidth: Int, base: Double) {
    precondition(headWidth > 0 && headWidth.isMultiple(of: 2), "RotaryTable: head width \(headWidth) is not even")
    precondition(base > 0, "RotaryTable: base \(base) is not positive")
    let half = headWidth / 2
    let frequencies = (0..<half).map { pow(base, -Double(2 * $0) / Double(headWidth)) }
    func table(_ function: (Double) -> Double) -> Tensor {
      Tensor(uninitializedShape: [positions, half]) { buffer in
        for position in 0..<positions {
          for (pair, frequency) in frequencies.enumerated() {
            buffer[position * half + pair] = Float(function(Double(position) * frequency))
          }
        }
      }
    }
    cosines = table { cos($0) }
    sines = table { sin($0) }
  }

  /// The angles of the given positions as a table of their own, for tokens whose positions are no run.
  ///
  /// - Parameter rows: positions of this table, in any order.
  /// - Precondition: every one lies in the table.
  public func gathered(_ rows: [Int]) -> RotaryTable {
    let indices = IndexTensor(rows.map { Int32($0) }, shape: [rows.count])
    return RotaryTable(
      cosines: .gatherRows(cosines, indices), sines: .gatherRows(sines, indices))
  }

  private init(cosines: Tensor, sines: Tensor) {
    self.cosines = cosines
    self.sines = sines
  }

  /// The number of positions.
  public var positions: Int { cosines.shape[0] }

  /// The head width d.
  public var headWidth: Int { 2 * cosines.shape[1] }
}

extension NDArray where Element == Float {
  /// Rotates each head by the angles of its token's position.
  ///
  /// - Parameters:
  ///   - x: `[B, T, H, d]`.
  ///   - table: angles of at least `firstPosition + T` positions.
  ///   - firstPosition: the position of token 0.
  /// - Returns: `[B, T, H, d]`.
  /// - Precondition: the head widths agree and the table covers the positions.
  public static func rotary(_ x: Tensor, table: RotaryTable, firstPosition: Int = 0) -> Tensor {
    .filled(x.shape) { rotate(x, table: table, firstPosition: firstPosition, sign: 1, into: $0) }
  }

  /// The inverse rotation, which is also the gradient of `rotary`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[B, T, H, d]`.
  ///   - table: as in the forward.
  ///   - firstPosition: as in the forward.
  ///   - result: `[B, T, H, d]`.
  /// - Precondition: as in the forward.
  public static func rotaryInverse(
    _ outputGradient: Tensor, table: RotaryTable, firstPosition: Int = 0, into result: Accumulator
  ) {
    rotate(outputGradient, table: table, firstPosition: firstPosition, sign: -1, into: result)
  }

  private static func rotate(
    _ x: Tensor, table: RotaryTable, firstPosition: Int, sign: Float, into result: Accumulator
  ) {
    precondition(
      x.shape.rank == 4 && x.shape[3] == table.headWidth,
      "rotary: \(x.shape) is not [B, T, H, \(table.headWidth)]")
    requireCount("rotary", x.shape, into: result)
    let tokens = x.shape[1], heads = x.shape[2], half = table.headWidth / 2
    precondition(
      firstPosition >= 0 && firstPosition + tokens <= table.positions,
      "rotary: positions \(firstPosition)..<\(firstPosition + tokens) of a table of \(table.positions)")
    let kernels = Runtime.kernels, width = heads * table.headWidth
    parallelRows(x.shape[0] * tokens, columns: width) { rows in
      var row = rows.lowerBound
      while row < rows.upperBound {  // runs of tokens within one sequence
        let token = row % tokens, count = Swift.min(tokens - token, rows.upperBound - row)
        let angles = (firstPosition + token) * half
        kernels.rows.rotary(
          x.base + row * width, table.cosines.base + angles, table.sines.base + angles, sign, result.beta,
          result.elements + row * width, Int64(count), Int64(heads), Int64(half))
        row += count
      }
    }
  }
}
