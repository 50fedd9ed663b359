// Where a convolution or pooling window lies over its input. Not here: the arithmetic (Convolution.swift, Pooling.swift).

/// The window of a convolution or pooling over an image.
///
/// A sequence is an image of height 1.
public struct ConvolutionWindow: Sendable, Hashable {
  /// The window along one axis.
  public struct Axis: Sendable, Hashable {
    /// Taps of the kernel.
    public let kernel: Int
    /// Input steps from one output to the next.
    public let stride: Int
    /// Input steps from one tap to the next.
    public let dilation: Int
    /// Zeros before the first input.
    public let leading: Int
    /// Zeros after the last input.
    public let trailing: Int

    /// A window of `kernel` taps.
    ///
    /// - Parameters:
    ///   - kernel: taps of the kernel.
    ///   - stride: input steps from one output to the next.
    ///   - dilation: input steps from one tap to the next.
    ///   - leading: zeros before the first input.
    ///   - trailing: zeros after the last input.
    /// - Precondition: kernel, stride and dilation are positive, padding is not negative.
    public init(kernel: Int, stride: Int = 1, dilation: Int = 1, leading: Int = 0, trailing: Int = 0) {
      precondition(
        kernel > 0 && stride > 0 && dilation > 0 && leading >= 0 && trailing >= 0,
        "ConvolutionWindow: kernel \(kernel), stride \(stride), dilation \(dilation), padding \(leading), \(trailing)")
      self.kernel = kernel
      self.stride = stride
      self.dilation = dilation
      self.leading = leading
      self.trailing = trailing
    }

    /// A window that gives `⌈n / stride⌉` outputs for `n` inputs if `n` is a multiple of the stride.
    public static func same(kernel: Int, stride: Int = 1, dilation: Int = 1) -> Axis {
      let padding = max(0, dilation * (kernel - 1) + 1 - stride)
      return Axis(
        kernel: kernel, stride: stride, dilation: dilation, leading: padding / 2, trailing: padding - padding / 2)
    }

    /// A window that sees only the input at its own place and before, and gives one output for each input.
    public static func causal(kernel: Int, dilation: Int = 1) -> Axis {
      Axis(kernel: kernel, dilation: dilation, leading: dilation * (kernel - 1))
    }

    /// Windows side by side, as patches and pooling use.
    public static func tiles(of size: Int) -> Axis { Axis(kernel: size, stride: size) }

    /// The number of outputs for `inputs` inputs, 0 if the window does not fit.
    public func outputs(_ inputs: Int) -> Int {
      let room = inputs + leading + trailing - dilation * (kernel - 1) - 1
      return room < 0 ? 0 : room / stride + 1
    }
  }

  /// The window along the height.
  public let height: Axis
  /// The window along the width.
  public let width: Axis

  /// A window over an image.
  public init(height: Axis, width: Axis) {
    self.height = height
    self.width = width
  }

  /// A window over a sequence, seen as an image of height 1.
  public init(_ axis: Axis) { self.init(height: Axis(kernel: 1), width: axis) }

  /// The taps of one channel.
  public var taps: Int { height.kernel * width.kernel }

  /// The shape of the output for an input `[B, H, W, C]` and `channels` output channels.
  ///
  /// - Precondition: the input has four axes and the window fits; traps with the shape otherwise.
  func output(_ input: Shape, channels: Int, operation: StaticString) -> Shape {
    precondition(input.rank == 4, "\(operation): expected an input [B, H, W, C], got \(input)")
    let shape: Shape = [input[0], height.outputs(input[1]), width.outputs(input[2]), channels]
    precondition(shape[1] > 0 && shape[2] > 0, "\(operation): the window \(self) does not fit an input \(input)")
    return shape
  }
}
