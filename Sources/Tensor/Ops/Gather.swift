// Rows of a table by index, and the reverse: sums of rows into a table. Deterministic for any number of threads.
internal import CKernels

extension NDArray where Element == Float {
  /// The rows of `table` at `indices`.
  ///
  /// - Parameters:
  ///   - table: `[V, D]`.
  ///   - indices: `[B, T]`, or any other shape.
  /// - Returns: the shape of `indices` followed by D, such as `[B, T, D]`.
  /// - Precondition: the table has two axes and every index lies in `0..<V`; traps with the index otherwise.
  public static func gatherRows(_ table: Tensor, _ indices: IndexTensor) -> Tensor {
    precondition(table.shape.rank == 2, "gatherRows: a table \(table.shape) is not [V, D]")
    requireIndices("gatherRows", indices, count: table.shape[0])
    let width = table.shape[1]
    return .filled(Shape(indices.shape.dimensions + [width])) { result in
      parallelRows(indices.count, columns: width) { rows in
        for row in rows {
          let source = table.base + Int(indices.base[row]) * width
          (result.elements + row * width).update(from: source, count: width)
        }
      }
    }
  }

  /// Adds each row to the row of the destination that its index names: the gradient of `gatherRows`.
  ///
  /// Rows that share an index are added in order; an overwriting destination is zeroed first.
  ///
  /// - Parameters:
  ///   - rows: `[B, T, D]`: the shape of `indices` followed by D.
  ///   - indices: `[B, T]`, or any other shape.
  ///   - result: `[V, D]`.
  /// - Precondition: shapes agree and every index lies in `0..<V`; traps with them otherwise.
  public static func scatterAddRows(_ rows: Tensor, _ indices: IndexTensor, into result: Accumulator) {
    let width = rows.shape.columns
    precondition(
      result.shape.rank == 2 && result.shape[1] == width && indices.count * width == rows.count,
      "scatterAddRows: \(rows.shape) at indices \(indices.shape) into \(result.shape)")
    requireIndices("scatterAddRows", indices, count: result.shape[0])
    if !result.adds {
      parallelElements(result.shape.count) { range in
        (result.elements + range.lowerBound).update(repeating: 0, count: range.count)
      }
    }
    // Threads share out the columns, not the rows, so that no two write the same element.
    let kernels = Runtime.kernels
    parallelFor((width + 15) / 16, grain: Swift.max(1, elementGrain / Swift.max(1, 16 * indices.count))) { lines in
      let low = lines.lowerBound * 16, count = Int64(Swift.min(width, lines.upperBound * 16) - low)
      for row in 0..<indices.count {
        let target = result.elements + Int(indices.base[row]) * width + low
        kernels.rows.axpy(1, rows.base + row * width + low, target, count)
      }
    }
  }

  private static func requireIndices(_ operation: StaticString, _ indices: IndexTensor, count: Int) {
    indices.withElements { values in
      for (position, index) in values.enumerated() {
        precondition(
          index >= 0 && Int(index) < count,
          "\(operation): index \(index) at position \(position) of \(indices.shape) is outside 0..<\(count)")
      }
    }
  }
}
