// Matrix products over OpenBLAS, split over threads here, or the packed product. Transposes and accumulation are
// arguments, not copies. Not here: the packed product, bias and activation (NN/Functions fuse what belongs together).
import COpenBLAS

/// One operand of a matrix product: a row-major block of a larger matrix, maybe used transposed.
// Safety: a raw pointer whose owner keeps it alive for the call; operands are only read.
package struct MatrixOperand: @unchecked Sendable {
  let base: UnsafePointer<Float>
  let rowStride: Int
  let isTransposed: Bool

  package init(_ base: UnsafePointer<Float>, rowStride: Int, transposed: Bool = false) {
    self.base = base
    self.rowStride = rowStride
    self.isTransposed = transposed
  }

  /// The operand without its first `rows` rows, as the product sees them.
  func dropping(rows: Int) -> MatrixOperand {
    MatrixOperand(base + (isTransposed ? rows : rows * rowStride), rowStride: rowStride, transposed: isTransposed)
  }

  /// The operand without its first `columns` columns, as the product sees them.
  func dropping(columns: Int) -> MatrixOperand {
    MatrixOperand(
      base + (isTransposed ? columns * rowStride : columns), rowStride: rowStride, transposed: isTransposed)
  }

  /// Element (`row`, `column`), as the product sees the operand.
  func at(row: Int, column: Int) -> UnsafePointer<Float> {
    base + (isTransposed ? column * rowStride + row : row * rowStride + column)
  }

  var flag: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}

/// `C = alpha·A·B + beta·C` for row-major float32 matrices, `A: m×k`, `B: k×n`, `C: m×n` with row stride `stride`.
///
/// Runs on `Runtime.matrixBackend`, products of few rows against a transposed matrix as dot products on either: OpenBLAS
/// packs the whole matrix, which costs more than such a product. With `beta == 0`, C need not be initialised. With
/// `k == 0`, C becomes `beta·C`. The same bits on any number of threads.
package func gemm(
  m: Int, n: Int, k: Int, alpha: Float = 1, _ a: MatrixOperand, _ b: MatrixOperand, beta: Float = 0,
  into c: UnsafeMutablePointer<Float>, stride: Int
) {
  guard m > 0, n > 0 else { return }
  let product = PackedProduct(
    m: m, n: n, k: k, alpha: alpha, beta: beta, a: a, b: b, c: c, stride: stride, kernels: Runtime.kernels.gemm)
  if product.runsAsDots {
    product.runAsDots()
  } else if Runtime.matrixBackend == .openBLAS {
    openBLASMultiply(m: m, n: n, k: k, alpha: alpha, a, b, beta: beta, into: c, stride: stride)
  } else {
    product.run()
  }
}

/// `gemm` through OpenBLAS, which computes each part on the calling thread.
private func openBLASMultiply(
  m: Int, n: Int, k: Int, alpha: Float, _ a: MatrixOperand, _ b: MatrixOperand, beta: Float,
  into c: UnsafeMutablePointer<Float>, stride: Int
) {
  Runtime.prepareBLAS()
  let target = UnsafeShared(c)
  // Split the longer side in steps of 16, the width of the widest micro-kernel. OpenBLAS sums in another order in
  // products of up to a million multiply-adds: no part is that small unless the whole is, so that results do not depend
  // on the split.
  let splitsRows = m >= n
  let units = ((splitsRows ? m : n) + 15) / 16
  let smallest = (1 << 20) / max(1, 16 * k * (splitsRows ? n : m)) + 2  // the last unit may be all but empty
  parallelFor(units, grain: max(smallest, (units + Runtime.threads - 1) / Runtime.threads)) { part in
    let low = part.lowerBound * 16, high = min(part.upperBound * 16, splitsRows ? m : n)
    let left = splitsRows ? a.dropping(rows: low) : a
    let right = splitsRows ? b : b.dropping(columns: low)
    cblas_sgemm(
      CblasRowMajor, left.flag, right.flag, blasint(splitsRows ? high - low : m), blasint(splitsRows ? n : high - low),
      blasint(k), alpha, left.base, blasint(left.rowStride), right.base, blasint(right.rowStride), beta,
      target.pointer + (splitsRows ? low * stride : low), blasint(stride))
  }
}

extension NDArray where Element == Float {
  /// The most rows of `x` whose products `x·Wᵀ` have the bits that each row has alone, for rows of `inner` elements: with
  /// more, sums run in another order.
  ///
  /// - Precondition: W has as many rows as `x` or more.
  public static func rowsWithBitsOfOne(inner: Int) -> Int { PackedProduct.mostDots(k: inner) }

  /// The matrix product of `a` and `b` over the last axis, leading axes of `a` folded into rows.
  ///
  /// - Parameters:
  ///   - a: `[…, m, k]`, or `[k, m]` if `transposeA`.
  ///   - b: `[k, n]`, or `[n, k]` if `transposeB`.
  /// - Returns: `[…, m, n]`, or `[m, n]` if `transposeA`.
  /// - Precondition: inner sizes agree; traps with both shapes otherwise.
  /// - Complexity: O(m·n·k).
  public static func matmul(
    _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false
  ) -> Tensor {
    .filled(productShape(a.shape, b.shape, transposeA, transposeB)) {
      matmul(a, b, transposeA: transposeA, transposeB: transposeB, into: $0)
    }
  }

  /// The shape of a product of operands of these shapes.
  static func productShape(_ a: Shape, _ b: Shape, _ transposeA: Bool, _ transposeB: Bool) -> Shape {
    let columns = transposeB ? b.rows : b.columns
    return transposeA ? [a.columns, columns] : a.replacingLast(with: columns)
  }

  /// The sizes of a product, checked.
  static func productSizes(
    _ a: Shape, _ b: Shape, _ transposeA: Bool, _ transposeB: Bool, into result: Accumulator
  ) -> (m: Int, n: Int, k: Int) {
    let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
    let (inner, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(
      k == inner && m * n == result.shape.count,
      "matmul: \(a)\(transposeA ? "ᵀ" : "") × \(b)\(transposeB ? "ᵀ" : "") into \(result.shape)")
    return (m, n, k)
  }

  /// `matmul` into a destination that may already hold something.
  ///
  /// - Precondition: inner sizes agree and `result` has the count of the product; traps with the shapes otherwise.
  public static func matmul(
    _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false, into result: Accumulator
  ) {
    let (m, n, k) = productSizes(a.shape, b.shape, transposeA, transposeB, into: result)
    gemm(
      m: m, n: n, k: k, MatrixOperand(a.base, rowStride: a.shape.columns, transposed: transposeA),
      MatrixOperand(b.base, rowStride: b.shape.columns, transposed: transposeB), beta: result.beta,
      into: result.elements, stride: n)
    withExtendedLifetime((a, b)) {}
  }
}
