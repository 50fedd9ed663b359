// A table of learned vectors, one for each token. Not here: its function (Functions/Embedding.swift).
public import Tensor

/// A learned vector for each token id.
///
/// Parameter: `weight` `[V, D]`. To tie the output head to it, pass `table` to `linearCrossEntropy` and `linear`.
public struct Embedding {
  /// The vectors, `[V, D]`.
  public let table: Parameter

  /// A table of `count` vectors of `width` features.
  public init(
    _ count: Int, _ width: Int, initializer: Initializer = .normal(deviation: 0.02), in scope: ParameterScope
  ) {
    table = scope.parameter("weight", [count, width], initializer, group: .embedding)
  }

  /// The vectors of `tokens`, recorded on `tape`.
  ///
  /// - Parameters:
  ///   - tokens: ids `[B, T]`.
  ///   - tape: records the lookup and all that follows; nil for inference.
  /// - Returns: `[B, T, D]`.
  /// - Precondition: every id lies in `0..<V`; traps with the id otherwise.
  public func callAsFunction(_ tokens: IndexTensor, on tape: Tape?) -> Variable {
    embedding(tokens, table: table, on: tape)
  }
}
