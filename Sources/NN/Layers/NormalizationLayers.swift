// Root-mean-square and layer normalisation as layers. Not here: their functions (Functions/Normalization.swift).
import Tensor

/// `x / √(mean(x²) + ε) ∘ gain` over the last axis.
///
/// Parameter: `weight` `[D]`, which starts at one.
public struct RMSNorm: Layer {
  /// The factor of each feature, `[D]`.
  public let gain: Parameter
  /// Added to the mean square.
  public let epsilon: Float

  /// Normalisation of a last axis of `width` features.
  public init(_ width: Int, epsilon: Float, in scope: ParameterScope) {
    gain = scope.parameter("weight", [width], .ones, group: .vector)
    self.epsilon = epsilon
  }

  /// Normalises each row of `[…, D]`.
  public func callAsFunction(_ x: Variable) -> Variable { rmsNorm(x, gain: gain, epsilon: epsilon) }
}

/// `(x − mean) / √(variance + ε) ∘ gain + bias` over the last axis.
///
/// Parameters: `weight` `[D]`, which starts at one, and `bias` `[D]`, which starts at zero.
public struct LayerNorm: Layer {
  /// The factor of each feature, `[D]`.
  public let gain: Parameter
  /// The offset of each feature, `[D]`.
  public let bias: Parameter
  /// Added to the variance.
  public let epsilon: Float

  /// Normalisation of a last axis of `width` features.
  public init(_ width: Int, epsilon: Float, in scope: ParameterScope) {
    gain = scope.parameter("weight", [width], .ones, group: .vector)
    bias = scope.parameter("bias", [width], .zeros, group: .vector)
    self.epsilon = epsilon
  }

  /// Normalises each row of `[…, D]`.
  public func callAsFunction(_ x: Variable) -> Variable { layerNorm(x, gain: gain, bias: bias, epsilon: epsilon) }
}
