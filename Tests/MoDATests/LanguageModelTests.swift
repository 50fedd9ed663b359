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

/// Decodes `tokens` one by one behind a prefill, and compares each position's logits with the row of `whole`.
@discardableResult
func expectDecodingEquals(
  _ whole: Tensor, _ model: LanguageModel, _ tokens: IndexTensor, prefill: Int
) -> GenerationCache {
  let cache = GenerationCache(model.config), count = tokens.count
  let rows = whole.reshaped(to: [count, whole.shape.columns])
  var logits = model.nextLogits(IndexTensor(Array(tokens.elements[..<prefill]), shape: [1, prefill]), cache: cache)
  for position in prefill...count {
    let error = relativeError(logits, rows[position - 1])
    #expect(error < 2e-5, "position \(position - 1) after a prefill of \(prefill): \(error)")
    if position == count { break }
    logits = model.nextLogits(IndexTensor([tokens.elements[position]], shape: [1, 1]), cache: cache)
  }
  return cache
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
    for prefill in [1, 7, 29] { expectDecodingEquals(whole, model, tokens, prefill: prefill) }
  }

  /// Tokens of a chunk share their slots: an unfinished chunk runs again while tokens are added to it.
  @Test(arguments: [2, 5, 8], [DepthWindow.all, .last(slots: 3)])
  func decodingInChunksEqualsPrefill(chunk: Int, window: DepthWindow) {
    var config = tinyConfig()
    (config.depth.chunk, config.depth.window) = (chunk, window)
    let model = LanguageModel(config, seed: 4)
    let tokens = randomTokens([1, 30], below: 61, seed: 2)
    let whole = model.logits(tokens)
    config.depth.chunk = 1
    #expect(relativeError(LanguageModel(config, seed: 4).logits(tokens), whole) > 1e-4, "chunks change nothing")
    for prefill in [1, 7, 16] {
      let cache = expectDecodingEquals(whole, model, tokens, prefill: prefill)
      cache.truncate(to: 20)
      // Several tokens at once, from the middle of a chunk.
      let three = model.hidden(IndexTensor(Array(tokens.elements[20..<23]), shape: [1, 3]), cache: cache)
      let states = LanguageModel(model.config, seed: 4).hidden(tokens).value.reshaped(to: [30, config.width])
      #expect(three.shape == [1, 3, config.width])
      #expect(relativeError(three.value.reshaped(to: [3, config.width]), states[20..<23]) < 2e-5)
      cache.truncate(to: 20)
      let again = model.nextLogits(IndexTensor([tokens.elements[20]], shape: [1, 1]), cache: cache)
      #expect(relativeError(again, whole.reshaped(to: [30, 61])[20]) < 2e-5, "after forgetting ten tokens")
    }
  }

  /// Chunks end where they say: a token sees nothing of another chunk's slots, and nothing later.
  @Test func chunksAreCausal() {
    var config = tinyConfig()
    config.depth.chunk = 4
    let model = LanguageModel(config, seed: 3)
    let tokens = randomTokens([1, 20], below: 61, seed: 1)
    let changed = IndexTensor(tokens.elements.enumerated().map { $0 >= 10 ? ($1 + 7) % 61 : $1 }, shape: [1, 20])
    let before = model.logits(tokens).elements, after = model.logits(changed).elements
    #expect(before[..<(10 * 61)] == after[..<(10 * 61)] && before[(10 * 61)...] != after[(10 * 61)...])
  }

  /// Half precision is noise on the same function: the loss moves little, the gradient keeps its direction.
  @Test(
    arguments: [(Precision.bfloat16, Precision.float32), (.float32, .bfloat16), (.bfloat16, .bfloat16)]
      .filter { $0.0.missing == nil })
  func halfPrecisionIsCloseToSingle(products: Precision, storage: Precision) {
    let tokens = randomTokens([3, 31], below: 61, seed: 7)
    func run(_ products: Precision, _ storage: Precision, recompute: Bool = false) -> (loss: Float, gradient: [Float]) {
      var config = tinyConfig()
      (config.depth.storage, config.recompute) = (storage, recompute)
      let model = LanguageModel(config, seed: 9), tape = Tape(precision: products)
      model.parameters.resetGradients()
      let loss = model.loss(tokens, targets: tokens, on: tape).mean
      tape.backward(from: loss)
      model.parameters.completeGradients()
      return (loss.value.scalar, model.parameters.gradients.elements)
    }
    let single = run(.float32, .float32), half = run(products, storage)
    #expect(half.loss != single.loss && abs(half.loss - single.loss) < 0.02, "\(half.loss), \(single.loss)")
    func dot(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    let cosine =
      dot(half.gradient, single.gradient)
      / (dot(half.gradient, half.gradient) * dot(single.gradient, single.gradient)).squareRoot()
    #expect(cosine > 0.999, "cosine \(cosine)")
    #expect(run(products, storage, recompute: true).gradient == half.gradient)
  }

  /// The gradient along itself is the slope of the loss: windows, chunks and blocks that nobody reads to the end leave
  /// slots whose gradients start from zero instead of from the last reader's.
  @Test(arguments: [DepthWindow.all, .last(slots: 1), .last(slots: 3)], [1, 4])
  func gradientIsTheSlopeOfTheLoss(window: DepthWindow, chunk: Int) {
    var config = tinyConfig(blocks: 4)
    (config.depth.window, config.depth.chunk) = (window, chunk)
    let tokens = randomTokens([2, 13], below: 61, seed: 8), model = LanguageModel(config, seed: 12)
    let store = model.parameters
    store.resetGradients()
    let tape = Tape()
    tape.backward(from: model.loss(tokens, targets: tokens, on: tape).mean)
    store.completeGradients()
    let gradient = store.parameters.map { $0.gradient.elements }, start = store.parameters.map { $0.value.elements }
    let norm = gradient.joined().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    func loss(at step: Double) -> Double {
      for (index, parameter) in store.parameters.enumerated() {
        let moved = zip(start[index], gradient[index]).map { Float(Double($0) + step * Double($1) / norm) }
        store.assign(Tensor(moved, shape: parameter.shape), to: parameter)
      }
      return model.loss(tokens, targets: tokens).losses.elements.reduce(0) { $0 + Double($1) } / Double(tokens.count)
    }
    let step = 0.02
    let slope = (8 * (loss(at: step) - loss(at: -step)) - loss(at: 2 * step) + loss(at: -2 * step)) / (12 * step)
    #expect(abs(slope - norm) <= 2e-3 * norm, "slope \(slope), gradient \(norm), window \(window), chunk \(chunk)")
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
