// Token lookup: where a tape enters a language model.
public import Tensor

/// Rows of `table` for each token.
///
/// - Parameters:
///   - tokens: ids `[B, T]`.
///   - table: `[V, D]`.
///   - tape: records this and everything computed from it; nil for inference.
/// - Returns: `[B, T, D]`.
/// - Precondition: every id lies in `0..<V`; traps with the id otherwise.
public func embedding(_ tokens: IndexTensor, table: Parameter, on tape: Tape?) -> Variable {
  let rows = Tensor.gatherRows(table.value, tokens)
  guard let tape else { return Variable(rows) }
  let target = Variable(table)
  return Variable(
    rows,
    source: .output(
      tape.record("embedding", shape: rows.shape) { gradient, gradients in
        gradients.add(to: target) { Tensor.scatterAddRows(gradient, tokens, into: $0) }
      }))
}
