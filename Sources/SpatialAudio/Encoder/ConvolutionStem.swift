// From feature planes to one row each 100 ms.
// Not here: the planes (Features/), what mixes the rows (EncoderBody.swift).

import NN
import Tensor

/// Convolutions with GELU, whose last map is flattened and projected.
///
/// Parameters: `convolutions.<n>` and `projection`.
struct ConvolutionStem {
  private let convolutions: [Convolution2D]
  private let projection: Linear

  init(_ config: FrontEndConfig, width: Int, in scope: ParameterScope) {
    var inputs = config.features.planeNames.count, bands = config.features.planeBins
    var layers: [Convolution2D] = []
    for index in config.channels.indices {
      let window = ConvolutionWindow(
        height: Self.axis(config.timeStrides[index]), width: Self.axis(config.bandStrides[index]))
      layers.append(
        Convolution2D(inputs, config.channels[index], window: window, in: scope / "convolutions" / index))
      inputs = config.channels[index]
      bands = window.width.outputs(bands)
    }
    convolutions = layers
    projection = Linear(
      inputs * bands, width, bias: true, initializer: .fanIn(inputs * bands), in: scope / "projection")
  }

  /// Three taps or the stride, whichever is more, so that no input is skipped.
  private static func axis(_ stride: Int) -> ConvolutionWindow.Axis { .same(kernel: max(3, stride), stride: stride) }

  /// Maps planes `[B, frames, bands, planes]` to `[B, T, D]`.
  func callAsFunction(_ x: Variable) -> Variable {
    let map = convolutions.reduce(x) { gelu($1($0)) }
    let shape = map.shape
    return projection(map.reshaped(to: [shape[0], shape[1], shape[2] * shape[3]]))
  }
}
