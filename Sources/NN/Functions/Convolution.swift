// Convolutions and average pooling of images and sequences, channels last.
public import Tensor

/// Two-dimensional convolution (cross-correlation) of images.
///
/// - Parameters:
///   - x: `[B, H, W, C]`.
///   - weight: `[O, kh, kw, C]`: the channels-last form of the `[O, C, kh, kw]` that PyTorch checkpoints hold.
///   - bias: `[O]`.
///   - window: kernel size, stride, dilation and padding.
/// - Returns: `[B, Ho, Wo, O]`.
/// - Precondition: kernel and channels agree and the window fits; traps with the shapes otherwise.
public func convolution2D(
  _ x: Variable, weight: Parameter, bias: Parameter? = nil, window: ConvolutionWindow
) -> Variable {
  let kernel = Variable(weight), offset = bias.map { Variable($0) }
  let output = Tensor.convolution2D(x.value, weight: kernel.value, bias: offset?.value, window: window)
  return Variable(output, from: [x, kernel], op: "convolution2D") { gradient, gradients in
    gradients.add(to: [x.target, kernel.target]) { targets in
      Tensor.convolution2DBackward(
        outputGradient: gradient, input: x.value, weight: kernel.value, window: window, inputInto: targets[0],
        weightInto: targets[1])
    }
    if let offset { gradients.add(to: offset) { Tensor.columnSums(gradient, into: $0) } }
  }
}

/// One-dimensional convolution (cross-correlation) of sequences.
///
/// - Parameters:
///   - x: `[B, T, C]`.
///   - weight: `[O, k, C]`.
///   - bias: `[O]`.
///   - window: kernel size, stride, dilation and padding; `.causal` sees no later token.
/// - Returns: `[B, To, O]`.
/// - Precondition: kernel and channels agree and the window fits; traps with the shapes otherwise.
public func convolution1D(
  _ x: Variable, weight: Parameter, bias: Parameter? = nil, window: ConvolutionWindow.Axis
) -> Variable {
  precondition(
    x.shape.rank == 3 && weight.shape.rank == 3, "convolution1D: input \(x.shape), weight \(weight.shape)")
  let kernel = Variable(weight), offset = bias.map { Variable($0) }
  let image = x.value.reshaped(to: [x.shape[0], 1, x.shape[1], x.shape[2]])
  let matrix = kernel.value.reshaped(to: [weight.shape[0], 1, weight.shape[1], weight.shape[2]])
  let output = Tensor.convolution2D(image, weight: matrix, bias: offset?.value, window: ConvolutionWindow(window))
  let (input, shape) = (x.target, output.shape)
  return Variable(
    output.reshaped(to: [shape[0], shape[2], shape[3]]), from: [x, kernel], op: "convolution1D"
  ) { gradient, gradients in
    gradients.add(to: [input, kernel.target]) { targets in
      Tensor.convolution2DBackward(
        outputGradient: gradient.reshaped(to: shape), input: image, weight: matrix, window: ConvolutionWindow(window),
        inputInto: targets[0].map { Accumulator($0.elements, shape: image.shape, beta: $0.beta) },
        weightInto: targets[1].map { Accumulator($0.elements, shape: matrix.shape, beta: $0.beta) })
    }
    if let offset { gradients.add(to: offset) { Tensor.columnSums(gradient, into: $0) } }
  }
}

/// The mean of each window, by channel.
///
/// - Parameters:
///   - x: `[B, H, W, C]`.
///   - window: kernel and stride along each axis, without padding and dilation.
/// - Returns: `[B, Ho, Wo, C]`.
/// - Precondition: the window fits; traps with the shape otherwise.
public func averagePooling(_ x: Variable, window: ConvolutionWindow) -> Variable {
  let input = x.target
  return Variable(
    Tensor.averagePooling(x.value, window: window), from: [x], op: "averagePooling"
  ) { gradient, gradients in
    gradients.add(to: input) { Tensor.averagePoolingBackward(gradient, window: window, into: $0) }
  }
}

/// The mean over tokens.
///
/// - Parameter x: `[B, T, D]` with at least one token.
/// - Returns: `[B, D]`.
public func meanOverTokens(_ x: Variable) -> Variable {
  precondition(x.shape.rank == 3, "meanOverTokens: expected [B, T, D], got \(x.shape)")
  let (batch, tokens, width) = (x.shape[0], x.shape[1], x.shape[2])
  return averagePooling(x.reshaped(to: [batch, 1, tokens, width]), window: ConvolutionWindow(.tiles(of: tokens)))
    .reshaped(to: [batch, width])
}
