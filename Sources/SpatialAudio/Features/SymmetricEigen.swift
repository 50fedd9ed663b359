// Eigenvalues and eigenvectors of small real symmetric matrices.
// Not here: what the matrices are (Diffuseness.swift, Localization/Localizer+Subspace.swift).

/// The eigendecomposition of a real symmetric matrix by cyclic Jacobi rotations.
///
/// > Source: Golub and Van Loan, "Matrix computations", 4th edition, section 8.5.
public struct SymmetricEigen: Sendable {
  /// Eigenvalues, largest first.
  public let values: [Double]
  /// Unit eigenvectors in the order of the values.
  public let vectors: [[Double]]

  /// Decomposes a matrix given row by row.
  ///
  /// - Precondition: `matrix` has n² elements and is symmetric.
  public init(_ matrix: [Double], size n: Int) {
    precondition(matrix.count == n * n, "SymmetricEigen: expected \(n * n) elements, got \(matrix.count)")
    var a = matrix
    var v = [Double](repeating: 0, count: n * n)
    for index in 0..<n { v[index * n + index] = 1 }
    // Convergence is quadratic: a 4 × 4 matrix is diagonal after five sweeps or so.
    for _ in 0..<30 {
      var rest = 0.0
      var scale = 0.0
      for row in 0..<n {
        for column in 0..<n {
          if row != column { rest += a[row * n + column] * a[row * n + column] }
          scale += a[row * n + column] * a[row * n + column]
        }
      }
      guard rest > 1e-30 * scale else { break }
      for p in 0..<n - 1 { for q in p + 1..<n { Self.rotate(&a, &v, n, p, q) } }
    }
    let order = (0..<n).sorted { a[$0 * n + $0] > a[$1 * n + $1] }
    values = order.map { a[$0 * n + $0] }
    vectors = order.map { column in (0..<n).map { v[$0 * n + column] } }
  }

  /// Makes the elements (p, q) and (q, p) zero.
  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ n: Int, _ p: Int, _ q: Int) {
    let off = a[p * n + q]
    guard off != 0 else { return }
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * off)
    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<n {
      let (x, y) = (a[k * n + p], a[k * n + q])
      a[k * n + p] = c * x - s * y
      a[k * n + q] = s * x + c * y
    }
    for k in 0..<n {
      let (x, y) = (a[p * n + k], a[q * n + k])
      a[p * n + k] = c * x - s * y
      a[q * n + k] = s * x + c * y
      let (g, h) = (v[k * n + p], v[k * n + q])
      v[k * n + p] = c * g - s * h
      v[k * n + q] = s * g + c * h
    }
  }
}
