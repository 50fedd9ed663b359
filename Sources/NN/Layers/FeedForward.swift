// The position-wise networks of transformer blocks: gated (SwiGLU) and plain (GELU).
public import Tensor

/// `down(silu(gate(x)) ∘ up(x))`, the SwiGLU feed-forward network.
///
/// Parameters: `gate_proj` and `up_proj` `[F, D]`, `down_proj` `[D, F]`.
///
/// > Source: arXiv 2002.05202, equation 6.
public struct GatedFeedForward: Layer {
  /// The projection whose SiLU gates, `[F, D]`.
  public let gate: Linear
  /// The projection that is gated, `[F, D]`.
  public let up: Linear
  /// The projection back to the width, `[D, F]`.
  public let down: Linear

  /// A network of `width` inputs and outputs and `hidden` gated features.
  ///
  /// - Parameters:
  ///   - width: the model's width, D.
  ///   - hidden: the gated width, F.
  ///   - bias: whether the three projections have offsets.
  ///   - initializer: the initial distribution of `gate_proj` and `up_proj`.
  ///   - outputInitializer: that of `down_proj`, often narrower in deep models; `initializer` if nil.
  ///   - scope: the parent of `gate_proj`, `up_proj` and `down_proj`.
  public init(
    width: Int, hidden: Int, bias: Bool = false, initializer: Initializer = .normal(deviation: 0.02),
    outputInitializer: Initializer? = nil, in scope: ParameterScope
  ) {
    gate = Linear(width, hidden, bias: bias, initializer: initializer, in: scope / "gate_proj")
    up = Linear(width, hidden, bias: bias, initializer: initializer, in: scope / "up_proj")
    down = Linear(hidden, width, bias: bias, initializer: outputInitializer ?? initializer, in: scope / "down_proj")
  }

  /// Maps `[…, D]` to `[…, D]`.
  public func callAsFunction(_ x: Variable) -> Variable { down(siluProduct(gate: gate(x), up: up(x))) }
}

/// `fc2(gelu(fc1(x)))`, the feed-forward network of the first transformers.
///
/// Parameters: `fc1` `[F, D]`, `fc2` `[D, F]`.
///
/// > Source: arXiv 1706.03762, equation 2, with the activation of arXiv 1606.08415.
public struct FeedForward: Layer {
  /// The projection to the hidden width, `[F, D]`.
  public let first: Linear
  /// The projection back, `[D, F]`.
  public let second: Linear
  /// How the Gaussian's distribution function is evaluated.
  public let approximation: GELUApproximation

  /// A network of `width` inputs and outputs and `hidden` features.
  ///
  /// - Parameters:
  ///   - width: the model's width, D.
  ///   - hidden: the inner width, F.
  ///   - bias: whether both projections have offsets.
  ///   - approximation: how the activation is evaluated.
  ///   - initializer: the initial distribution of `fc1`.
  ///   - outputInitializer: that of `fc2`; `initializer` if nil.
  ///   - scope: the parent of `fc1` and `fc2`.
  public init(
    width: Int, hidden: Int, bias: Bool = true, approximation: GELUApproximation = .exact,
    initializer: Initializer = .normal(deviation: 0.02), outputInitializer: Initializer? = nil,
    in scope: ParameterScope
  ) {
    first = Linear(width, hidden, bias: bias, initializer: initializer, in: scope / "fc1")
    second = Linear(hidden, width, bias: bias, initializer: outputInitializer ?? initializer, in: scope / "fc2")
    self.approximation = approximation
  }

  /// Maps `[…, D]` to `[…, D]`.
  public func callAsFunction(_ x: Variable) -> Variable { second(gelu(first(x), approximation: approximation)) }
}
