// The state of one generation: keys and values of every block, and the tokens. Depth slots need none: a token's column is
// dropped when the token leaves the last block, and where tokens of a chunk share columns, an unfinished chunk runs again.
import NN
import Tensor

/// Keys and values of the tokens so far, one cache for each block.
///
/// > Source: the decode cache of arXiv 2603.15619, Table 1, without the transient depth column.
public final class GenerationCache {
  let layers: [KVCache]
  /// The tokens held, kept only where chunks ask for them.
  private var ids: [Int32] = []

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - config: the model's configuration.
  ///   - capacity: the most tokens; the model's context if nil.
  public init(_ config: ModelConfig, capacity: Int? = nil) {
    layers = (0..<config.blocks).map { _ in
      KVCache(
        batch: 1, capacity: capacity ?? config.context, heads: config.keyHeads, headWidth: config.headWidth)
    }
  }

  /// Tokens held: the position of the next one.
  public var position: Int { layers.first?.count ?? 0 }

  /// Forgets all tokens from position `count` on.
  ///
  /// - Precondition: `0 ≤ count ≤ position`.
  public func truncate(to count: Int) {
    for layer in layers { layer.truncate(to: count) }
    ids = Array(ids.prefix(count))
  }

  /// The tokens to run so that `tokens` are read: with chunks, from the beginning of the unfinished one on, whose keys
  /// and values are forgotten.
  func resumed(_ tokens: IndexTensor, chunk: Int) -> IndexTensor {
    guard chunk > 1 else { return tokens }
    let first = position / chunk * chunk
    let all = ids[first...] + tokens.elements
    truncate(to: first)
    ids += all
    return IndexTensor(Array(all), shape: [1, all.count])
  }
}
