// Attention of a sequence to itself: projections, norms of queries and keys, rotation, grouped heads.
// Not here: the attention itself (Functions/Attention.swift), residuals, caches and depth streams, which models own.
public import Tensor

/// How queries and keys are normalised before they are rotated.
public enum QKNormalization: String, Codable, Sendable, CaseIterable {
  /// Not at all.
  case none
  /// RMS over each head, one gain of width d for all heads.
  case perHead
  /// RMS over all heads together, a gain of the whole width.
  case fullWidth
}

/// Multi-head self-attention with grouped keys and values.
///
/// Parameters: `q_proj` `[Hq·d, D]`, `k_proj` and `v_proj` `[Hk·d, D]`, `o_proj` `[D, Hq·d]`, and with normalisation
/// `q_norm.weight` and `k_norm.weight`: the names of Llama-style checkpoints.
///
/// > Source: arXiv 1706.03762, section 3.2; grouped queries as in arXiv 2305.13245; norms of queries and keys as in
/// > arXiv 2302.05442, section 2.
public struct SelfAttention: Layer {
  /// The projection to queries.
  public let query: Linear
  /// The projection to keys.
  public let key: Linear
  /// The projection to values.
  public let value: Linear
  /// The projection of the heads' outputs back to the width.
  public let output: Linear
  /// The norm of queries.
  public let queryNorm: RMSNorm?
  /// The norm of keys.
  public let keyNorm: RMSNorm?
  /// Which axis the norms run over.
  public let normalization: QKNormalization
  /// Query heads, Hq.
  public let heads: Int
  /// Key and value heads, Hk.
  public let keyHeads: Int
  /// Width of one head, d.
  public let headWidth: Int
  /// Which keys a query sees.
  public let mask: AttentionMask
  /// Cosines and sines of the positions; nil without rotary positions.
  public let rotation: RotaryTable?

  /// Attention of `heads` query heads over `keyHeads` key heads.
  ///
  /// - Parameters:
  ///   - width: the model's width, D.
  ///   - heads: query heads, Hq.
  ///   - keyHeads: key and value heads, Hk; `heads` if nil.
  ///   - headWidth: width of one head, d; `width / heads` if nil.
  ///   - normalization: how queries and keys are normalised.
  ///   - epsilon: added to the mean squares of the norms.
  ///   - rotation: cosines and sines of at least as many positions as tokens; nil for none.
  ///   - mask: which keys a query sees.
  ///   - bias: whether `q_proj`, `k_proj` and `v_proj` have offsets.
  ///   - outputBias: whether `o_proj` has one.
  ///   - initializer: the initial distribution of `q_proj`, `k_proj` and `v_proj`.
  ///   - outputInitializer: that of `o_proj`; `initializer` if nil.
  ///   - scope: the parent of the projections and norms.
  /// - Precondition: `heads` is a multiple of `keyHeads`.
  public init(
    width: Int, heads: Int, keyHeads: Int? = nil, headWidth: Int? = nil, normalization: QKNormalization = .none,
    epsilon: Float = 1e-6, rotation: RotaryTable? = nil, mask: AttentionMask, bias: Bool = false,
    outputBias: Bool = false, initializer: Initializer = .normal(deviation: 0.02),
    outputInitializer: Initializer? = nil, in scope: ParameterScope
  ) {
    let keyHeads = keyHeads ?? heads
    precondition(
      heads > 0 && keyHeads > 0 && heads % keyHeads == 0 && (headWidth != nil || width % heads == 0),
      "SelfAttention: \(heads) query heads, \(keyHeads) key heads, width \(width)")
    let headWidth = headWidth ?? width / heads
    let (queryWidth, keyWidth) = (heads * headWidth, keyHeads * headWidth)
    query = Linear(width, queryWidth, bias: bias, initializer: initializer, in: scope / "q_proj")
    key = Linear(width, keyWidth, bias: bias, initializer: initializer, in: scope / "k_proj")
    value = Linear(width, keyWidth, bias: bias, initializer: initializer, in: scope / "v_proj")
    output = Linear(
      queryWidth, width, bias: outputBias, initializer: outputInitializer ?? initializer, in: scope / "o_proj")
    func norm(_ fullWidth: Int, _ name: String) -> RMSNorm? {
      switch normalization {
      case .none: nil
      case .perHead: RMSNorm(headWidth, epsilon: epsilon, in: scope / name)
      case .fullWidth: RMSNorm(fullWidth, epsilon: epsilon, in: scope / name)
      }
    }
    queryNorm = norm(queryWidth, "q_norm")
    keyNorm = norm(keyWidth, "k_norm")
    self.normalization = normalization
    self.heads = heads
    self.keyHeads = keyHeads
    self.headWidth = headWidth
    self.mask = mask
    self.rotation = rotation
  }

  /// Attention among the tokens of each sequence.
  ///
  /// - Parameter x: `[B, T, D]`.
  /// - Returns: `[B, T, D]`.
  public func callAsFunction(_ x: Variable) -> Variable {
    let (query, key, value) = project(x)
    return merge(attention(query: query, key: key, value: value, mask: mask))
  }

  /// Queries, keys and values, normalised and rotated.
  ///
  /// - Parameters:
  ///   - x: `[B, T, D]`.
  ///   - firstPosition: the position of token 0.
  /// - Returns: queries `[B, T, Hq, d]`, keys and values `[B, T, Hk, d]`.
  public func project(_ x: Variable, firstPosition: Int = 0) -> (query: Variable, key: Variable, value: Variable) {
    precondition(x.shape.rank == 3, "SelfAttention: expected [B, T, D], got \(x.shape)")
    return (
      rotated(normalized(query(x), by: queryNorm, heads: heads), firstPosition),
      rotated(normalized(key(x), by: keyNorm, heads: keyHeads), firstPosition),
      split(value(x), heads: keyHeads)
    )
  }

  /// Merges the heads' outputs and maps them back to the width.
  ///
  /// - Parameter attended: `[B, T, Hq, d]`.
  /// - Returns: `[B, T, D]`.
  public func merge(_ attended: Variable) -> Variable {
    output(attended.reshaped(to: [attended.shape[0], attended.shape[1], heads * headWidth]))
  }

  private func split(_ x: Variable, heads: Int) -> Variable {
    x.reshaped(to: [x.shape[0], x.shape[1], heads, headWidth])
  }

  private func normalized(_ x: Variable, by norm: RMSNorm?, heads: Int) -> Variable {
    guard let norm else { return split(x, heads: heads) }
    return normalization == .perHead ? norm(split(x, heads: heads)) : split(norm(x), heads: heads)
  }

  private func rotated(_ x: Variable, _ firstPosition: Int) -> Variable {
    rotation.map { rotary(x, table: $0, firstPosition: firstPosition) } ?? x
  }
}
