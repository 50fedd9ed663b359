// The operator of the paper: attention over the sequence and over depth slots, one softmax.
// Not here: projections and norms (DepthSelfAttention.swift) and the kernel (Tensor/Ops/Attention*.swift).
public import NN
public import Tensor

/// Attention over the sequence and over depth slots, normalised by one softmax.
///
/// - Parameters:
///   - query: `[B, T, Hq, d]`, scored against `key`.
///   - key: `[B, T, Hk, d]`; `Hq` is a multiple of `Hk`.
///   - value: `[B, T, Hk, d]`.
///   - depthQuery: `[B, T, Hq, d]`, scored against the slots' keys; a variable other than `query`.
///   - depth: the slots to read; with an empty view the result equals plain attention bit for bit.
///   - mask: which sequence keys a query sees; depth slots are those of the query's own
///     token, or with chunks those of the tokens up to it in its chunk.
/// - Returns: `[B, T, Hq, d]`; products over the sequence multiply in the precision of the tape, slots in float32.
/// - Complexity: O(B·Hq·T·(T/2 + N)·d) multiply-adds for a causal mask and N slots; times (c + 1)/2 for
///   N in chunks of c tokens.
/// > Source: arXiv 2603.15619, Algorithm 1. Deviation: exact rows instead of masked depth tiles.
public func depthAttention(
  query: Variable, key: Variable, value: Variable, depthQuery: Variable, depth: DepthView, mask: AttentionMask
) -> Variable {
  guard let columns = depth.columns(query: depthQuery.value) else {
    return attention(query: query, key: key, value: value, mask: mask)
  }
  let scale = 1 / Float(query.shape[-1]).squareRoot()
  let precision = query.precision
  let (output, logSumExp) = Tensor.attention(
    query: query.value, key: key.value, value: value.value, mask: mask, scale: scale, depth: columns,
    precision: precision)
  return Variable(output, from: [query, key, value, depthQuery], op: "depthAttention") { gradient, gradients in
    let twin = depth.gradients.twin(of: columns.slots, range: columns.range)
    gradients.add(toAll: [query.target, key.target, value.target, depthQuery.target], always: true) { targets in
      Tensor.attentionBackward(
        outputGradient: gradient, output: output, logSumExp: logSumExp, query: query.value, key: key.value,
        value: value.value, mask: mask, scale: scale, depth: columns, precision: precision,
        into: AttentionGradients(
          query: targets[0], key: targets[1], value: targets[2], depthQuery: targets[3], slots: twin.buffer,
          slotsAdd: twin.adds))
    }
  }
}
