// Patches of images and spectrograms as tokens. Not here: position embeddings (`addBias` adds them).
import Tensor

/// One token for each patch of an image `[B, H, W, C]` or a spectrogram `[B, frames, bins, C]`.
///
/// Concretely: a convolution whose outputs, row by row, are the tokens. With the stride equal to the patch the patches
/// tile the image; with a smaller one they overlap, as is usual for spectrograms.
///
/// Parameters: `projection.weight` `[D, ph, pw, C]` and `projection.bias` `[D]`.
///
/// > Source: arXiv 2010.11929, equation 1; overlapping patches of spectrograms as in arXiv 2104.01778, section 2.1.
public struct PatchEmbedding: Layer {
  /// The linear map of one patch.
  public let projection: Convolution2D

  /// An embedding of patches into `width` features.
  ///
  /// - Parameters:
  ///   - patch: height and width of a patch, in pixels, or in frames and bins.
  ///   - stride: steps from one patch to the next; the patch itself if nil.
  ///   - channels: channels C of the image.
  ///   - width: the model's width, D.
  ///   - bias: whether an offset is added.
  ///   - initializer: the initial distribution of the projection.
  ///   - scope: the parent of `projection`.
  public init(
    patch: (height: Int, width: Int), stride: (height: Int, width: Int)? = nil, channels: Int, width: Int,
    bias: Bool = true, initializer: Initializer = .normal(deviation: 0.02), in scope: ParameterScope
  ) {
    let stride = stride ?? patch
    let window = ConvolutionWindow(
      height: .init(kernel: patch.height, stride: stride.height),
      width: .init(kernel: patch.width, stride: stride.width))
    projection = Convolution2D(
      channels, width, window: window, bias: bias, initializer: initializer, in: scope / "projection")
  }

  /// The rows and columns of patches in an image of `height` and `width`; what does not fill a patch is left out.
  public func grid(height: Int, width: Int) -> (rows: Int, columns: Int) {
    (projection.window.height.outputs(height), projection.window.width.outputs(width))
  }

  /// Maps `[B, H, W, C]` to `[B, P, D]`, patches row by row.
  ///
  /// - Precondition: at least one patch fits; traps with the shape otherwise.
  public func callAsFunction(_ x: Variable) -> Variable {
    let tokens = projection(x)
    return tokens.reshaped(to: [tokens.shape[0], tokens.shape[1] * tokens.shape[2], tokens.shape[3]])
  }
}
