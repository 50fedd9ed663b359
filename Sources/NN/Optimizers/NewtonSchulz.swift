// The nearest orthogonal matrix, roughly: an odd polynomial iterated on the singular values by matrix products alone.
// Not here: who needs it (Muon.swift).
import Tensor

/// A matrix with the singular vectors of `matrix` and singular values near 1, between about 0.7 and 1.2.
///
/// Five quintic iterations `X ← aX + (bA + cA²)X` with `A = XXᵀ`, in float32, from the other side for matrices that
/// are taller than wide, so that `A` has the shorter side. A zero matrix stays zero.
///
/// - Parameter matrix: `[rows, columns]`.
/// - Complexity: O(10·rows·columns·min + 5·min³) multiply-adds, where `min` is the shorter side.
/// > Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024).
func orthogonalized(_ matrix: Tensor) -> Tensor {
  let (rows, columns) = (matrix.shape[0], matrix.shape[1])
  let isTall = rows > columns
  let side = min(rows, columns)
  let norm = matrix.withElements { $0.baseAddress.map { sumOfSquares($0, count: matrix.count).squareRoot() } ?? 0 }
  var x = matrix.scaled(by: Float(1 / (norm + 1e-7)))
  let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
  for _ in 0..<5 {
    // A = XXᵀ (or XᵀX), P = bA + cAA.
    let gram = Tensor.filled([side, side]) {
      Tensor.matmul(x, x, transposeA: isTall, transposeB: !isTall, into: $0)
    }
    var polynomial = gram.copied()
    polynomial.accumulateProduct(gram, gram, alpha: c, beta: b)
    var next = x.copied()
    if isTall {
      next.accumulateProduct(x, polynomial, alpha: 1, beta: a)
    } else {
      next.accumulateProduct(polynomial, x, alpha: 1, beta: a)
    }
    x = next
  }
  return x
}

extension NDArray where Element == Float {
  /// `self = alpha·left·right + beta·self` for plain matrices.
  fileprivate mutating func accumulateProduct(_ left: Tensor, _ right: Tensor, alpha: Float, beta: Float) {
    let (m, n, k) = (left.shape[0], right.shape[1], left.shape[1])
    precondition(shape == [m, n] && right.shape[0] == k, "accumulateProduct: \(left.shape) × \(right.shape)")
    withMutableElements { buffer in
      guard let base = buffer.baseAddress else { return }
      gemm(
        m: m, n: n, k: k, alpha: alpha, MatrixOperand(left.base, rowStride: k),
        MatrixOperand(right.base, rowStride: n), beta: beta, into: base, stride: n)
    }
    withExtendedLifetime((left, right)) {}
  }
}
