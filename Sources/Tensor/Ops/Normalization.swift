// RMS and layer normalisation over the last axis, forward and backward.
internal import CKernels

extension NDArray where Element == Float {
  /// Root-mean-square normalisation: `x / √(mean(x²) + epsilon) · gain`.
  ///
  /// - Parameters:
  ///   - x: `[…, D]`.
  ///   - gain: `[D]`, ones if nil.
  ///   - epsilon: added to the mean square.
  /// - Returns: the output `[…, D]`, and `1 / √(mean(x²) + epsilon)` of each row, `[rows]`, for the backward.
  /// - Precondition: the gain has the width of `x`.
  /// > Source: arXiv 1910.07467, equation 4.
  public static func rmsNorm(
    _ x: Tensor, gain: Tensor?, epsilon: Float
  ) -> (output: Tensor, inverseRMS: Tensor) {
    let width = x.shape.columns
    precondition(gain.map { $0.count == width } ?? true, "rmsNorm: a gain \(gain?.shape ?? []) for \(x.shape)")
    let kernels = Runtime.kernels
    let output = uninitialized(x.shape), inverse = uninitialized([x.shape.rows])
    let outputs = output.destination, inverses = inverse.destination
    parallelRows(x.shape.rows, columns: width) { rows in
      let at = rows.lowerBound * width
      kernels.rows.rms_norm(
        x.base + at, gain?.base, epsilon, outputs.elements + at, inverses.elements + rows.lowerBound,
        Int64(rows.count), Int64(width))
    }
    return (output, inverse)
  }

  /// The gradients of `rmsNorm` that are asked for, in one pass over the rows.
  ///
  /// The gain's gradient does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - outputGradient: `[…, D]`.
  ///   - input: `[…, D]`.
  ///   - gain: `[D]` or nil, as in the forward.
  ///   - inverseRMS: `[rows]`, from the forward.
  ///   - inputInto: `[…, D]`.
  ///   - gainInto: `[D]`.
  /// - Precondition: shapes agree; traps with them otherwise. `inputInto` overlaps no input.
  public static func rmsNormBackward(
    outputGradient: Tensor, input: Tensor, gain: Tensor?, inverseRMS: Tensor, inputInto: Accumulator?,
    gainInto: Accumulator?
  ) {
    let width = input.shape.columns, rows = input.shape.rows
    requireSameShape("rmsNormBackward", input.shape, outputGradient.shape)
    precondition(
      inverseRMS.count == rows && gain.map { $0.count == width } ?? true,
      "rmsNormBackward: statistics \(inverseRMS.shape), a gain \(gain?.shape ?? []) for \(input.shape)")
    if let inputInto { requireCount("rmsNormBackward", input.shape, into: inputInto) }
    let kernels = Runtime.kernels
    blockSums(rows: rows, width: width, into: [gainInto], name: "rmsNormBackward") { range, sums in
      let at = range.lowerBound * width
      kernels.rows.rms_norm_backward(
        outputGradient.base + at, input.base + at, gain?.base, inverseRMS.base + range.lowerBound,
        inputInto?.beta ?? 0, inputInto.map { $0.elements + at }, sums[0]?.elements, Int64(range.count), Int64(width))
    }
  }

