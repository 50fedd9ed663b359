// Properties of whole models: causality, generation against prefill, shared initial values, the reduction to the
// baseline.
import NN
import Tensor
import Testing

import MoDA

/// A small model of the given kind.
func tinyConfig(
  writers: DepthWriters = .attentionAndFeedForward, keyMode: DepthKeyMode = .positionFree, blocks: Int = 3
) -> ModelConfig {
  var config = ModelConfig()
  config.vocabulary = 61
  config.width = 24
  config.blocks = blocks
  config.queryHeads = 6
  config.keyHeads = 2
  config.headWidth = 8
  config.hidden = 40
  config.context = 48
  config.depth.writers = writers
  config.depth.keyMode = keyMode
  return config
}

/// Token ids from a seed.
func randomTokens(_ shape: Shape, below limit: Int, seed: UInt64) -> IndexTensor {
  var random = RandomSource(seed: seed).split("tokens")
  return IndexTensor((0..<shape.count).map { _ in Int32(random.integer(below: limit)) }, shape: shape)
}

@Suite struct LanguageModelTests {
  static let variants: [(DepthWriters, DepthKeyMode)] = [
    (.none, .positionFree), (.attention, .raw), (.attentionAndFeedForward, .positionFree),
    (.attentionAndFeedForward, .releasedLM), (.separateAttentionAndFeedForward, .positionFree),
  ]

  @Test(arguments: variants) func laterTokensNeverMatter(writers: DepthWriters, keyMode: DepthKeyMode) {
    let model = LanguageModel(tinyConfig(writers: writers, keyMode: keyMode), seed: 3)
    let tokens = randomTokens([1, 20], below: 61, seed: 1)
    let changed = IndexTensor(
      tokens.elements.enumerated().map { $0 >= 12 ? ($1 + 7) % 61 : $1 }, shape: [1, 20])
    let before = model.logits(tokens).elements, after = model.logits(changed).elements
    #expect(before[..<(12 * 61)] == after[..<(12 * 61)])
    #expect(before[(12 * 61)...] != after[(12 * 61)...])
  }

  @Test(arguments: variants, NormPlacement.allCases)
  func decodingEqualsPrefill(variant: (DepthWriters, DepthKeyMode), placement: NormPlacement) {
    var config = tinyConfig(writers: variant.0, keyMode: variant.1)
    config.normalization = placement
    let model = LanguageModel(config, seed: 4)
    let tokens = randomTokens([1, 30], below: 61, seed: 2)
    let whole = model.logits(tokens)
    for prefill in [1, 7, 29] {
      let cache = GenerationCache(config)
      var logits = model.nextLogits(IndexTensor(Array(tokens.elements[..<prefill]), shape: [1, prefill]), cache: cache)
      for position in prefill..<30 {
        let expected = whole.reshaped(to: [30, 61])[position - 1]
        #expect(relativeError(logits, expected) < 2e-5, "position \(position - 1) after a prefill of \(prefill)")
        logits = model.nextLogits(IndexTensor([tokens.elements[position]], shape: [1, 1]), cache: cache)
      }
      #expect(relativeError(logits, whole.reshaped(to: [30, 61])[29]) < 2e-5)
    }
  }

  @Test func variantsShareInitialValues() throws {
    let baseline = LanguageModel(tinyConfig(writers: .none), seed: 9).parameters
    for (writers, keyMode) in Self.variants {
      let other = LanguageModel(tinyConfig(writers: writers, keyMode: keyMode), seed: 9).parameters
      for parameter in baseline.parameters {
        let same = try #require(other[parameter.name])
        #expect(same.value.elements == parameter.value.elements, "\(parameter.name)")
      }
    }
  }

  @Test func firstBlockIsPlainAttention() {
    // With one block nothing is written, so every variant is the baseline bit for bit.
    let tokens = randomTokens([2, 17], below: 61, seed: 5)
    let baseline = LanguageModel(tinyConfig(writers: .none, blocks: 1), seed: 9).logits(tokens).elements
    for (writers, keyMode) in Self.variants {
      let config = tinyConfig(writers: writers, keyMode: keyMode, blocks: 1)
      #expect(LanguageModel(config, seed: 9).logits(tokens).elements == baseline, "\(writers)")
    }
  }

  @Test func aWindowOfAllSlotsChangesNothing() {
    let tokens = randomTokens([2, 17], below: 61, seed: 6)
    var config = tinyConfig()
    let all = LanguageModel(config, seed: 9).logits(tokens).elements
    config.depth.window = .last(slots: 4)
    #expect(LanguageModel(config, seed: 9).logits(tokens).elements == all)
    config.depth.window = .last(slots: 1)
    #expect(LanguageModel(config, seed: 9).logits(tokens).elements != all)
  }

  @Test func resultsDoNotDependOnTheThreadCount() {
    let tokens = randomTokens([3, 31], below: 61, seed: 7)
    let gradients = [1, 2].map { threads in
      Runtime.with(threads: threads) {
        let model = LanguageModel(tinyConfig(), seed: 9)
        let tape = Tape()
        model.parameters.resetGradients()
        tape.backward(from: model.loss(tokens, targets: tokens, on: tape).mean)
        model.parameters.completeGradients()
        return model.parameters.gradients.elements
      }
    }
    #expect(gradients[0] == gradients[1])
  }
}
