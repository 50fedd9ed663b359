// Every mechanism as a whole model: against the definition in float64, and the properties that all of them have.
import Foundation
import Lab
import NN
import TestSupport
import Tensor
import Testing

import MoDA

/// A mechanism or variant of the decoder.
enum MechanismCase: String, CaseIterable {
  case dense, stateAttention, stateAttentionWindow, moda, detached, detachedProjections, separateSoftmax
  case separateInChunks, gated, gatedInChunks, top, lastAndTop, topDetached, topSeparate

  func apply(to config: inout ModelConfig) {
    switch self {
    case .dense: config.blockInput = .dense
    case .stateAttention: config.blockInput = .attention
    case .stateAttentionWindow: (config.blockInput, config.depth.window) = (.attention, .last(slots: 2))
    default: config.depth.writers = .attentionAndFeedForward
    }
    switch self {
    case .dense, .stateAttention, .stateAttentionWindow, .moda: break
    case .detached: config.depth.detached = true
    case .detachedProjections:
      (config.depth.detached, config.depth.writers) = (true, .separateAttentionAndFeedForward)
    case .separateSoftmax: config.depth.softmax = .separate
    case .gated: config.depth.softmax = .gated
    case .gatedInChunks: (config.depth.softmax, config.depth.chunk) = (.gated, 2)
    case .separateInChunks: (config.depth.softmax, config.depth.chunk) = (.separate, 2)
    case .top: config.depth.window = .top(slots: 2)
    case .lastAndTop: config.depth.window = .lastAndTop(last: 1, top: 2)
    case .topDetached: (config.depth.window, config.depth.detached) = (.top(slots: 3), true)
    case .topSeparate: (config.depth.window, config.depth.softmax) = (.top(slots: 1), .separate)
    }
  }

  /// `tinyConfig` with this mechanism.
  func tiny(blocks: Int = 4) -> ModelConfig {
    var config = tinyConfig(writers: .none, blocks: blocks)
    (config.headWidth, config.width) = (4, 24)
    apply(to: &config)
    return config
  }

  /// As small as the reference can follow.
  var smallest: ModelConfig {
    var config = ModelConfig()
    (config.vocabulary, config.width, config.blocks, config.queryHeads) = (5, 8, 4, 4)
    (config.keyHeads, config.headWidth, config.hidden, config.context) = (2, 2, 6, 4)
    apply(to: &config)
    return config
  }
}

@Suite struct MechanismTests {
  /// A model with parameters of a size that makes every path matter.
  private func drawnModel(_ config: ModelConfig, seed: UInt64) -> LanguageModel {
    let model = LanguageModel(config, seed: 0)
    var random = TestRandom(seed: seed)
    for parameter in model.parameters.parameters {
      let isGain = parameter.name.hasSuffix("norm.weight")
      let noise = random.tensor(parameter.shape, deviation: isGain ? 0.2 : 0.5)
      model.parameters.assign(isGain ? Tensor(repeating: 1, shape: parameter.shape) + noise : noise, to: parameter)
    }
    return model
  }

  @Test(arguments: MechanismCase.allCases, [1, 2] as [UInt64])
  func outputAndGradientsEqualTheDefinition(mechanism: MechanismCase, seed: UInt64) {
    let config = mechanism.smallest, model = drawnModel(config, seed: seed), store = model.parameters
    let tokens = randomTokens([2, 3], below: config.vocabulary, seed: seed)
    var random = TestRandom(seed: seed + 100)
    let weights = random.tensor([2, 3, config.width])
    let tape = Tape()
    store.resetGradients()
    let output = model.hidden(tokens, on: tape)
    tape.backward(from: [(output, weights)])
    store.completeGradients()

    let names = store.parameters.map(\.name), values = store.parameters.map { $0.value.elements.map(Double.init) }
    func evaluate(_ values: [[Double]]) -> (trace: ScalarTrace, operands: [TracedArray], output: TracedArray) {
      let trace = ScalarTrace(.float64)
      let operands = zip(store.parameters, values).map { trace.variables($1, shape: $0.shape) }
      let reference = MechanismReference(
        config: config, parameters: Dictionary(uniqueKeysWithValues: zip(names, operands)), trace: trace)
      return (trace, operands, reference.hidden(tokens))
    }
    let truth = evaluate(values), seeds = weights.elements.map(Double.init)
    #expect(
      relativeError(output.value, Tensor(truth.output.values.map { Float($0) }, shape: output.shape)) < 1e-5,
      "\(mechanism), seed \(seed)")
    let gradients = truth.trace.gradients(of: truth.output, weights: seeds, by: truth.operands)
    for (parameter, gradient) in zip(store.parameters, gradients) {
      let error = relativeError(parameter.gradient, Tensor(gradient.map { Float($0) }, shape: parameter.shape))
      #expect(error < 1e-4, "\(mechanism), seed \(seed): gradient of \(parameter.name), relative error \(error)")
    }

    // The definition's own gradient against central differences along the whole of it; a detached slot has none.
    guard !config.depth.detached else { return }
    let norm = gradients.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    func objective(_ step: Double) -> Double {
      let moved = zip(values, gradients).map { zip($0, $1).map { $0 + step * $1 / norm } }
      return zip(evaluate(moved).output.values, seeds).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let (near, far) = (objective(1e-5) - objective(-1e-5), objective(2e-5) - objective(-2e-5))
    let slope = (8 * near - far) / 12e-5
    #expect(abs(slope - norm) < 1e-6 * norm, "\(mechanism), seed \(seed): slope \(slope), gradient \(norm)")
  }

