// The keys and values of the tokens that one attention block has seen, written in place.
// Not here: attention over them, and what to generate next (Sampler.swift).
public import Tensor

/// Keys and values of up to `capacity` tokens of each sequence of a batch.
///
/// One cache belongs to one attention block and one generation. It is a reference: the block appends, everybody who
/// holds the cache sees it. Views that were handed out stay valid, since positions once written do not change until
/// `truncate(to:)` and a new `append`.
public final class KVCache {
  /// Sequences.
  public let batch: Int
  /// Tokens that fit.
  public let capacity: Int
  /// Key heads.
  public let heads: Int
  /// The width of a head.
  public let headWidth: Int
  /// Tokens held, the same for every sequence.
  public private(set) var count = 0
  private let keyBuffer: Tensor
  private let valueBuffer: Tensor

  /// An empty cache; memory for `capacity` tokens is taken at once.
  public init(batch: Int, capacity: Int, heads: Int, headWidth: Int) {
    precondition(
      batch > 0 && capacity > 0 && heads > 0 && headWidth > 0,
      "KVCache: batch \(batch), capacity \(capacity), heads \(heads), head width \(headWidth)")
    self.batch = batch
    self.capacity = capacity
    self.heads = heads
    self.headWidth = headWidth
    self.keyBuffer = Tensor(zeros: [batch, capacity, heads, headWidth])
    self.valueBuffer = Tensor(zeros: [batch, capacity, heads, headWidth])
  }

  /// Tokens that still fit.
  public var remaining: Int { capacity - count }

  /// The bytes of both buffers.
  public var byteCount: Int { keyBuffer.byteCount + valueBuffer.byteCount }

  /// Writes the keys and values of the next tokens behind those held.
  ///
  /// - Parameters:
  ///   - keys: `[B, T, Hk, d]`, already rotated to their positions `count ..< count + T`.
  ///   - values: `[B, T, Hk, d]`.
  /// - Precondition: batch, heads and head width are the cache's, and `T ≤ remaining`; traps with both shapes otherwise.
  /// - Complexity: O(B·T·Hk·d).
  public func append(keys: Tensor, values: Tensor) {
    precondition(
      keys.shape.rank == 4 && keys.shape == values.shape && keys.shape[0] == batch && keys.shape[2] == heads
        && keys.shape[3] == headWidth,
      "KVCache.append: keys \(keys.shape), values \(values.shape), expected [\(batch), T, \(heads), \(headWidth)]")
    let tokens = keys.shape[1]
    precondition(
      tokens <= remaining,
      "KVCache.append: \(tokens) tokens after \(count) exceed the capacity of \(capacity); make a larger cache")
    write(keys, to: keyBuffer)
    write(values, to: valueBuffer)
    count += tokens
  }

  /// Writes the keys and values of one token behind those held of each cache.
  ///
  /// - Parameters:
  ///   - keys: a token for each cache, `[1, T, Hk, d]`, already rotated to its position.
  ///   - values: `[1, T, Hk, d]`.
  ///   - caches: T caches of one sequence each, no two the same.
  /// - Returns: what each token sees.
  /// - Precondition: heads and head width are those of every cache, and each has room.
  package static func append(keys: Tensor, values: Tensor, toEach caches: [KVCache]) -> [CachedKeys] {
    caches.enumerated().map { index, cache in
      let shape: Shape = [1, 1, cache.heads, cache.headWidth]
      precondition(
        keys.shape == [1, caches.count, cache.heads, cache.headWidth] && cache.batch == 1,
        "KVCache.append: keys \(keys.shape) for \(caches.count) caches of \(cache.batch) times \(shape)")
      cache.append(keys: keys[0][index].reshaped(to: shape), values: values[0][index].reshaped(to: shape))
      return CachedKeys(keys: cache.keyBuffer, values: cache.valueBuffer, count: cache.count)
    }
  }

  private func write(_ new: Tensor, to buffer: Tensor) {
    let row = heads * headWidth
    let size = new.shape[1] * row
    new.withElements { source in
      guard let base = source.baseAddress else { return }
      for sequence in 0..<batch {
        (buffer.base + (sequence * capacity + count) * row).update(from: base + sequence * size, count: size)
      }
    }
  }

  /// Forgets all tokens from position `count` on, as after a rejected draft.
  ///
  /// - Precondition: `0 ≤ count ≤ self.count`.
  public func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count, "KVCache.truncate: to \(count) of \(self.count) tokens")
    self.count = count
  }

  /// The keys held of one sequence, without a copy: `[1, count, Hk, d]`.
  ///
  /// - Precondition: `sequence` lies in the batch.
  public func keys(ofSequence sequence: Int) -> Tensor { held(keyBuffer, sequence) }

  /// The values held of one sequence, without a copy: `[1, count, Hk, d]`.
  ///
  /// - Precondition: `sequence` lies in the batch.
  public func values(ofSequence sequence: Int) -> Tensor { held(valueBuffer, sequence) }

  private func held(_ buffer: Tensor, _ sequence: Int) -> Tensor {
    precondition(sequence >= 0 && sequence < batch, "KVCache: sequence \(sequence) of \(batch)")
    return buffer[sequence][0..<count].reshaped(to: [1, count, heads, headWidth])
  }

  /// All keys, for kernels that take the stride between sequences: `[B, capacity, Hk, d]`, undefined from `count` on.
  package var keys: Tensor { keyBuffer }

  /// All values, for kernels that take the stride between sequences: `[B, capacity, Hk, d]`, undefined from `count` on.
  package var values: Tensor { valueBuffer }
}

@available(*, unavailable) extension KVCache: Sendable {}
