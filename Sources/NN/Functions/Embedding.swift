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
  let table = Variable(table), target = table.target
  let rows = Tensor.gatherRows(table.value, tokens)
  return Variable(rows, from: [Variable(rows, on: tape), table], op: "embedding") { gradient, gradients in
    gradients.add(to: target) { Tensor.scatterAddRows(gradient, tokens, into: $0) }
  }
}
