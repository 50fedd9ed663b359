// Average pooling over windows of an image, and its gradient.
import CKernels

extension NDArray where Element == Float {
  /// The mean of each window, by channel.
  ///
  /// - Parameters:
  ///   - x: `[B, H, W, C]`.
  ///   - window: kernel and stride along each axis, without padding and dilation.
  /// - Returns: `[B, Ho, Wo, C]`.
  /// - Precondition: the window fits and has no padding or dilation; traps with the shape otherwise.
  public static func averagePooling(_ x: Tensor, window: ConvolutionWindow) -> Tensor {
    let (input, output) = (x.shape, pooled(x.shape, window))
    return Tensor(uninitializedShape: output) { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = UnsafeShared(base), source = UnsafeShared(x.base), kernels = Runtime.kernels
      let channels = output[3], scale = 1 / Float(window.taps)
      let work = max(1, output[2] * channels * window.taps)
      parallelFor(output[0] * output[1], grain: max(1, 1 << 15 / work)) { rows in
        for row in rows {
          let (image, y) = (row / output[1], row % output[1] * window.height.stride)
          for column in 0..<output[2] {
            let sum = target.pointer + (row * output[2] + column) * channels
            sum.update(repeating: 0, count: channels)
            for tap in 0..<window.taps {
              let line = image * input[1] + y + tap / window.width.kernel
              let pixel = line * input[2] + column * window.width.stride + tap % window.width.kernel
              kernels.rows.axpy(scale, source.pointer + pixel * channels, sum, Int64(channels))
            }
          }
        }
      }
    }
  }

  /// The gradient of `averagePooling`: each window's gradient, spread evenly over its pixels.
  ///
  /// - Parameters:
  ///   - outputGradient: `[B, Ho, Wo, C]`.
  ///   - window: the forward window.
  ///   - target: receives the gradient of the input, `[B, H, W, C]`.
  /// - Precondition: shapes are those of the forward pass; traps with them otherwise.
  public static func averagePoolingBackward(
    _ outputGradient: Tensor, window: ConvolutionWindow, into target: Accumulator
  ) {
    let (input, output) = (target.shape, pooled(target.shape, window))
    precondition(
      outputGradient.shape == output, "averagePoolingBackward: gradient \(outputGradient.shape) for \(output)")
    let source = UnsafeShared(outputGradient.base), kernels = Runtime.kernels
    let channels = output[3], scale = 1 / Float(window.taps), imageStride = input.count / max(1, input[0])
    // Windows of one image may overlap: an image is one thread's.
    parallelFor(input[0], grain: max(1, 1 << 15 / max(1, imageStride))) { images in
      for image in images {
        let pixels = target.elements + image * imageStride
        if !target.adds { pixels.update(repeating: 0, count: imageStride) }
        for place in 0..<output[1] * output[2] {
          let y = place / output[2] * window.height.stride, x = place % output[2] * window.width.stride
          let gradient = source.pointer + (image * output[1] * output[2] + place) * channels
          for tap in 0..<window.taps {
            let pixel = (y + tap / window.width.kernel) * input[2] + x + tap % window.width.kernel
            kernels.rows.axpy(scale, gradient, pixels + pixel * channels, Int64(channels))
          }
        }
      }
    }
    withExtendedLifetime(outputGradient) {}
  }

  private static func pooled(_ input: Shape, _ window: ConvolutionWindow) -> Shape {
    for axis in [window.height, window.width] {
      precondition(
        axis.dilation == 1 && axis.leading == 0 && axis.trailing == 0,
        "averagePooling: padding and dilation are not defined for it, got \(axis)")
    }
    return window.output(input, channels: input.rank == 4 ? input[3] : 0, operation: "averagePooling")
  }
}
