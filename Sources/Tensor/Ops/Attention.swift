// Scaled dot-product attention with grouped queries and an optional depth phase: the public operation and its types.
// Not here: the split into work items (Attention+Forward.swift, Attention+Backward.swift) and the kernels (CKernels).

/// Where the gradients of attention go.
///
/// `depthQuery` may be the same destination as `query` if it adds: it then receives the sum of both.
public struct AttentionGradients {
  /// Gradient of the query, `[B, T, Hq, d]`.
  public var query: Accumulator
  /// Gradient of the keys, `[B, S, Hk, d]`.
  public var key: Accumulator
  /// Gradient of the values, `[B, S, Hk, d]`.
  public var value: Accumulator
  /// Gradient of the query against slots, `[B, T, Hq, d]`; nil if not wanted.
  public var depthQuery: Accumulator?
  /// Gradient twin of the slots; nil if not wanted.
  public var slots: SlotBuffer?
  /// Whether the visible slots of the twin are added into; otherwise they are overwritten.
  public var slotsAdd: Bool

  /// Destinations of all gradients.
  public init(
    query: Accumulator, key: Accumulator, value: Accumulator, depthQuery: Accumulator? = nil,
    slots: SlotBuffer? = nil, slotsAdd: Bool = true
  ) {
    self.query = query
    self.key = key
    self.value = value
    self.depthQuery = depthQuery
    self.slots = slots
    self.slotsAdd = slotsAdd
  }
}

extension NDArray where Element == Float {
  /// Softmax attention of grouped queries over sequence keys and, if given, depth slots, under one softmax.
  ///
  /// Query head h reads key-value head h / G. Without visible slots the result is that of plain attention, bit for
  /// bit. Results do not depend on the number of threads.
  ///
  /// > Source: arXiv 2603.15619, the definition of mixture-of-depths attention; blocked evaluation with an online
  /// > softmax after arXiv 2205.14135. Depth logits are computed for a token's own rows only.
  ///
  /// - Parameters:
  ///   - query: `[B, T, Hq, d]`, d from 1 to 256.
  ///   - key: `[B, S, Hk, d]`; Hk divides Hq.
  ///   - value: `[B, S, Hk, d]`.
  ///   - keyCount: the rows of `key` and `value` that are valid, for caches with room to spare; all if nil.
  ///   - mask: which of the valid keys a query sees.
  ///   - scale: the factor of the logits, commonly 1/√d; also for depth logits.
  ///   - depth: slots that join the softmax.
  ///   - strategy: how slots are evaluated; the result is the same but for rounding.
  ///   - precision: in which the products over the sequence multiply; those with slots are float32, and all are with
  ///     the naive strategy, which wants float32 slots.
  /// - Returns: the output `[B, T, Hq, d]` and the natural logarithm of the joint softmax denominator, `[B, Hq, T]`,
  ///   which the backward pass needs.
  /// - Precondition: shapes agree; 1 ≤ `keyCount` ≤ S; T ≤ `keyCount` unless the mask is `.full`; with documents
  ///   T = `keyCount`.
  /// - Complexity: O(B·Hq·T·(S + N)·d); no array of T·S elements is formed.
  public static func attention(
    query: Tensor, key: Tensor, value: Tensor, keyCount: Int? = nil, mask: AttentionMask, scale: Float,
    depth: DepthColumns? = nil, strategy: DepthStrategy = .exactRows, precision: Precision = .float32
  ) -> (output: Tensor, logSumExp: Tensor) {
    let geometry = AttentionGeometry(query: query, key: key, value: value, keyCount: keyCount, mask: mask)
    geometry.check(depth)
    if let depth, !depth.range.isEmpty, !depth.isExact(strategy) {
      guard strategy != .naive else {
        return naiveAttention(geometry, query: query, key: key, value: value, mask: mask, scale: scale, depth: depth)
      }
      return mergeAttention(
        attention(
          query: query, key: key, value: value, keyCount: keyCount, mask: mask, scale: scale, precision: precision),
        DepthAxis(depth, strategy: strategy).attention(scale: scale))
    }
    var logSumExp = Tensor(uninitializedShape: geometry.logSumExpShape) { _ in }
    let output = Tensor.filled(query.shape) { output in
      logSumExp.withMutableElements { sums in
        guard let sums = sums.baseAddress else { return }
        let operands = AttentionOperands(
          geometry, query: query.base, key: key.base, value: value.base, output: output.elements, logSumExp: sums,
          scale: scale, depth: depth)
        attentionForward(operands, precision: precision)
      }
    }
    withExtendedLifetime((query, key, value, mask, depth)) {}
    return (output, logSumExp)
  }

  /// The gradients of `attention`, from its inputs, its results and the gradient of its output.
  ///
  /// Probabilities are recomputed from `logSumExp`. Results do not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - outputGradient: `[B, T, Hq, d]`.
  ///   - output: the output, `[B, T, Hq, d]`.
  ///   - logSumExp: the joint log-sum-exp, `[B, Hq, T]`.
  ///   - query: `[B, T, Hq, d]`.
  ///   - key: `[B, S, Hk, d]`, all of it valid.
  ///   - value: `[B, S, Hk, d]`.
  ///   - mask: as in the forward pass.
  ///   - scale: as in the forward pass.
  ///   - depth: as in the forward pass.
  ///   - strategy: as in the forward pass, or another.
  ///   - precision: as in the forward pass.
  ///   - gradients: the destinations.
  /// - Precondition: shapes agree with the forward pass, and each destination has the shape of its input.
  public static func attentionBackward(
    outputGradient: Tensor, output: Tensor, logSumExp: Tensor, query: Tensor, key: Tensor, value: Tensor,
    mask: AttentionMask, scale: Float, depth: DepthColumns? = nil, strategy: DepthStrategy = .exactRows,
    precision: Precision = .float32, into gradients: AttentionGradients
  ) {
    let geometry = AttentionGeometry(query: query, key: key, value: value, keyCount: nil, mask: mask)
    geometry.check(depth)
    geometry.check(
      outputGradient: outputGradient, output: output, logSumExp: logSumExp, slots: gradients.slots, depth: depth)
    geometry.check(gradients)
    if let depth, !depth.range.isEmpty, !depth.isExact(strategy) {
      guard strategy != .naive else {
        return naiveAttentionBackward(
          geometry, outputGradient: outputGradient, output: output, logSumExp: logSumExp, query: query, key: key,
          value: value, mask: mask, scale: scale, depth: depth, into: gradients)
      }
      var sequence = gradients
      (sequence.depthQuery, sequence.slots) = (nil, nil)
      attentionBackward(
        outputGradient: outputGradient, output: output, logSumExp: logSumExp, query: query, key: key, value: value,
        mask: mask, scale: scale, precision: precision, into: sequence)
      return DepthAxis(depth, strategy: strategy).attentionBackward(
        outputGradient: outputGradient, output: output, logSumExp: logSumExp, scale: scale, into: gradients)
    }
    let operands = AttentionOperands(
      geometry, query: query.base, key: key.base, value: value.base, output: output.base, logSumExp: logSumExp.base,
      scale: scale, depth: depth)
    attentionGradients(operands, outputGradient: outputGradient, precision: precision, into: gradients)
    withExtendedLifetime((outputGradient, output, logSumExp, query, key, value, mask, depth)) {}
  }
}
