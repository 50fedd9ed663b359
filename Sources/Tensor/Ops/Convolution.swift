// Two-dimensional convolution as a matrix product with gathered patches, a few images at a time, and its gradients.
// Not here: the window's geometry (ConvolutionWindow.swift) and pooling (Pooling.swift).
import CKernels

/// Bytes of gathered patches that are held at once; images are taken together up to this size.
private let patchBytes = 4 << 20

/// The sizes of one convolution, and the patches of some of its images.
private struct Patches {
  let window: ConvolutionWindow
  /// `[B, H, W, C]`.
  let input: Shape
  /// `[B, Ho, Wo, O]`.
  let output: Shape
  /// Elements of one patch, `kh·kw·C`.
  let width: Int

  init(window: ConvolutionWindow, input: Shape, channels: Int) {
    self.window = window
    self.input = input
    output = window.output(input, channels: channels, operation: "convolution2D")
    width = window.taps * input[3]
  }

  /// Patches of one image.
  var rowsPerImage: Int { output[1] * output[2] }
  /// Elements of one input image.
  var inputStride: Int { input[1] * input[2] * input[3] }

  /// Calls `body` with ranges of images whose patches fit `patchBytes`; the split depends on the shapes alone.
  func forEachGroup(_ body: (_ images: Range<Int>) -> Void) {
    let group = max(1, patchBytes / max(1, 4 * rowsPerImage * width))
    for first in stride(from: 0, to: input[0], by: group) { body(first..<min(first + group, input[0])) }
  }

  /// The patches of `images`, `[images·Ho·Wo, kh·kw·C]`, with zeros where the window leaves the image.
  func gather(_ images: Range<Int>, of x: Tensor) -> Tensor {
    Tensor(uninitializedShape: [images.count * rowsPerImage, width]) { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = UnsafeShared(base), source = UnsafeShared(x.base + images.lowerBound * inputStride)
      let (height, rows) = (output[1], images.count * output[1])
      parallelFor(rows, grain: max(1, 1 << 15 / max(1, output[2] * width))) { range in
        for row in range {
          let image = source.pointer + row / height * inputStride
          for column in 0..<output[2] {
            gatherPatch(row % height, column, of: image, into: target.pointer + (row * output[2] + column) * width)
          }
        }
      }
    }
  }

  /// Copies the patch of output `(row, column)`; taps outside the image become zeros.
  private func gatherPatch(
    _ row: Int, _ column: Int, of image: UnsafePointer<Float>, into patch: UnsafeMutablePointer<Float>
  ) {
    let channels = input[3], line = window.width.kernel * channels
    let left = column * window.width.stride - window.width.leading
    for tapRow in 0..<window.height.kernel {
      let target = patch + tapRow * line
      let y = row * window.height.stride - window.height.leading + tapRow * window.height.dilation
      guard y >= 0 && y < input[1] else {
        target.update(repeating: 0, count: line)
        continue
      }
      let source = image + y * input[2] * channels
      if window.width.dilation == 1 && left >= 0 && left + window.width.kernel <= input[2] {
        target.update(from: source + left * channels, count: line)
        continue
      }
      for tap in 0..<window.width.kernel {
        let x = left + tap * window.width.dilation
        if x >= 0 && x < input[2] {
          (target + tap * channels).update(from: source + x * channels, count: channels)
        } else {
          (target + tap * channels).update(repeating: 0, count: channels)
        }
      }
    }
  }

  /// Adds the patch gradients of `images` to the pixels that they were gathered from. Each input row collects its own
  /// contributions, in one order whatever the thread count.
  func scatter(_ patches: Tensor, _ images: Range<Int>, into gradient: Accumulator) {
    let source = UnsafeShared(patches.base), kernels = Runtime.kernels
    let target = UnsafeShared(gradient.elements + images.lowerBound * inputStride), line = input[2] * input[3]
    parallelFor(images.count * input[1], grain: max(1, 1 << 14 / max(1, line * window.taps))) { range in
      for row in range {
        let pixels = target.pointer + row * line
        if !gradient.adds { pixels.update(repeating: 0, count: line) }
        let image = source.pointer + row / input[1] * rowsPerImage * width
        for tapRow in 0..<window.height.kernel {
          let offset = row % input[1] + window.height.leading - tapRow * window.height.dilation
          guard offset >= 0, offset % window.height.stride == 0, offset / window.height.stride < output[1] else {
            continue
          }
          let patchRow = image + offset / window.height.stride * output[2] * width
          scatterRow(patchRow + tapRow * window.width.kernel * input[3], into: pixels, kernels)
        }
      }
    }
    withExtendedLifetime(patches) {}
  }

