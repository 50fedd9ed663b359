// Point-wise non-linearities as layers, for sequences of layers. Not here: their functions (Functions/Activation.swift).
public import Tensor

/// `x·σ(x)`.
public struct SiLU: Layer {
  /// The activation.
  public init() {}

  /// Maps each element.
  public func callAsFunction(_ x: Variable) -> Variable { silu(x) }
}

/// `x·Φ(x)`.
public struct GELU: Layer {
  /// How the Gaussian's distribution function is evaluated.
  public let approximation: GELUApproximation

  /// The activation.
  public init(approximation: GELUApproximation = .exact) { self.approximation = approximation }

  /// Maps each element.
  public func callAsFunction(_ x: Variable) -> Variable { gelu(x, approximation: approximation) }
}
