// The operators of the paper: attention over the sequence and over depth slots, one softmax; and over slots alone.
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
    guard let columns = depth.columns(query: depthQuery.value) else { return }
    gradients.add(toAll: [query.target, key.target, value.target, depthQuery.target], always: true) { targets in
      depth.addGradients(of: columns) { buffer, adds in
        Tensor.attentionBackward(
          outputGradient: gradient, output: output, logSumExp: logSumExp, query: query.value, key: key.value,
          value: value.value, mask: mask, scale: scale, depth: columns, precision: precision,
          into: AttentionGradients(
            query: targets[0], key: targets[1], value: targets[2], depthQuery: targets[3], slots: buffer,
            slotsAdd: adds))
      }
    }
  }
}

/// Attention over depth slots alone: "flash depth attention".
///
/// - Parameters:
///   - query: `[B, T, Hq, d]`, scored against the slots' keys.
///   - depth: the slots to read.
/// - Returns: `[B, T, Hq, d]`, in float32.
/// - Precondition: there is a slot.
/// - Complexity: O(B·T·Hq·N·d) multiply-adds for N slots.
/// > Source: the depth attention row of arXiv 2603.15619, Table 1.
public func depthAttention(query: Variable, depth: DepthView) -> Variable {
  guard let columns = depth.columns(query: query.value) else {
    preconditionFailure("depthAttention: no slots to read for a query of \(query.shape)")
  }
  let scale = 1 / Float(query.shape[-1]).squareRoot()
  let (output, logSumExp) = Tensor.depthAttention(columns, scale: scale)
  return Variable(output, from: [query], op: "depthOnlyAttention") { gradient, gradients in
    guard let columns = depth.columns(query: query.value) else { return }
    gradients.add(toAll: [query.target], always: true) { targets in
      depth.addGradients(of: columns, overwrites: false) { buffer, _ in
        Tensor.depthAttentionBackward(
          outputGradient: gradient, output: output, logSumExp: logSumExp, depth: columns, scale: scale,
          queryInto: targets[0], slotsInto: buffer)
      }
    }
  }
}