  /// Adds one tap row of a line of patches to one line of pixels.
  private func scatterRow(
    _ patches: UnsafePointer<Float>, into pixels: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    let channels = input[3], axis = window.width
    // Taps that lie side by side in the image are added together.
    let run = axis.dilation == 1 ? axis.kernel : 1
    for column in 0..<output[2] {
      for tap in stride(from: 0, to: axis.kernel, by: run) {
        let x = column * axis.stride - axis.leading + tap * axis.dilation
        let (low, high) = (max(x, 0), min(x + run, input[2]))
        guard low < high else { continue }
        let source = patches + column * width + (tap + low - x) * channels
        kernels.rows.axpy(1, source, pixels + low * channels, Int64((high - low) * channels))
      }
    }
  }
}

extension NDArray where Element == Float {
  /// Two-dimensional cross-correlation, the convolution of neural networks.
  ///
  /// - Parameters:
  ///   - x: `[B, H, W, C]`.
  ///   - weight: `[O, kh, kw, C]`.
  ///   - bias: `[O]`, added to each output pixel.
  ///   - window: kernel size, stride, dilation and padding; its kernel is that of `weight`.
  /// - Returns: `[B, Ho, Wo, O]`.
  /// - Precondition: kernel and channels agree and the window fits; traps with the shapes otherwise.
  /// - Complexity: O(B·Ho·Wo·O·kh·kw·C) multiply-adds; scratch of a few megabytes or one image's patches.
  public static func convolution2D(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, window: ConvolutionWindow
  ) -> Tensor {
    let patches = checkedPatches(x.shape, weight: weight.shape, window: window)
    precondition(
      bias == nil || bias?.count == weight.shape[0],
      "convolution2D: bias \(bias?.shape ?? []) for \(weight.shape[0]) output channels")
    let matrix = weight.reshaped(to: [weight.shape[0], patches.width])
    return .filled(patches.output) { result in
      let imageStride = patches.rowsPerImage * weight.shape[0]
      patches.forEachGroup { images in
        let shape: Shape = [images.count * patches.rowsPerImage, weight.shape[0]]
        let rows = result.elements + images.lowerBound * imageStride
        if let bias {
          let target = UnsafeShared(rows)
          parallelRows(shape[0], columns: shape[1]) { range in
            for row in range { (target.pointer + row * shape[1]).update(from: bias.base, count: shape[1]) }
          }
        }
        matmul(
          patches.gather(images, of: x), matrix, transposeB: true,
          into: Accumulator(rows, shape: shape, beta: bias == nil ? 0 : 1))
      }
      withExtendedLifetime(bias) {}
    }
  }

  /// The gradients of `convolution2D`; the bias's is the column sums of `outputGradient`.
  ///
  /// - Parameters:
  ///   - outputGradient: `[B, Ho, Wo, O]`.
  ///   - x: the forward input, `[B, H, W, C]`.
  ///   - weight: `[O, kh, kw, C]`.
  ///   - window: the forward window.
  ///   - inputTarget: receives the gradient of `x`; nil if unwanted.
  ///   - weightTarget: receives the gradient of `weight`; nil if unwanted.
  /// - Precondition: shapes are those of the forward pass; traps with them otherwise.
  public static func convolution2DBackward(
    outputGradient: Tensor, input x: Tensor, weight: Tensor, window: ConvolutionWindow,
    inputInto inputTarget: Accumulator?, weightInto weightTarget: Accumulator?
  ) {
    let patches = checkedPatches(x.shape, weight: weight.shape, window: window)
    precondition(
      outputGradient.shape == patches.output,
      "convolution2DBackward: gradient \(outputGradient.shape) for an output \(patches.output)")
    let matrix = weight.reshaped(to: [weight.shape[0], patches.width])
    patches.forEachGroup { images in
      let gradient = outputGradient[images].reshaped(to: [images.count * patches.rowsPerImage, weight.shape[0]])
      if let weightTarget {
        matmul(
          gradient, patches.gather(images, of: x), transposeA: true,
          into: Accumulator(
            weightTarget.elements, shape: matrix.shape, beta: images.lowerBound == 0 ? weightTarget.beta : 1))
      }
      if let inputTarget { patches.scatter(matmul(gradient, matrix), images, into: inputTarget) }
    }
  }

  private static func checkedPatches(_ x: Shape, weight: Shape, window: ConvolutionWindow) -> Patches {
    precondition(
      x.rank == 4 && weight.rank == 4 && weight[1] == window.height.kernel && weight[2] == window.width.kernel
        && weight[3] == x[3],
      "convolution2D: weight \(weight) for an input \(x) and a kernel \(window.height.kernel)×\(window.width.kernel)")
    return Patches(window: window, input: x, channels: weight[0])
  }
}