  @Test(arguments: MechanismCase.allCases, NormPlacement.allCases)
  func decodingEqualsPrefill(mechanism: MechanismCase, placement: NormPlacement) {
    var config = mechanism.tiny()
    config.normalization = placement
    let model = LanguageModel(config, seed: 4), tokens = randomTokens([1, 21], below: 61, seed: 2)
    let whole = model.logits(tokens)
    for prefill in [1, 7] { expectDecodingEquals(whole, model, tokens, prefill: prefill) }
  }

  @Test(arguments: MechanismCase.allCases) func cachedGenerationEqualsUncached(mechanism: MechanismCase) {
    let config = mechanism.tiny(), model = LanguageModel(config, seed: 8), cache = GenerationCache(config)
    func best(_ logits: ArraySlice<Float>) -> Int32 {
      Int32((logits.indices.max { logits[$0] < logits[$1] } ?? 0) - logits.startIndex)
    }
    var ids = randomTokens([1, 5], below: 61, seed: 3).elements
    var next = best(model.nextLogits(IndexTensor(ids, shape: [1, 5]), cache: cache).elements[...])
    for _ in 0..<12 {
      #expect(next == best(model.logits(IndexTensor(ids, shape: [1, ids.count])).elements.suffix(61)), "after \(ids)")
      ids.append(next)
      next = best(model.nextLogits(IndexTensor([next], shape: [1, 1]), cache: cache).elements[...])
    }
  }

  @Test(arguments: MechanismCase.allCases) func laterTokensNeverMatter(mechanism: MechanismCase) {
    let model = LanguageModel(mechanism.tiny(), seed: 3), tokens = randomTokens([1, 20], below: 61, seed: 1)
    let changed = IndexTensor(tokens.elements.enumerated().map { $0 >= 12 ? ($1 + 7) % 61 : $1 }, shape: [1, 20])
    let before = model.logits(tokens).elements, after = model.logits(changed).elements
    #expect(before[..<(12 * 61)] == after[..<(12 * 61)])
    #expect(before[(12 * 61)...] != after[(12 * 61)...])
  }

  private func gradients(_ config: ModelConfig, precision: Precision = .float32) -> (loss: Float, values: [Float]) {
    let model = LanguageModel(config, seed: 9), tokens = randomTokens([3, 17], below: 61, seed: 7)
    let tape = Tape(precision: precision)
    model.parameters.resetGradients()
    let loss = model.loss(tokens, targets: tokens, on: tape).mean
    tape.backward(from: loss)
    model.parameters.completeGradients()
    return (loss.value.scalar, model.parameters.gradients.elements)
  }

  @Test(arguments: MechanismCase.allCases) func recomputingAndThreadsChangeNoBit(mechanism: MechanismCase) {
    var config = mechanism.tiny()
    let plain = Runtime.with(threads: 1) { gradients(config) }
    #expect(Runtime.with(threads: 2) { gradients(config) } == plain, "threads")
    config.recompute = true
    #expect(gradients(config) == plain, "recompute")
  }

  @Test(arguments: MechanismCase.allCases, [Precision.bfloat16].filter { $0.missing == nil })
  func halfPrecisionIsCloseToSingle(mechanism: MechanismCase, precision: Precision) {
    // Scores of near-equal slots may change places in half precision; the loss moves little all the same.
    var config = mechanism.tiny()
    let single = gradients(config)
    config.depth.storage = precision
    let half = gradients(config, precision: precision)
    #expect(half.values != single.values && half.values.allSatisfy(\.isFinite) && abs(half.loss - single.loss) < 0.02)
  }

  @Test(arguments: MechanismCase.allCases.filter { ![.dense, .stateAttention, .stateAttentionWindow].contains($0) })
  func withoutWritersEveryVariantIsTheBaseline(mechanism: MechanismCase) {
    var config = mechanism.tiny()
    let baseline = gradients(tinyBaseline)
    config.depth.writers = .none
    #expect(gradients(config) == baseline)
    #expect(config.mechanism == .residual && config.label == "baseline")
  }

  private var tinyBaseline: ModelConfig {
    var config = MechanismCase.moda.tiny()
    config.depth = DepthConfig()
    return config
  }

  @Test func depthDenseStartsAsTheBaseline() {
    let tokens = randomTokens([2, 11], below: 61, seed: 5)
    let dense = LanguageModel(MechanismCase.dense.tiny(), seed: 9), baseline = LanguageModel(tinyBaseline, seed: 9)
    #expect(dense.logits(tokens).elements == baseline.logits(tokens).elements)
  }

  @Test func everyMechanismChangesTheGradient() {
    // None of them is another one in disguise.
    let all = MechanismCase.allCases.map { ($0, gradients($0.tiny())) }
    for (index, (name, one)) in all.enumerated() {
      for (other, two) in all[..<index] { #expect(one.values != two.values, "\(name) is \(other)") }
    }
  }

  @Test func aBoundThatAllSlotsFitChangesNothing() {
    let all = [DepthWindow.top(slots: 6), .top(slots: 40), .lastAndTop(last: 2, top: 4)].map { window in
      var config = MechanismCase.top.tiny()
      config.depth.window = window
      return gradients(config).values
    }
    #expect(all[0] == all[1] && all[1] == all[2])
  }

  @Test func sharedParametersStartEqual() throws {
    let baseline = LanguageModel(tinyBaseline, seed: 9).parameters
    for mechanism in MechanismCase.allCases {
      let other = LanguageModel(mechanism.tiny(), seed: 9).parameters
      for parameter in baseline.parameters {
        let same = try #require(other[parameter.name])
        #expect(same.value.elements == parameter.value.elements, "\(mechanism): \(parameter.name)")
      }
    }
  }
}
