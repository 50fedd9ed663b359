// Softmax and its relatives over the last axis, and the cross-entropy of rows of logits.
internal import CKernels

extension NDArray where Element == Float {
  /// Softmax over the last axis.
  ///
  /// A row without a finite element, or with a NaN, becomes NaN.
  public func softmax() -> Tensor {
    let kernels = Runtime.kernels, width = shape.columns
    return .filled(shape) { result in
      parallelRows(shape.rows, columns: width, cost: 2) { rows in
        let at = rows.lowerBound * width
        kernels.rows.softmax(base + at, result.elements + at, Int64(rows.count), Int64(width))
      }
    }
  }

  /// The gradient of `softmax`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[…, D]`.
  ///   - output: what `softmax` returned, `[…, D]`.
  ///   - result: `[…, D]`.
  /// - Precondition: shapes are equal; traps with them otherwise.
  public static func softmaxBackward(outputGradient: Tensor, output: Tensor, into result: Accumulator) {
    requireSameShape("softmaxBackward", output.shape, outputGradient.shape)
    requireCount("softmaxBackward", output.shape, into: result)
    let kernels = Runtime.kernels, width = output.shape.columns
    parallelRows(output.shape.rows, columns: width) { rows in
      let at = rows.lowerBound * width
      kernels.rows.softmax_backward(
        outputGradient.base + at, output.base + at, result.beta, result.elements + at, Int64(rows.count), Int64(width))
    }
  }

  /// The logarithm of the sum of exponentials over the last axis, in nats.
  ///
  /// - Returns: the shape without its last axis.
  /// - Precondition: the array has an axis.
  public func logSumExp() -> Tensor {
    precondition(shape.rank > 0, "logSumExp: a scalar has no last axis")
    let kernels = Runtime.kernels, width = shape.columns
    return .filled(Shape(Array(shape.dimensions.dropLast()))) { result in
      parallelRows(result.shape.count, columns: width, cost: 2) { rows in
        for row in rows {
          var maximum: Float = 0, logSum: Float = 0
          kernels.rows.log_sum_exp(base + row * width, Int64(width), &maximum, &logSum)
          result.elements[row] = maximum + logSum
        }
      }
    }
  }

  /// The cross-entropy of each row and, in place, its gradient.
  ///
  /// `loss = logSumExp(logits) − logits[target] + zLoss · logSumExp(logits)²`.
  ///
  /// - Parameters:
  ///   - logits: `[rows, columns]`; replaced by `gradientScale · ∂loss/∂logits`, by 0 in ignored rows.
  ///   - rows: the number of rows.
  ///   - columns: the number of classes.
  ///   - targets: the class of each row.
  ///   - ignoring: the target of rows that do not count.
  ///   - gradientScale: what the gradient of the sum of losses is multiplied by, such as 1 / number of targets.
  ///   - zLoss: the weight of the squared log-sum-exp.
  ///   - losses: receives the loss of each row in nats, 0 for ignored rows.
  /// - Precondition: every other target lies in `0..<columns`; traps with the row and target otherwise.
  package static func crossEntropyRows(
    logits: UnsafeMutablePointer<Float>, rows: Int, columns: Int, targets: UnsafePointer<Int32>, ignoring: Int32,
    gradientScale: Float, zLoss: Float, losses: UnsafeMutablePointer<Float>
  ) {
    requireTargets(targets, rows: rows, columns: columns, ignoring: ignoring)
    let kernels = Runtime.kernels
    let logits = UnsafeShared(logits), targets = UnsafeShared(targets), losses = UnsafeShared(losses)
    parallelRows(rows, columns: columns, cost: 4) { range in
      for row in range {
        let values = logits.pointer + row * columns, target = targets.pointer[row]
        if target == ignoring {
          values.update(repeating: 0, count: columns)
          losses.pointer[row] = 0
        } else {
          losses.pointer[row] = kernels.rows.cross_entropy(
            values, Int64(columns), Int64(target), gradientScale, zLoss)
        }
      }
    }
  }

  /// The losses of `crossEntropyRows` without gradients; the logits stay as they are.
  ///
  /// - Precondition: every target but `ignoring` lies in `0..<columns`; traps with the row and target otherwise.
  package static func crossEntropyLosses(
    logits: UnsafePointer<Float>, rows: Int, columns: Int, targets: UnsafePointer<Int32>, ignoring: Int32,
    zLoss: Float, losses: UnsafeMutablePointer<Float>
  ) {
    requireTargets(targets, rows: rows, columns: columns, ignoring: ignoring)
    let kernels = Runtime.kernels
    let logits = UnsafeShared(logits), targets = UnsafeShared(targets), losses = UnsafeShared(losses)
    parallelRows(rows, columns: columns, cost: 2) { range in
      for row in range {
        let values = logits.pointer + row * columns, target = targets.pointer[row]
        guard target != ignoring else {
          losses.pointer[row] = 0
          continue
        }
        var maximum: Float = 0, logSum: Float = 0
        kernels.rows.log_sum_exp(values, Int64(columns), &maximum, &logSum)
        let logSumExp = maximum + logSum
        losses.pointer[row] = (maximum - values[Int(target)]) + logSum + zLoss * logSumExp * logSumExp
      }
    }
  }

  private static func requireTargets(
    _ targets: UnsafePointer<Int32>, rows: Int, columns: Int, ignoring: Int32
  ) {
    for row in 0..<rows {
      let target = targets[row]
      precondition(
        target == ignoring || (target >= 0 && Int(target) < columns),
        "crossEntropy: target \(target) of row \(row) is not one of \(columns) classes")
    }
  }
}
