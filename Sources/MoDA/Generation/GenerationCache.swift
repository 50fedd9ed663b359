// The state of one generation: keys and values of every block. Depth slots need none: each token reads only its own
// column, which is dropped when the token leaves the last block.
import NN

/// Keys and values of the tokens so far, one cache for each block.
///
/// > Source: the decode cache of arXiv 2603.15619, Table 1, without the transient depth column.
public final class GenerationCache {
  let layers: [KVCache]

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
  public func truncate(to count: Int) { for layer in layers { layer.truncate(to: count) } }
}
