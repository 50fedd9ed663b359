// Attention of single tokens of several texts, each to the keys and values of its own text.
// Not here: many tokens of one text (Attention.swift), and who keeps the keys (NN/Generation/KVCache.swift).
import CKernels

/// The keys and values that one token sees: those of its own text.
public struct CachedKeys: Sendable {
  /// Keys, `[1, S, Hk, d]`.
  public let keys: Tensor
  /// Values, `[1, S, Hk, d]`.
  public let values: Tensor
  /// The rows that are valid, from 0.
  public let count: Int

  /// The first `count` rows of keys and values.
  ///
  /// - Precondition: the shapes agree, and there are as many rows.
  public init(keys: Tensor, values: Tensor, count: Int) {
    precondition(
      keys.shape.rank == 4 && keys.shape[0] == 1 && keys.shape == values.shape && count >= 1 && count <= keys.shape[1]
        && count < 1 << 31,
      "CachedKeys: \(count) rows of keys \(keys.shape) and values \(values.shape)")
    self.keys = keys
    self.values = values
    self.count = count
  }
}

extension NDArray where Element == Float {
  /// Softmax attention of each token of a row to the keys and values of its own text and, if given, its depth slots.
  ///
  /// Each token gets the bits that `attention` gives it alone, whatever stands beside it; results do not depend on the
  /// number of threads. Inference only.
  ///
  /// - Parameters:
  ///   - query: one token of each text, `[1, T, Hq, d]`.
  ///   - texts: T texts, whose last valid row is the token's own.
  ///   - scale: the factor of the logits.
  ///   - depth: slots of each token that join its softmax; its chunks are single tokens.
  /// - Returns: `[1, T, Hq, d]`.
  /// - Precondition: as many texts as tokens; heads and head widths agree.
  /// - Complexity: O(Hq·d) times the valid rows of all texts.
  public static func cachedAttention(
    query: Tensor, texts: [CachedKeys], scale: Float, depth: DepthColumns? = nil
  ) -> Tensor {
    let shapes = "cachedAttention: query \(query.shape), keys \(texts.first?.keys.shape ?? [0])"
    precondition(query.shape.rank == 4 && query.shape[0] == 1 && query.shape[1] == texts.count, shapes)
    guard let first = texts.first else { return query }
    let heads = first.keys.shape[2]
    precondition(
      heads >= 1 && query.shape[2].isMultiple(of: heads)
        && texts.allSatisfy { $0.keys.shape[2] == heads && $0.keys.shape[3] == query.shape[3] }, shapes)
    precondition(depth.map { $0.isExact(.exactRows) } ?? true, "cachedAttention: slots that tokens share")
    let geometry = AttentionGeometry(singleTokens: query, heads: heads, most: texts.map(\.count).max() ?? 1)
    geometry.check(depth)
    var logSumExp = Tensor(uninitializedShape: geometry.logSumExpShape) { _ in }
    let output = Tensor.filled(query.shape) { output in
      logSumExp.withMutableElements { sums in
        guard let sums = sums.baseAddress else { return }
        let operands = AttentionOperands(
          geometry, query: query.base, key: first.keys.base, value: first.values.base, output: output.elements,
          logSumExp: sums, scale: scale, depth: depth)
        cachedAttention(operands, texts: texts)
      }
    }
    withExtendedLifetime((query, texts, depth)) {}
    return output
  }

  private static func cachedAttention(_ operands: AttentionOperands, texts: [CachedKeys]) {
    let geometry = operands.geometry, group = geometry.group
    let kernels = UnsafeShared(Runtime.kernels.attention).pointer
    let scratch = WorkerScratch(count: Int(kernels.scratch_size(Int64(geometry.width))), workers: Runtime.threads)
    // The choice that `attention` makes for one token.
    let runsByToken = 4 * group <= 3 * Int(kernels.lanes)
    forEachAttentionItem(
      texts.count * geometry.heads, work: geometry.work(slots: operands.depth?.range.count ?? 0)
    ) { index, worker in
      let (token, head) = index.quotientAndRemainder(dividingBy: geometry.heads)
      let text = texts[token], offset = head * geometry.width
      var view = operands.head(head)
      view.key = UnsafePointer(text.keys.base + offset)
      view.value = UnsafePointer(text.values.base + offset)
      view.first_visible = Int64(text.count)
      if runsByToken {
        kernels.forward_tokens(&view, Int64(token), Int64(token + 1), scratch[worker])
      } else {
        kernels.forward_block(&view, Int64(token * group), Int64(group), scratch[worker])
      }
    }
  }
}
