// The state of one generation: keys and values of every block, and the tokens. Depth slots need none: a token's column is
// dropped when the token leaves the last block, and where tokens of a chunk share columns, an unfinished chunk runs again.
import NN
import Tensor

/// Keys and values of the tokens so far, one cache for each block.
///
/// > Source: the decode cache of arXiv 2603.15619, Table 1, without the transient depth column.
public final class GenerationCache {
  private let config: ModelConfig
  let layers: [KVCache]
  /// The tokens held, kept only where chunks ask for them.
  private var ids: [Int32] = []

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - config: the model's configuration.
  ///   - capacity: the most tokens; the model's context if nil.
  public init(_ config: ModelConfig, capacity: Int? = nil) {
    self.config = config
    layers = (0..<config.blocks).map { _ in
      KVCache(
        batch: 1, capacity: capacity ?? config.context, heads: config.keyHeads, headWidth: config.headWidth)
    }
  }

  /// Tokens held: the position of the next one.
  public var position: Int { layers.first?.count ?? 0 }

  /// Bytes of all keys and values, used and free.
  public var byteCount: Int { layers.reduce(0) { $0 + $1.byteCount } }

  /// A cache of the same tokens that goes its own way.
  ///
  /// - Parameter capacity: the most tokens of the copy.
  /// - Precondition: the tokens fit.
  public func copy(capacity: Int) -> GenerationCache {
    let copy = GenerationCache(config, capacity: capacity)
    if position > 0 {
      for (source, target) in zip(layers, copy.layers) {
        target.append(keys: source.keys(ofSequence: 0), values: source.values(ofSequence: 0))
      }
    }
    copy.ids = ids
    return copy
  }

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

/// What the tokens of a forward pass see of earlier ones.
enum TokenMemory {
  /// Nothing but each other.
  case none
  /// The tokens of one text that go before them.
  case text(GenerationCache)
  /// Each those of its own text, of which it is the next one.
  case texts([GenerationCache])

  /// Whether there is nothing.
  var isEmpty: Bool { if case .none = self { true } else { false } }

  /// What block `index` sees.
  func layer(_ index: Int) -> KeyMemory {
    switch self {
    case .none: .none
    case .text(let cache): .text(cache.layers[index])
    case .texts(let caches): .texts(caches.map { $0.layers[index] })
    }
  }
}

/// `TokenMemory` of one block.
enum KeyMemory {
  /// Nothing.
  case none
  /// Keys and values of one text.
  case text(KVCache)
  /// Keys and values of the text of each token.
  case texts([KVCache])
}
