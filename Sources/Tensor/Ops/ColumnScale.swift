// Multiplication of every row by one vector, and both gradients.

/// Rows that one partial sum of a gain gradient covers; fixed, so that the result does not depend on the thread count.
private let rowsPerPartial = 256

extension NDArray where Element == Float {
  /// `x ∘ gain` over the last axis.
  ///
  /// - Parameters:
  ///   - x: `[…, D]`.
  ///   - gain: `[D]`.
  /// - Precondition: widths agree; traps with both shapes otherwise.
  public static func columnScale(_ x: Tensor, by gain: Tensor) -> Tensor {
    .filled(x.shape) { columnScaleBackward(x, gain: gain, into: $0) }
  }

  /// The gradient of `x`: `dy ∘ gain`.
  public static func columnScaleBackward(_ outputGradient: Tensor, gain: Tensor, into target: Accumulator) {
    let width = outputGradient.shape.columns
    precondition(
      gain.count == width && target.shape.count == outputGradient.count,
      "columnScale: \(outputGradient.shape) by \(gain.shape) into \(target.shape)")
    let source = UnsafeShared(outputGradient.base), factor = UnsafeShared(gain.base)
    parallelFor(outputGradient.shape.rows, grain: max(1, 1 << 16 / max(1, width))) { rows in
      let gain = factor.pointer
      for row in rows {
        let x = source.pointer + row * width, y = target.elements + row * width
        if target.adds {
          for column in 0..<width { y[column] += x[column] * gain[column] }
        } else {
          for column in 0..<width { y[column] = x[column] * gain[column] }
        }
      }
    }
    withExtendedLifetime((outputGradient, gain)) {}
  }

  /// The gradient of the gain: the column sums of `dy ∘ x`.
  public static func columnScaleGainGradient(_ outputGradient: Tensor, input: Tensor, into target: Accumulator) {
    let (rows, width) = (input.shape.rows, input.shape.columns)
    precondition(
      outputGradient.count == input.count && target.shape.count == width,
      "columnScaleGainGradient: \(outputGradient.shape) and \(input.shape) into \(target.shape)")
    let parts = (rows + rowsPerPartial - 1) / rowsPerPartial
    let partials = Tensor(zeros: [max(1, parts), width])
    let sums = UnsafeShared(partials.base), left = UnsafeShared(outputGradient.base), right = UnsafeShared(input.base)
    parallelFor(parts, grain: max(1, 1 << 16 / (rowsPerPartial * max(1, width)))) { range in
      for part in range {
        let sum = sums.pointer + part * width
        for row in part * rowsPerPartial..<Swift.min(rows, (part + 1) * rowsPerPartial) {
          let x = left.pointer + row * width, y = right.pointer + row * width
          for column in 0..<width { sum[column] += x[column] * y[column] }
        }
      }
    }
    for column in 0..<width {
      var total: Float = 0
      for part in 0..<parts { total += partials.base[part * width + column] }
      target.elements[column] = (target.adds ? target.elements[column] : 0) + total
    }
    withExtendedLifetime((outputGradient, input, partials)) {}
  }
}
