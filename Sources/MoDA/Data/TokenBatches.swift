// The order in which a run sees its tokens: a permutation of windows for each epoch, a pure function of seed and step.
public import NN
public import Tensor
public import Text

/// Inputs and the tokens that follow them.
public struct TokenBatch: Sendable {
  /// Ids `[B, T]`.
  public let tokens: IndexTensor
  /// The id after each token, `[B, T]`.
  public let targets: IndexTensor
}

/// Batches of token windows in an order that depends on `(seed, step)` alone, so that runs that differ in the model see
/// the same data and a resumed run continues exactly.
///
/// Each epoch visits every window of every domain once, in a fresh permutation.
public struct TokenBatches: BatchSource {
  /// One domain's tokens and its windows' place among all windows.
  private struct Source {
    let shard: TokenShard
    let firstWindow: Int
  }

  private let sources: [Source]
  private let random: RandomSource
  private let order = EpochOrder()
  /// Sequences of one micro-batch.
  public let batch: Int
  /// Tokens of each.
  public let length: Int
  /// Micro-batches of one step.
  public let microBatches: Int
  /// Windows of one epoch.
  public let windowCount: Int

  /// Batches over the given shards.
  ///
  /// - Precondition: at least one shard holds `length + 1` tokens.
  public init(_ shards: [TokenShard], batch: Int, length: Int, microBatches: Int, seed: UInt64) {
    var sources: [Source] = []
    var windows = 0
    for shard in shards where shard.count > length {
      sources.append(Source(shard: shard, firstWindow: windows))
      windows += (shard.count - 1) / length
    }
    precondition(windows > 0, "TokenBatches: no shard holds \(length + 1) tokens")
    self.sources = sources
    self.batch = batch
    self.length = length
    self.microBatches = microBatches
    self.windowCount = windows
    self.random = RandomSource(seed: seed).split("batches")
  }

  /// Windows seen before step `step`, over the windows of an epoch.
  public func epoch(atStep step: Int) -> Double { Double(step * microBatches * batch) / Double(windowCount) }

  /// The batch of one micro-batch of one step.
  public func batch(step: Int, micro: Int) -> TokenBatch {
    let first = (step * microBatches + micro) * batch
    let windows = (first..<first + batch).map { position in
      order.permutation(of: windowCount, epoch: position / windowCount, random: random)[position % windowCount]
    }
    return makeBatch(windows.map { window(at: Int($0)) }, length: length)
  }

  private func window(at index: Int) -> [Int32] {
    var source = sources[0]
    for candidate in sources where candidate.firstWindow <= index { source = candidate }
    return source.shard.window(at: (index - source.firstWindow) * length, length: length + 1)
  }

  /// The number of tokens that a batch trains on.
  public func tokens(in batch: TokenBatch) -> Int { batch.tokens.count }
}

/// The batch of windows of `length + 1` tokens each: inputs and targets shifted by one.
func makeBatch(_ windows: [[Int32]], length: Int) -> TokenBatch {
  TokenBatch(
    tokens: IndexTensor(windows.flatMap { $0.prefix(length) }, shape: [windows.count, length]),
    targets: IndexTensor(windows.flatMap { $0.dropFirst() }, shape: [windows.count, length]))
}

/// Remembers the permutation of the epoch in use.
private final class EpochOrder {
  private var epoch = -1
  private var windows: [Int] = []

  func permutation(of count: Int, epoch: Int, random: RandomSource) -> [Int] {
    if epoch != self.epoch {
      var source = random.split(epoch)
      windows = source.permutation(count)
      self.epoch = epoch
    }
    return windows
  }
}
