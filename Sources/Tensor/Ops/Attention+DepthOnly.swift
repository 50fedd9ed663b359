// Attention to a token's depth slots alone, without a sequence: "flash depth attention".
// Not here: slots beside a sequence (Attention.swift).
import CKernels

extension NDArray where Element == Float {
  /// Softmax attention of each token to its own depth slots and nothing else.
  ///
  /// > Source: the depth attention row of arXiv 2603.15619, Table 1; the project's specification, section 2.10.
  ///
  /// - Parameters:
  ///   - depth: the slots and the queries against them.
  ///   - scale: the factor of the logits.
  /// - Returns: the output `[B, T, Hq, d]` and the log-sum-exp `[B, Hq, T]`, which the backward pass needs.
  /// - Precondition: at least one slot is visible.
  /// - Complexity: O(B·T·Hq·N·d), times the chunk's tokens.
  public static func depthAttention(_ depth: DepthColumns, scale: Float) -> (output: Tensor, logSumExp: Tensor) {
    precondition(!depth.range.isEmpty, "depthAttention: no visible slots")
    guard depth.isExact(.exactRows) else { return DepthAxis(depth, strategy: .groupAware).attention(scale: scale) }
    let geometry = AttentionGeometry(slotsAlone: depth)
    var logSumExp = Tensor(uninitializedShape: geometry.logSumExpShape) { _ in }
    let output = Tensor.filled(depth.query.shape) { output in
      logSumExp.withMutableElements { sums in
        guard let sums = sums.baseAddress else { return }
        let operands = AttentionOperands(
          slotsAlone: depth, geometry, output: output.elements, logSumExp: sums, scale: scale)
        forEachTokenRun(operands) { kernels, view, tokens, _, scratch in
          kernels.forward_tokens(&view, Int64(tokens.lowerBound), Int64(tokens.upperBound), scratch)
        }
      }
    }
    withExtendedLifetime(depth) {}
    return (output, logSumExp)
  }

  /// The gradients of `depthAttention`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[B, T, Hq, d]`.
  ///   - output: the output, `[B, T, Hq, d]`.
  ///   - logSumExp: the log-sum-exp, `[B, Hq, T]`.
  ///   - depth: as in the forward pass.
  ///   - scale: as in the forward pass.
  ///   - queryInto: `[B, T, Hq, d]`; nil if not wanted.
  ///   - slotsInto: a buffer of the slots' sizes: the visible slots are added into; nil if not wanted.
  /// - Precondition: shapes agree with the forward pass.
  public static func depthAttentionBackward(
    outputGradient: Tensor, output: Tensor, logSumExp: Tensor, depth: DepthColumns, scale: Float,
    queryInto: Accumulator?, slotsInto: SlotBuffer?
  ) {
    let shape = depth.query.shape
    precondition(
      queryInto.map { $0.shape.count == shape.count } ?? true,
      "depthAttentionBackward: gradient of the query \(queryInto?.shape.description ?? "") for a query of \(shape)")
    let geometry = AttentionGeometry(slotsAlone: depth)
    geometry.check(
      outputGradient: outputGradient, output: output, logSumExp: logSumExp, slots: slotsInto, depth: depth)
    // Without a sequence its gradients have nowhere to go; the query's destination stands in for them, unused.
    guard let sink = queryInto ?? (slotsInto.map { _ in Accumulator(output.base, shape: shape, beta: 1) }) else {
      return
    }
    let gradients = AttentionGradients(query: sink, key: sink, value: sink, depthQuery: queryInto, slots: slotsInto)
    guard depth.isExact(.exactRows) else {
      return DepthAxis(depth, strategy: .groupAware).attentionBackward(
        outputGradient: outputGradient, output: output, logSumExp: logSumExp, scale: scale, into: gradients,
        afterSequence: false)
    }
    let operands = AttentionOperands(
      slotsAlone: depth, geometry, output: output.base, logSumExp: logSumExp.base,
      scale: scale)
    let view = AttentionGradientView(operands, outputGradient, gradients)
    forEachTokenRun(operands) { kernels, head, tokens, index, scratch in
      var gradient = view.head(index, key: scratch, value: scratch)
      kernels.backward_slots(
        &head, &gradient, Int64(tokens.lowerBound), Int64(tokens.upperBound), scratch)
    }
    withExtendedLifetime((outputGradient, output, logSumExp, depth)) {}
  }
}

/// Calls `body` with the kernels, each head's view and runs of its tokens, in parallel.
private func forEachTokenRun(
  _ operands: AttentionOperands,
  _ body:
    @Sendable (
      ck_attention, inout ck_attention_head, Range<Int>, _ head: Int, UnsafeMutablePointer<Float>
    ) -> Void
) {
  let kernels = UnsafeShared(Runtime.kernels.attention)
  let geometry = operands.geometry, run = 16, runs = (geometry.tokens + run - 1) / run
  let scratch = WorkerScratch(
    count: Int(kernels.pointer.scratch_size(Int64(geometry.width))), workers: Runtime.threads)
  let work = geometry.work(slots: operands.depth?.range.count ?? 0)
  forEachAttentionItem(geometry.batch * geometry.heads * runs, work: work) { index, worker in
    let (head, item) = index.quotientAndRemainder(dividingBy: runs)
    var view = operands.head(head)
    body(kernels.pointer, &view, item * run..<min((item + 1) * run, geometry.tokens), head, scratch[worker])
  }
}
