// Operands of matrix products in the precision in which they multiply, and the products of bfloat16 through oneDNN.
// Not here: products of float32 (MatrixMultiply.swift).
import COneDNN

/// An operand of matrix products: converted once, used in several.
public enum ProductOperand: Sendable {
  /// As it is.
  case float32(Tensor)
  /// Rounded to the nearest.
  case bfloat16(BFloat16Tensor)

  /// `tensor` as an operand.
  public init(_ tensor: Tensor, _ precision: Precision) {
    self = precision == .float32 ? .float32(tensor) : .bfloat16(BFloat16Tensor(rounding: tensor))
  }

  /// The shape of the tensor.
  public var shape: Shape {
    switch self {
    case .float32(let tensor): tensor.shape
    case .bfloat16(let tensor): tensor.shape
    }
  }
}

extension NDArray where Element == Float {
  /// The matrix product of two operands of one precision, as `matmul(_:_:transposeA:transposeB:)` of tensors.
  ///
  /// - Precondition: inner sizes agree, and both operands have the same precision, which this machine has.
  public static func matmul(
    _ a: ProductOperand, _ b: ProductOperand, transposeA: Bool = false, transposeB: Bool = false
  ) -> Tensor {
    .filled(productShape(a.shape, b.shape, transposeA, transposeB)) {
      matmul(a, b, transposeA: transposeA, transposeB: transposeB, into: $0)
    }
  }

  /// The product into a destination that may already hold something.
  ///
  /// - Precondition: as above, and `result` has the count of the product.
  public static func matmul(
    _ a: ProductOperand, _ b: ProductOperand, transposeA: Bool = false, transposeB: Bool = false,
    into result: Accumulator
  ) {
    switch (a, b) {
    case (.float32(let a), .float32(let b)):
      matmul(a, b, transposeA: transposeA, transposeB: transposeB, into: result)
    case (.bfloat16(let a), .bfloat16(let b)):
      let sizes = productSizes(a.shape, b.shape, transposeA, transposeB, into: result)
      BFloat16Product(
        m: sizes.m, n: sizes.n, k: sizes.k, a: BFloat16Matrix(a, transposed: transposeA),
        b: BFloat16Matrix(b, transposed: transposeB), beta: result.beta, c: result.elements
      ).run()
      withExtendedLifetime((a, b)) {}
    default: preconditionFailure("matmul: operands of different precision, \(a.shape) and \(b.shape)")
    }
  }
}

/// A bfloat16 matrix as its product sees it: steps between rows and columns.
// Safety: a raw pointer whose owner keeps it alive for the call; operands are only read.
private struct BFloat16Matrix: @unchecked Sendable {
  let base: UnsafePointer<UInt16>
  let row, column: Int

  init(_ tensor: BFloat16Tensor, transposed: Bool) {
    base = UnsafeRawPointer(tensor.base).assumingMemoryBound(to: UInt16.self)
    (row, column) = transposed ? (1, tensor.shape.columns) : (tensor.shape.columns, 1)
  }

  func at(row i: Int, column j: Int) -> UnsafePointer<UInt16> { base + i * row + j * column }
}

/// One product `C = A·B + beta·C`, C contiguous.
// Safety: raw pointers whose owners keep them alive for `run()`; parts write disjoint blocks of C.
private struct BFloat16Product: @unchecked Sendable {
  /// Rows, or columns, of a part: a part packs the whole other operand for itself.
  private static let partSize = 1024
  /// Multiply-adds below which a product is one part.
  private static let serial = 1 << 22

  let m, n, k: Int
  let a, b: BFloat16Matrix
  let beta: Float
  let c: UnsafeMutablePointer<Float>

  /// Computes parts of the longer side. How many depends on the sizes alone, so that results do not depend on the
  /// threads: the library may sum in another order in products of another size.
  func run() {
    guard m > 0, n > 0 else { return }
    guard k > 0 else {
      if beta == 0 { c.update(repeating: 0, count: m * n) }
      return
    }
    precondition(odn_missing() == nil, "matmul: products of bfloat16 need oneDNN; see Precision.missing")
    let splitsRows = m >= n, side = max(m, n)
    let parts = m * n * k < Self.serial ? 1 : max(1, min(2, side / 64), side / Self.partSize)
    let step = ((side + parts - 1) / parts + 63) & ~63
    parallelForEach((side + step - 1) / step) { part, _ in
      let low = part * step, count = min(step, side - low)
      let (row, column) = splitsRows ? (low, 0) : (0, low)
      var product = odn_product(
        m: Int64(splitsRows ? count : m), n: Int64(splitsRows ? n : count), k: Int64(k), a: a.at(row: row, column: 0),
        b: b.at(row: 0, column: column), a_row: Int64(a.row), a_column: Int64(a.column), b_row: Int64(b.row),
        b_column: Int64(b.column), c: c + row * n + column, c_row: Int64(n), beta: beta)
      let status = odn_multiply(&product)
      precondition(status == 0, "matmul: oneDNN answered with status \(status) to a product of \(m)×\(k)×\(n)")
    }
  }
}
