// Scores of packed prompts against each prompt alone, in double precision; prompts that begin alike share their beginning.
// Not here: the same through a server (CompletionServiceTests.swift).
import Foundation
import NN
import Tensor
import TestSupport
import Testing

import MoDA

@Suite struct PromptScorerTests {
  /// Log-probabilities of every token at every place of a prompt, `[T][V]`.
  static func naive(_ model: LanguageModel, _ prompt: [Int32]) -> [[Double]] {
    let logits = model.logits(IndexTensor(prompt, shape: [1, prompt.count])).elements
    let vocabulary = model.config.vocabulary
    return prompt.indices.map { place in
      let row = logits[place * vocabulary..<(place + 1) * vocabulary].map(Double.init)
      let top = row.max() ?? 0
      let normalizer = top + log(row.reduce(0) { $0 + exp($1 - top) })
      return row.map { $0 - normalizer }
    }
  }

  /// Prompts of which some begin alike, some are the beginning of others, and some are the same.
  static func prompts(_ count: Int, seed: UInt64) -> [[Int32]] {
    var random = TestRandom(seed: seed)
    func tokens(_ count: UInt64) -> [Int32] { (0..<count).map { _ in Int32(random.next() % 61) } }
    var found = [tokens(1 + random.next() % 20)]
    while found.count < count {
      let base = found[Int(random.next() % UInt64(found.count))]
      switch random.next() % 4 {
      case 0: found.append(tokens(1 + random.next() % 40))
      case 1: found.append(base)
      case 2: found.append(Array(base.prefix(1 + Int(random.next() % UInt64(base.count)))))
      default: found.append(Array((base + tokens(1 + random.next() % 8)).prefix(48)))
      }
    }
    return found
  }

  @Test(arguments: [DepthWriters.none, .attentionAndFeedForward], [1, 4])
  func scoresAreThoseOfEachPromptAlone(writers: DepthWriters, chunk: Int) {
    var config = tinyConfig(writers: writers)
    (config.initialDeviation, config.depth.chunk) = (0.2, chunk)
    let model = LanguageModel(config, seed: 6), prompts = Self.prompts(30, seed: 9)
    let tops = prompts.indices.map { $0 % 4 }
    let scored = PromptScorer(model).score(prompts, top: tops)
    for (index, prompt) in prompts.enumerated() {
      let expected = Self.naive(model, prompt)
      #expect(scored[index].scores.count == prompt.count - 1)
      for (place, score) in scored[index].scores.enumerated() {
        #expect(score.chosen.token == prompt[place + 1])
        #expect(abs(score.chosen.logProbability - expected[place][Int(prompt[place + 1])]) < 1e-4)
        let best = expected[place].sorted(by: >).prefix(tops[index])
        #expect(score.top.count == tops[index])
        for (ranked, value) in zip(score.top, best) {
          #expect(abs(ranked.logProbability - value) < 1e-4)
          #expect(abs(ranked.logProbability - expected[place][Int(ranked.token)]) < 1e-4)
        }
      }
      let last = TokenScore.scores(logits: scored[index].nextLogits.reshaped(to: [1, 61]), tokens: [5], top: 0)
      #expect(abs(last[0].chosen.logProbability - expected[prompt.count - 1][5]) < 1e-4)
    }
  }

  @Test func beginningsAreSharedOnce() {
    let base: [Int32] = Array(0..<20)
    let packed = PackedPrompts([base + [30, 31], [50, 51], base, base + [30, 40], base + [30, 31]])
    // One beginning of 20 tokens (and 30) for the four that share it.
    #expect(packed.tokens.count < 2 + 20 + 2 + 2 + 2 + 1 && packed.rows.map(\.count) == [22, 2, 20, 22, 22])
    #expect(PackedPrompts([[1, 2, 3], [1, 2, 4]]).tokens.count == 6, "short beginnings are not worth a tree")
  }

  @Test func tiesAndOddLogitsHaveAnOrder() {
    let logits = Tensor([1, 3, 3, -.infinity, 2], shape: [1, 5])
    let score = TokenScore.scores(logits: logits, tokens: [3], top: 9)[0]
    #expect(score.top.map(\.token).prefix(4) == [1, 2, 4, 0])
    #expect(score.chosen.logProbability == TokenScore.floor)
    #expect(abs(score.top.prefix(4).reduce(0) { $0 + exp($1.logProbability) } - 1) < 1e-6)
  }
}
