// Convolutions as layers. Not here: their functions (Functions/Convolution.swift).
public import Tensor

extension Initializer {
  /// Uniform on `±√(1 / inputs)`, the usual start of convolutions: outputs of about the input's scale over √3.
  ///
  /// - Parameter inputs: the inputs that one output sums, `kh·kw·C`.
  public static func fanIn(_ inputs: Int) -> Initializer { .uniform(bound: (1 / Float(max(1, inputs))).squareRoot()) }
}

/// Two-dimensional convolution of images.
///
/// Parameters: `weight` `[O, kh, kw, C]` and, if asked for, `bias` `[O]`, which starts at zero.
public struct Convolution2D: Layer {
  /// The kernel, `[O, kh, kw, C]`.
  public let weight: Parameter
  /// The offset of each output channel, `[O]`.
  public let bias: Parameter?
  /// Kernel size, stride, dilation and padding.
  public let window: ConvolutionWindow

  /// A convolution from `inputs` to `outputs` channels.
  ///
  /// - Parameters:
  ///   - inputs: channels C of the input.
  ///   - outputs: channels O of the output.
  ///   - window: kernel size, stride, dilation and padding.
  ///   - bias: whether an offset is added.
  ///   - initializer: the initial distribution of `weight`; `.fanIn` of the kernel if nil.
  ///   - scope: where `weight` and `bias` are registered.
  public init(
    _ inputs: Int, _ outputs: Int, window: ConvolutionWindow, bias: Bool = true, initializer: Initializer? = nil,
    in scope: ParameterScope
  ) {
    weight = scope.parameter(
      "weight", [outputs, window.height.kernel, window.width.kernel, inputs],
      initializer ?? .fanIn(window.taps * inputs), group: .matrix)
    self.bias = bias ? scope.parameter("bias", [outputs], .zeros, group: .vector) : nil
    self.window = window
  }

  /// Maps `[B, H, W, C]` to `[B, Ho, Wo, O]`.
  public func callAsFunction(_ x: Variable) -> Variable {
    convolution2D(x, weight: weight, bias: bias, window: window)
  }
}

/// One-dimensional convolution of sequences.
///
/// Parameters: `weight` `[O, k, C]` and, if asked for, `bias` `[O]`, which starts at zero.
public struct Convolution1D: Layer {
  /// The kernel, `[O, k, C]`.
  public let weight: Parameter
  /// The offset of each output channel, `[O]`.
  public let bias: Parameter?
  /// Kernel size, stride, dilation and padding.
  public let window: ConvolutionWindow.Axis

  /// A convolution from `inputs` to `outputs` channels.
  ///
  /// - Parameters:
  ///   - inputs: channels C of the input.
  ///   - outputs: channels O of the output.
  ///   - window: kernel size, stride, dilation and padding.
  ///   - bias: whether an offset is added.
  ///   - initializer: the initial distribution of `weight`; `.fanIn` of the kernel if nil.
  ///   - scope: where `weight` and `bias` are registered.
  public init(
    _ inputs: Int, _ outputs: Int, window: ConvolutionWindow.Axis, bias: Bool = true, initializer: Initializer? = nil,
    in scope: ParameterScope
  ) {
    weight = scope.parameter(
      "weight", [outputs, window.kernel, inputs], initializer ?? .fanIn(window.kernel * inputs), group: .matrix)
    self.bias = bias ? scope.parameter("bias", [outputs], .zeros, group: .vector) : nil
    self.window = window
  }

  /// Maps `[B, T, C]` to `[B, To, O]`.
  public func callAsFunction(_ x: Variable) -> Variable {
    convolution1D(x, weight: weight, bias: bias, window: window)
  }
}

/// The mean of each window of an image, by channel.
public struct AveragePooling2D: Layer {
  /// Kernel and stride along each axis.
  public let window: ConvolutionWindow

  /// Pooling over `window`, which has no padding and no dilation.
  public init(window: ConvolutionWindow) { self.window = window }

  /// Maps `[B, H, W, C]` to `[B, Ho, Wo, C]`.
  public func callAsFunction(_ x: Variable) -> Variable { averagePooling(x, window: window) }
}
