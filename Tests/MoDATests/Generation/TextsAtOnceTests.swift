// One token of each of several texts at once against each text alone: equal to the last bit, in every mechanism.
// Not here: who joins and leaves between steps (Serving/CompletionEngineTests.swift).
import NN
import Tensor
import TestSupport
import Testing

import MoDA

@Suite struct TextsAtOnceTests {
  static let mechanisms: [(String, @Sendable (inout ModelConfig) -> Void)] = [
    ("baseline", { $0.depth.writers = .none }), ("moda", { _ in }),
    ("raw keys", { ($0.depth.writers, $0.depth.keyMode) = (.attention, .raw) }),
    ("released keys", { $0.depth.keyMode = .releasedLM }),
    ("own projections", { $0.depth.writers = .separateAttentionAndFeedForward }),
    ("last slots", { $0.depth.window = .last(slots: 2) }), ("best slots", { $0.depth.window = .top(slots: 2) }),
    ("two softmaxes", { $0.depth.softmax = .separate }), ("gates", { $0.depth.softmax = .gated }),
    ("slots in half", { $0.depth.storage = .bfloat16 }),
    ("chunks", { $0.depth.chunk = 4 }),
    ("dense", { ($0.blockInput, $0.depth.writers) = (.dense, .none) }),
    ("depth attention", { ($0.blockInput, $0.depth.writers, $0.width) = (.attention, .none, 48) }),
    ("post-norm", { $0.normalization = .post }), ("wide groups", { ($0.queryHeads, $0.keyHeads) = (16, 1) }),
    ("wide", { ($0.width, $0.hidden, $0.queryHeads, $0.headWidth) = (72, 104, 8, 16) }),
  ]

  @Test(arguments: mechanisms) func everyTextGetsItsOwnBits(
    name: String, change: @Sendable (inout ModelConfig) -> Void
  ) throws {
    var config = tinyConfig()
    config.initialDeviation = 0.2
    change(&config)
    try #require(config.problems.isEmpty, "\(config.problems)")
    let model = LanguageModel(config, seed: 11)
    for threads in [1, 2] {
      Runtime.with(threads: threads) {
        forAll(3, seed: 5) { random, seed in
          let count = 2 + Int(random.next() % 11)
          let prompts = (0..<count).map { index in
            randomTokens([1, 1 + Int(random.next() % 20)], below: 61, seed: seed &* 31 &+ UInt64(index))
          }
          let alone = prompts.map { _ in GenerationCache(config) },
            together = prompts.map { _ in GenerationCache(config) }
          for (prompt, caches) in zip(prompts, zip(alone, together)) {
            _ = model.nextLogits(prompt, cache: caches.0)
            _ = model.nextLogits(prompt, cache: caches.1)
          }
          for step in 0..<3 {
            let tokens = (0..<count).map { _ in Int32(random.next() % 61) }
            // Texts leave: in later steps only some go on.
            let here = (0..<count).filter { step == 0 || $0 % 3 != step }
            let rows = model.nextLogits(here.map { tokens[$0] }, caches: here.map { together[$0] })
            for (row, text) in zip(rows, here) {
              let expected = model.nextLogits(IndexTensor([tokens[text]], shape: [1, 1]), cache: alone[text])
              #expect(row.elements == expected.elements, "\(name), step \(step), text \(text), seed \(seed)")
            }
          }
        }
      }
    }
  }

  @Test func copiesOfACacheGoTheirOwnWays() {
    let config = tinyConfig(), model = LanguageModel(config, seed: 3)
    let cache = GenerationCache(config, capacity: 9)
    _ = model.nextLogits(randomTokens([1, 5], below: 61, seed: 1), cache: cache)
    let copy = cache.copy(capacity: 7)
    #expect(copy.position == 5 && copy.byteCount * 9 == cache.byteCount * 7)
    let first = model.nextLogits([7, 8], caches: [cache, copy])
    #expect(cache.position == 6 && copy.position == 6)
    let again = GenerationCache(config)
    _ = model.nextLogits(randomTokens([1, 5], below: 61, seed: 1), cache: again)
    #expect(model.nextLogits([8], caches: [again])[0].elements == first[1].elements)
  }

  @Test func whatCannotBeBatchedIsNot() {
    var config = tinyConfig()
    #expect(LanguageModel(config, seed: 1).textsAtOnce == 7)
    config.depth.chunk = 2
    #expect(LanguageModel(config, seed: 1).textsAtOnce == 1)
    config = tinyConfig()
    (config.width, config.hidden, config.queryHeads, config.headWidth) = (256, 512, 8, 32)
    #expect(LanguageModel(config, seed: 1).textsAtOnce == 32)
  }
}
