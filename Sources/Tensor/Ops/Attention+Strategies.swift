// Depth slots as one axis of keys: the masked rungs of the kernel ablation, and chunks of tokens that share their slots.
// Not here: exact rows, which the kernels evaluate beside the sequence (Attention.swift).
import CKernels
import Foundation

/// Attention to the slots of all tokens as one axis of T·N columns, a token's visible ones a run of it.
///
/// > Source: arXiv 2603.15619, the flash-compatible layout; the project's specification, section 2.1.
struct DepthAxis {
  private let depth: DepthColumns
  private let packed: SlotBuffer
  private let geometry: AttentionGeometry

  /// The axis of `depth`; slots that do not fill their buffer are copied into one that they fill.
  init(_ depth: DepthColumns, strategy: DepthStrategy) {
    self.depth = depth
    packed = depth.slots.packed(depth.range)
    geometry = AttentionGeometry(
      DepthColumns(query: depth.query, slots: packed, range: 0..<packed.capacity, chunk: depth.chunk),
      strategy: strategy, tileRows: Int(Runtime.kernels.attention.tile_rows))
  }

  private func operands(
    output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>, scale: Float
  ) -> AttentionOperands {
    AttentionOperands(
      geometry, query: depth.query.base, key: packed.keyColumn(batch: 0, head: 0, slot: 0),
      value: packed.valueColumn(batch: 0, head: 0, slot: 0), output: output, logSumExp: logSumExp, scale: scale,
      depth: nil)
  }

  /// The output `[B, T, Hq, d]` and the log-sum-exp `[B, Hq, T]` of the slots alone.
  func attention(scale: Float) -> (output: Tensor, logSumExp: Tensor) {
    var logSumExp = Tensor(uninitializedShape: geometry.logSumExpShape) { _ in }
    let output = Tensor.filled(depth.query.shape) { output in
      logSumExp.withMutableElements { sums in
        guard let sums = sums.baseAddress else { return }
        attentionForward(operands(output: output.elements, logSumExp: sums, scale: scale))
      }
    }
    withExtendedLifetime((depth, packed)) {}
    return (output, logSumExp)
  }

  /// Adds the slots' share of the gradients, from the joint output and log-sum-exp.
  ///
  /// - Parameter afterSequence: whether the sequence part has written the query's gradient, which may be shared.
  func attentionBackward(
    outputGradient: Tensor, output: Tensor, logSumExp: Tensor, scale: Float, into gradients: AttentionGradients,
    afterSequence: Bool = true
  ) {
    let sums = depth.slots === packed ? gradients.slots : nil
    let target = sums ?? packed.zeroTwin(), beta: Float = sums == nil || gradients.slotsAdd ? 1 : 0
    let shape: Shape = [geometry.batch, geometry.heads, geometry.keys, geometry.width]
    func run(_ query: Accumulator) {
      attentionGradients(
        operands(output: output.base, logSumExp: logSumExp.base, scale: scale), outputGradient: outputGradient,
        into: AttentionGradients(
          query: query, key: Accumulator(target.keyColumn(batch: 0, head: 0, slot: 0), shape: shape, beta: beta),
          value: Accumulator(target.valueColumn(batch: 0, head: 0, slot: 0), shape: shape, beta: beta)))
    }
    if let query = gradients.depthQuery {
      let shared = afterSequence && query.elements == gradients.query.elements
      run(shared ? Accumulator(query.elements, shape: query.shape, beta: 1) : query)
    } else {
      _ = Tensor.filled(depth.query.shape) { run($0) }
    }
    if sums == nil, let slots = gradients.slots {
      if !gradients.slotsAdd { slots.zero(slots: depth.range) }
      slots.add(target, to: depth.range)
    }
    withExtendedLifetime((outputGradient, output, logSumExp, depth, packed)) {}
  }
}

/// Two softmaxes over disjoint keys as one: outputs weighted by their shares of the joint denominator.
func mergeAttention(
  _ a: (output: Tensor, logSumExp: Tensor), _ b: (output: Tensor, logSumExp: Tensor)
) -> (output: Tensor, logSumExp: Tensor) {
  let shape = a.output.shape, (tokens, heads, width) = (shape[1], shape[2], shape[3])
  let sums = Tensor(uninitializedShape: a.logSumExp.shape) { _ in }
  let arrays = UnsafeShared(
    (Runtime.kernels.rows.axpy, sums.base, a.output.base, b.output.base, a.logSumExp.base, b.logSumExp.base))
  let output = Tensor.filled(shape) { output in
    parallelFor(shape[0] * tokens, grain: max(1, 1 << 14 / max(1, heads * width))) { range in
      let (axpy, sums, outputA, outputB, sumA, sumB) = arrays.pointer
      for index in range {
        let (sequence, token) = index.quotientAndRemainder(dividingBy: tokens)
        for head in 0..<heads {
          let at = (sequence * heads + head) * tokens + token, row = (index * heads + head) * width
          let top = max(sumA[at], sumB[at])
          let difference = min(sumA[at], sumB[at]) - top
          sums[at] = top == -.infinity ? top : top + log1p(exp(difference))
          let target = output.elements + row
          target.update(repeating: 0, count: width)
          axpy(exp(sumA[at] - sums[at]), outputA + row, target, Int64(width))
          axpy(exp(sumB[at] - sums[at]), outputB + row, target, Int64(width))
        }
      }
    }
  }
  withExtendedLifetime((a, b)) {}
  return (output, sums)
}
