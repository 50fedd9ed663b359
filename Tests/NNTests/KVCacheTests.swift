// The cache of keys and values: appended positions, views, capacity.
import NN
import Tensor
import Testing

@Suite struct KVCacheTests {
  private func tokens(_ count: Int, seed: UInt64, batch: Int = 2) -> Tensor {
    Tensor.normal([batch, count, 3, 5], mean: 0, deviation: 1, from: RandomSource(seed: seed))
  }

  /// Row `sequence` of `[B, T, 3, 5]` arrays, joined along the tokens.
  private func joined(_ parts: [Tensor], sequence: Int) -> [Float] { parts.flatMap { $0[sequence].elements } }

  @Test func appendedTokensFollowOneAnotherInEverySequence() {
    let cache = KVCache(batch: 2, capacity: 7, heads: 3, headWidth: 5)
    let parts = [tokens(3, seed: 1), tokens(1, seed: 2), tokens(0, seed: 3), tokens(3, seed: 4)]
    let values = parts.map { $0.scaled(by: -2) }
    for (keys, values) in zip(parts, values) { cache.append(keys: keys, values: values) }
    #expect(cache.count == 7 && cache.remaining == 0)
    for sequence in 0..<2 {
      #expect(cache.keys(ofSequence: sequence).shape == [1, 7, 3, 5])
      #expect(cache.keys(ofSequence: sequence).elements == joined(parts, sequence: sequence))
      #expect(cache.values(ofSequence: sequence).elements == joined(values, sequence: sequence))
    }
  }

  @Test func viewsShareTheBuffersAndEarlierOnesStayValid() {
    let cache = KVCache(batch: 1, capacity: 4, heads: 3, headWidth: 5)
    let first = tokens(2, seed: 1, batch: 1), second = tokens(2, seed: 2, batch: 1)
    cache.append(keys: first, values: first)
    let view = cache.keys(ofSequence: 0)
    cache.append(keys: second, values: second)
    #expect(view.elements == first.elements)
    #expect(view.base == cache.keys(ofSequence: 0).base && view.base == cache.keys.base)
    #expect(cache.keys.shape == [1, 4, 3, 5] && cache.values.shape == [1, 4, 3, 5])
  }

  @Test func truncationForgetsTheLastTokens() {
    let cache = KVCache(batch: 2, capacity: 5, heads: 3, headWidth: 5)
    let first = tokens(4, seed: 1), second = tokens(3, seed: 2)
    cache.append(keys: first, values: first)
    cache.truncate(to: 2)
    #expect(cache.count == 2 && cache.remaining == 3)
    cache.append(keys: second, values: second)
    for sequence in 0..<2 {
      #expect(
        cache.values(ofSequence: sequence).elements == first[sequence][0..<2].elements + second[sequence].elements)
    }
    cache.truncate(to: 0)
    #expect(cache.keys(ofSequence: 1).shape == [1, 0, 3, 5])
  }

  @Test func byteCountIsThatOfBothBuffers() {
    #expect(KVCache(batch: 2, capacity: 7, heads: 3, headWidth: 5).byteCount == 2 * 2 * 7 * 3 * 5 * 4)
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      let cache = KVCache(batch: 1, capacity: 2, heads: 1, headWidth: 2)
      let three = Tensor(zeros: [1, 3, 1, 2])
      cache.append(keys: three, values: three)
    }
    await #expect(processExitsWith: .failure) {
      let cache = KVCache(batch: 1, capacity: 2, heads: 1, headWidth: 2)
      cache.append(keys: Tensor(zeros: [1, 1, 2, 1]), values: Tensor(zeros: [1, 1, 2, 1]))
    }
    await #expect(processExitsWith: .failure) {
      KVCache(batch: 1, capacity: 2, heads: 1, headWidth: 2).truncate(to: 1)
    }
  }

  @Test func oneTokenOfEachOfSeveralTexts() {
    let caches = [3, 0, 5].map { count in
      let cache = KVCache(batch: 1, capacity: 6, heads: 3, headWidth: 5)
      let keys = tokens(count, seed: UInt64(count), batch: 1)
      cache.append(keys: keys, values: keys.scaled(by: 2))
      return cache
    }
    let new = tokens(3, seed: 9, batch: 1), before = caches.map { $0.keys(ofSequence: 0).elements }
    let texts = KVCache.append(keys: new, values: new.scaled(by: 2), toEach: caches)
    #expect(texts.map(\.count) == [4, 1, 6] && caches.map(\.count) == [4, 1, 6])
    for (index, cache) in caches.enumerated() {
      let row = new[0][index].elements
      #expect(cache.keys(ofSequence: 0).elements == before[index] + row)
      #expect(cache.values(ofSequence: 0).elements == (before[index] + row).map { 2 * $0 })
      #expect(texts[index].keys.base == cache.keys.base)
    }
  }
}