  /// Layer normalisation: `(x − mean) / √(variance + epsilon) · gain + bias`.
  ///
  /// - Parameters:
  ///   - x: `[…, D]`.
  ///   - gain: `[D]`.
  ///   - bias: `[D]`.
  ///   - epsilon: added to the variance.
  /// - Returns: the output `[…, D]`, and for the backward the mean and `1 / √(variance + epsilon)` of each row, `[rows]`.
  /// - Precondition: gain and bias have the width of `x`.
  /// > Source: arXiv 1607.06450, equation 4.
  public static func layerNorm(
    _ x: Tensor, gain: Tensor, bias: Tensor, epsilon: Float
  ) -> (output: Tensor, mean: Tensor, inverseDeviation: Tensor) {
    let width = x.shape.columns
    precondition(
      gain.count == width && bias.count == width,
      "layerNorm: a gain \(gain.shape) and a bias \(bias.shape) for \(x.shape)")
    let kernels = Runtime.kernels
    let output = uninitialized(x.shape), mean = uninitialized([x.shape.rows]), inverse = uninitialized([x.shape.rows])
    let outputs = output.destination, means = mean.destination, inverses = inverse.destination
    parallelRows(x.shape.rows, columns: width) { rows in
      let at = rows.lowerBound * width
      kernels.rows.layer_norm(
        x.base + at, gain.base, bias.base, epsilon, outputs.elements + at, means.elements + rows.lowerBound,
        inverses.elements + rows.lowerBound, Int64(rows.count), Int64(width))
    }
    return (output, mean, inverse)
  }

  /// The gradients of `layerNorm` that are asked for, in one pass over the rows.
  ///
  /// The gradients of gain and bias do not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - outputGradient: `[…, D]`.
  ///   - input: `[…, D]`.
  ///   - gain: `[D]`.
  ///   - mean: `[rows]`, from the forward.
  ///   - inverseDeviation: `[rows]`, from the forward.
  ///   - inputInto: `[…, D]`.
  ///   - gainInto: `[D]`.
  ///   - biasInto: `[D]`.
  /// - Precondition: shapes agree; traps with them otherwise. `inputInto` overlaps no input.
  public static func layerNormBackward(
    outputGradient: Tensor, input: Tensor, gain: Tensor, mean: Tensor, inverseDeviation: Tensor,
    inputInto: Accumulator?, gainInto: Accumulator?, biasInto: Accumulator?
  ) {
    let width = input.shape.columns, rows = input.shape.rows
    requireSameShape("layerNormBackward", input.shape, outputGradient.shape)
    precondition(
      mean.count == rows && inverseDeviation.count == rows && gain.count == width,
      "layerNormBackward: statistics \(mean.shape), \(inverseDeviation.shape), a gain \(gain.shape) for \(input.shape)")
    if let inputInto { requireCount("layerNormBackward", input.shape, into: inputInto) }
    let kernels = Runtime.kernels
    blockSums(rows: rows, width: width, into: [gainInto, biasInto], name: "layerNormBackward") { range, sums in
      let at = range.lowerBound * width
      kernels.rows.layer_norm_backward(
        outputGradient.base + at, input.base + at, gain.base, mean.base + range.lowerBound,
        inverseDeviation.base + range.lowerBound, inputInto?.beta ?? 0, inputInto.map { $0.elements + at },
        sums[0]?.elements, sums[1]?.elements, Int64(range.count), Int64(width))
    }
  }

  /// Calls `body` for fixed blocks of rows with zeroed sums of `width`, one per destination that is not nil, and adds
  /// the blocks' sums into the destinations in order.
  private static func blockSums(
    rows: Int, width: Int, into destinations: [Accumulator?], name: StaticString,
    _ body: @Sendable (Range<Int>, [Accumulator?]) -> Void
  ) {
    for case let destination? in destinations {
      precondition(destination.shape.count == width, "\(name): width \(width) does not fit into \(destination.shape)")
    }
    let blocks = RowBlocks(rows: rows)
    let partial = destinations.map { $0.map { _ in uninitialized([blocks.count, width]) } }
    let sums = partial.map { $0?.destination }
    blocks.forEach(columns: width) { block, range in
      let own = sums.map { sum in
        sum.map { Accumulator($0.elements + block * width, shape: [width], beta: 1) }
      }
      for case let sum? in own { sum.elements.update(repeating: 0, count: width) }
      body(range, own)
    }
    for case (let destination?, let partial?) in zip(destinations, partial) { columnSums(partial, into: destination) }
  }
}
