// The affine map of the last axis as a layer. Not here: its function (Functions/Linear.swift).
import Tensor

/// `x·Wᵀ + b` over the last axis.
///
/// Parameters: `weight` `[out, in]` and, if asked for, `bias` `[out]`, which starts at zero.
public struct Linear: Layer {
  /// The matrix, `[out, in]`.
  public let weight: Parameter
  /// The offset, `[out]`.
  public let bias: Parameter?

  /// A map from `inputs` to `outputs` features.
  ///
  /// - Parameters:
  ///   - inputs: the width of the input's last axis.
  ///   - outputs: the width of the output's last axis.
  ///   - bias: whether an offset is added.
  ///   - initializer: the initial distribution of `weight`.
  ///   - scope: where `weight` and `bias` are registered.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = false, initializer: Initializer = .normal(deviation: 0.02),
    in scope: ParameterScope
  ) {
    weight = scope.parameter("weight", [outputs, inputs], initializer, group: .matrix)
    self.bias = bias ? scope.parameter("bias", [outputs], .zeros, group: .vector) : nil
  }

  /// Maps `[…, in]` to `[…, out]`.
  public func callAsFunction(_ x: Variable) -> Variable { linear(x, weight: weight, bias: bias) }
}
