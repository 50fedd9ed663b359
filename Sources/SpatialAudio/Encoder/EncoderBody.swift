// What mixes the moments of the dense map: attention or recurrence.
// Not here: the rows themselves (ConvolutionStem.swift).

import NN
import Tensor

/// The body of an encoder: `[B, T, D]` to `[B, T, D]`.
enum EncoderBody {
  case attention([AttentionBlock])
  case recurrent([RecurrentBlock])

  init(_ config: EncoderBodyConfig, width: Int, in scope: ParameterScope) {
    switch config {
    case .attention(let blocks, let heads):
      let rotation = RotaryTable(positions: AttentionBlock.longest, headWidth: width / heads, base: 10_000)
      self = .attention(
        (0..<blocks).map { AttentionBlock(width: width, heads: heads, rotation: rotation, in: scope / $0) })
    case .recurrent(let layers): self = .recurrent((0..<layers).map { RecurrentBlock(width: width, in: scope / $0) })
    }
  }

  func callAsFunction(_ x: Variable) -> Variable {
    switch self {
    case .attention(let blocks): blocks.reduce(x) { $1($0) }
    case .recurrent(let blocks): blocks.reduce(x) { $1($0) }
    }
  }
}

/// A transformer block with its norms before attention and feed-forward network.
///
/// Parameters: `attention_norm`, `attention`, `feed_forward_norm`, `feed_forward`.
struct AttentionBlock {
  /// Moments of the longest recording that is encoded at once: ten minutes.
  static let longest = 600 * SpatialEncoderConfig.momentsPerSecond

  private let attentionNorm: LayerNorm
  private let attention: SelfAttention
  private let feedForwardNorm: LayerNorm
  private let feedForward: FeedForward

  init(width: Int, heads: Int, rotation: RotaryTable, in scope: ParameterScope) {
    attentionNorm = LayerNorm(width, epsilon: 1e-5, in: scope / "attention_norm")
    attention = SelfAttention(
      width: width, heads: heads, rotation: rotation, mask: .full, initializer: .fanIn(width),
      in: scope / "attention")
    feedForwardNorm = LayerNorm(width, epsilon: 1e-5, in: scope / "feed_forward_norm")
    feedForward = FeedForward(
      width: width, hidden: 2 * width, initializer: .fanIn(width), outputInitializer: .fanIn(2 * width),
      in: scope / "feed_forward")
  }

  func callAsFunction(_ x: Variable) -> Variable {
    let attended = x + attention(attentionNorm(x))
    return attended + feedForward(feedForwardNorm(attended))
  }
}

/// Long short-term memories of half the width in both directions, added to their input.
///
/// Parameters: `norm`, `forward`, `backward`.
struct RecurrentBlock {
  private let norm: LayerNorm
  private let forward: LSTM
  private let backward: LSTM

  init(width: Int, in scope: ParameterScope) {
    precondition(width.isMultiple(of: 2), "RecurrentBlock: width \(width) is not even")
    norm = LayerNorm(width, epsilon: 1e-5, in: scope / "norm")
    forward = LSTM(width, hidden: width / 2, in: scope / "forward")
    backward = LSTM(width, hidden: width / 2, in: scope / "backward")
  }

  func callAsFunction(_ x: Variable) -> Variable {
    let (batch, steps) = (x.shape[0], x.shape[1])
    let input = norm(x)
    let reversed = Array((0..<steps).reversed())
    func rows(_ order: [Int]) -> IndexTensor {
      // From time first to sequences: entry (b, t) is row order[t]·B + b.
      IndexTensor((0..<batch).flatMap { entry in order.map { Int32($0 * batch + entry) } }, shape: [batch, steps])
    }
    let ahead = gatherRows(forward(timeFirst(input)), rows(Array(0..<steps)))
    let back = gatherRows(backward(timeFirst(input, order: reversed)), rows(reversed))
    return x + sideBySide([ahead, back])
  }
}
