// Attention over a sequence, or from one sequence to another, through the blocked kernel.
public import Tensor

/// Grouped-query attention with one softmax over the keys.
///
/// - Parameters:
///   - query: `[B, T, Hq, d]`.
///   - key: `[B, S, Hk, d]`; `Hq` is a multiple of `Hk`, query head `h` reads key head `h·Hk/Hq`.
///   - value: `[B, S, Hk, d]`.
///   - mask: which keys a query sees.
///   - scale: factor of the logits; `d^(-1/2)` if nil.
/// - Returns: `[B, T, Hq, d]`; the products multiply in the precision of the tape.
public func attention(
  query: Variable, key: Variable, value: Variable, mask: AttentionMask, scale: Float? = nil
) -> Variable {
  let scale = scale ?? 1 / Float(query.shape[-1]).squareRoot()
  let precision = query.precision
  let (output, logSumExp) = Tensor.attention(
    query: query.value, key: key.value, value: value.value, mask: mask, scale: scale, precision: precision)
  return Variable(output, from: [query, key, value], op: "attention") { gradient, gradients in
    gradients.add(toAll: [query.target, key.target, value.target]) { targets in
      Tensor.attentionBackward(
        outputGradient: gradient, output: output, logSumExp: logSumExp, query: query.value, key: key.value,
        value: value.value, mask: mask, scale: scale, precision: precision,
        into: AttentionGradients(query: targets[0], key: targets[1], value: targets[2]))
    }
  }
}
