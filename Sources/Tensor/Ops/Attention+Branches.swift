// Attention over packed trunks with branches: each token's own segment, and the trunk of its branch, under one softmax.
// Not here: the layout (BranchedSequence.swift).

extension NDArray where Element == Float {
  /// Causal attention within each trunk and branch, of branches to their trunks as well; inference only.
  ///
  /// Equal, but for rounding, to the attention of every trunk with one of its branches as a sequence of its own.
  ///
  /// - Parameters:
  ///   - query: `[1, T, Hq, d]`, rotated to the layout's positions.
  ///   - key: `[1, T, Hk, d]`.
  ///   - value: `[1, T, Hk, d]`.
  ///   - layout: T tokens.
  ///   - scale: the factor of the logits.
  ///   - depth: slots of each token that join its softmax.
  /// - Returns: `[1, T, Hq, d]`.
  /// - Precondition: one row of as many tokens as the layout has.
  /// - Complexity: O(Hq·d) times the visible pairs; no array of T·T elements is formed.
  /// > Source: two softmaxes over disjoint keys joined by their denominators, arXiv 2205.14135, section 3.1.
  public static func branchedAttention(
    query: Tensor, key: Tensor, value: Tensor, layout: BranchedSequence, scale: Float, depth: DepthColumns? = nil
  ) -> Tensor {
    precondition(
      query.shape.rank == 4 && query.shape[0] == 1 && query.shape[1] == layout.tokens,
      "branchedAttention: query \(query.shape) for a row of \(layout.tokens) tokens")
    let own = attention(
      query: query, key: key, value: value, mask: .documents(layout.segments, within: .causal), scale: scale,
      depth: depth)
    guard layout.hasBranches else { return own.output }
    var trunk = attention(
      query: query, key: key, value: value, mask: .documents(layout.trunks, within: .full), scale: scale)
    let tokens = layout.tokens
    trunk.logSumExp.withMutableElements { sums in
      for index in sums.indices where !layout.isBranch[index % tokens] { sums[index] = -.infinity }
    }
    return mergeAttention(own, trunk).output
  }
}
