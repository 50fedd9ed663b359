// Elementwise arithmetic: sums, products, biases. Not here: nonlinear functions (Activation.swift).
internal import CKernels

extension NDArray where Element == Float {
  /// The elementwise sum.
  ///
  /// - Precondition: shapes are equal; traps with both otherwise.
  public static func + (left: Tensor, right: Tensor) -> Tensor { sum("+", left, 1, right) }

  /// The elementwise difference.
  ///
  /// - Precondition: shapes are equal; traps with both otherwise.
  public static func - (left: Tensor, right: Tensor) -> Tensor { sum("-", left, -1, right) }

  private static func sum(_ operation: StaticString, _ left: Tensor, _ scale: Float, _ right: Tensor) -> Tensor {
    requireSameShape(operation, left.shape, right.shape)
    let kernels = Runtime.kernels
    return .filled(left.shape) { result in
      parallelElements(left.count) { range in
        let at = range.lowerBound
        kernels.rows.add_scaled(left.base + at, scale, right.base + at, result.elements + at, Int64(range.count))
      }
    }
  }

  /// The elementwise product.
  ///
  /// - Precondition: shapes are equal; traps with both otherwise.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    .filled(left.shape) { multiply(left, right, into: $0) }
  }

  /// The elementwise product of `a` and `b` into a destination.
  ///
  /// - Precondition: shapes are equal and the destination has their count; traps with the shapes otherwise.
  public static func multiply(_ a: Tensor, _ b: Tensor, into result: Accumulator) {
    requireSameShape("multiply", a.shape, b.shape)
    requireCount("multiply", a.shape, into: result)
    let kernels = Runtime.kernels
    parallelElements(a.count) { range in
      let at = range.lowerBound
      kernels.rows.multiply(a.base + at, b.base + at, result.beta, result.elements + at, Int64(range.count))
    }
  }

  /// Every element times `factor`.
  public func scaled(by factor: Float) -> Tensor { .filled(shape) { Self.add(self, scale: factor, into: $0) } }

  /// `destination = beta · destination + scale · source`.
  ///
  /// - Precondition: the destination has the count of `source`.
  public static func add(_ source: Tensor, scale: Float = 1, into result: Accumulator) {
    requireCount("add", source.shape, into: result)
    let kernels = Runtime.kernels
    parallelElements(source.count) { range in
      let at = range.lowerBound
      kernels.rows.affine(scale, source.base + at, result.beta, result.elements + at, Int64(range.count))
    }
  }

  /// A bias added to every row.
  ///
  /// - Parameters:
  ///   - x: `[…, D]`.
  ///   - bias: `[D]`.
  /// - Returns: `[…, D]`.
  /// - Precondition: the bias has the width of `x`.
  public static func addBias(_ x: Tensor, _ bias: Tensor) -> Tensor {
    precondition(bias.count == x.shape.columns, "addBias: a bias \(bias.shape) for \(x.shape)")
    let kernels = Runtime.kernels, width = x.shape.columns
    return .filled(x.shape) { result in
      parallelRows(x.shape.rows, columns: width) { rows in
        let at = rows.lowerBound * width
        kernels.rows.add_to_rows(x.base + at, bias.base, result.elements + at, Int64(rows.count), Int64(width))
      }
    }
  }

  /// The sum over all axes but the last: the gradient of a bias.
  ///
  /// Rows are added in groups of eight, in order, whatever the number of threads.
  ///
  /// - Parameters:
  ///   - x: `[…, D]`.
  ///   - result: `[D]`.
  /// - Precondition: the destination has the width of `x`.
  public static func columnSums(_ x: Tensor, into result: Accumulator) {
    let rows = x.shape.rows, width = x.shape.columns
    precondition(result.shape.count == width, "columnSums: \(x.shape) does not fit into \(result.shape)")
    let kernels = Runtime.kernels
    parallelFor((width + 15) / 16, grain: max(1, elementGrain / max(1, 16 * rows))) { lines in
      let low = lines.lowerBound * 16, high = min(width, lines.upperBound * 16)
      kernels.rows.column_sums(
        x.base + low, Int64(width), result.beta, result.elements + low, Int64(rows), Int64(high - low))
    }
  }
}
