// Depth streams for trained models: nothing changes at first, and everything can learn.
import Foundation
import NN
import TestSupport
import Tensor
import Testing

import MoDA

@Suite struct ModelConversionTests {
  /// A baseline whose parameters are nothing like those of a new model.
  private func trained(
    _ norms: NormPlacement, biases: BiasPlacement = .none, keys: QueryKeyNorm = .perHead, seed: UInt64
  ) -> LanguageModel {
    var config = tinyConfig(writers: .none, blocks: 4)
    (config.normalization, config.biases, config.queryKeyNorm) = (norms, biases, keys)
    let model = LanguageModel(config, seed: seed)
    var random = TestRandom(seed: seed)
    for parameter in model.parameters.parameters {
      model.parameters.assign(parameter.value + random.tensor(parameter.shape, deviation: 0.2), to: parameter)
    }
    return model
  }

  private static let writers = DepthWriters.allCases.filter { $0 != .none }

  @Test(arguments: writers, NormPlacement.allCases) func logitsDoNotChange(writers: DepthWriters, norms: NormPlacement)
    throws
  {
    for (biases, keys) in zip(BiasPlacement.allCases, QueryKeyNorm.allCases) {
      for projections in SlotProjections.allCases {
        let base = trained(norms, biases: biases, keys: keys, seed: 3)
        let model = try ModelConversion.converted(
          base, depth: DepthConfig(writers: writers), projections: projections)
        #expect(model.parameters.count > base.parameters.count)
        let tokens = randomTokens([2, 19], below: base.config.vocabulary, seed: 5)
        let difference = relativeError(model.logits(tokens), base.logits(tokens))
        #expect(difference < 1e-5, "\(biases), \(keys), \(projections): \(difference)")
      }
    }
  }

  @Test func windowsKeyModesAndCachesDoNotMatter() throws {
    let base = trained(.reordered, seed: 11)
    for (mode, window) in zip(
      DepthKeyMode.allCases, [DepthWindow.last(slots: 2), .top(slots: 2), .lastAndTop(last: 1, top: 1)])
    {
      var depth = DepthConfig(writers: .attentionAndFeedForward)
      (depth.keyMode, depth.window) = (mode, window)
      let model = try ModelConversion.converted(base, depth: depth)
      let tokens = randomTokens([1, 21], below: base.config.vocabulary, seed: 2)
      #expect(relativeError(model.logits(tokens), base.logits(tokens)) < 1e-5, "\(mode), \(window)")
      expectDecodingEquals(base.logits(tokens), model, tokens, prefill: 7)
    }
  }

  @Test func gatesLearnFromTheFirstStepAndSlotsFromTheSecond() throws {
    let model = try ModelConversion.converted(
      trained(.pre, seed: 7), depth: DepthConfig(writers: .attentionAndFeedForward))
    let tokens = randomTokens([2, 17], below: model.config.vocabulary, seed: 7)
    func step() -> [String: Float] {
      let tape = Tape()
      model.parameters.resetGradients()
      tape.backward(from: model.loss(tokens, targets: tokens, on: tape).mean)
      model.parameters.completeGradients()
      return Dictionary(
        uniqueKeysWithValues: model.parameters.parameters.map { parameter in
          (parameter.name, parameter.gradient.elements.reduce(0) { max($0, abs($1)) })
        })
    }
    let first = step()
    let gates = model.parameters.parameters.filter { $0.name.hasSuffix("depth_gate") }
    #expect(gates.count == 3, "every block but the first has a gate: \(gates.map(\.name))")
    for gate in gates { #expect(first[gate.name, default: 0] > 1e-6, "\(gate.name)") }
    let slots = model.parameters.parameters.filter { $0.name.contains("depth_v_proj") }
    for slot in slots { #expect(first[slot.name] == 0, "\(slot.name)") }
    for gate in gates { model.parameters.assign(Tensor(repeating: 0.1, shape: gate.shape), to: gate) }
    let second = step()
    for slot in slots { #expect(second[slot.name, default: 0] > 1e-7, "\(slot.name)") }
  }

  @Test func openGatesAreThePapersModel() throws {
    let base = trained(.post, seed: 13)
    let converted = try ModelConversion.converted(base, depth: DepthConfig(writers: .attentionAndFeedForward))
    for gate in converted.parameters.parameters where gate.name.hasSuffix("depth_gate") {
      converted.parameters.assign(Tensor(repeating: 1, shape: gate.shape), to: gate)
    }
    var config = converted.config
    config.depth.softmax = .joint
    let moda = LanguageModel(config, seed: 0)
    for parameter in moda.parameters.parameters {
      let same = try #require(converted.parameters[parameter.name])
      moda.parameters.assign(same.value, to: parameter)
    }
    let tokens = randomTokens([2, 15], below: config.vocabulary, seed: 4)
    #expect(relativeError(converted.logits(tokens), moda.logits(tokens)) < 1e-5)
    #expect(relativeError(base.logits(tokens), moda.logits(tokens)) > 1e-2)
  }

  @Test func refusesWhatItCannotConvert() throws {
    let base = trained(.pre, seed: 1)
    #expect(throws: ConversionError.noWriters) { try ModelConversion.converted(base, depth: DepthConfig()) }
    let moda = LanguageModel(tinyConfig(writers: .attention, blocks: 2), seed: 1)
    #expect(throws: ConversionError.notABaseline(mechanism: "MoDA")) {
      try ModelConversion.converted(moda, depth: DepthConfig(writers: .attention))
    }
    var depth = DepthConfig(writers: .attention)
    depth.window = .last(slots: 0)
    let error = #expect(throws: ConversionError.self) { try ModelConversion.converted(base, depth: depth) }
    #expect("\(try #require(error))".contains("depth.window.last: expected at least 1 slot, got 0"))
  }

  @Test func aConvertedRunIsTrainedFurther() throws {
    try withTemporaryFolder { folder in
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      let few = [
        "--set", "training.steps=4", "--set", "training.saveEvery=0", "--set", "training.evaluateEvery=0",
        "--set", "evaluation.maximumTokens=256", "--set", "evaluation.sampleTokens=4", "--quiet",
        "--set", "data.cache=\(path("cache"))",
      ]
      let base = try modaLM(["train", "--smoke", "--out", path("base")] + few)
      try #require(base.status == 0, "\(base.errors)")
      let converted = try modaLM(["convert", path("base"), path("converted")])
      try #require(converted.status == 0, "\(converted.errors)")
      #expect(converted.output.contains("MoDA") && converted.output.contains("largest difference of logits"))
      let continued = try modaLM(
        ["train", "--smoke", "--set", "start=\(path("converted"))", "--out", path("continued")] + few)
      try #require(continued.status == 0, "\(continued.errors)")
      let model = try ModelBundle(run: folder.appendingPathComponent("continued")).model
      #expect(model.config.depth.softmax == .gated)
      let start = try ModelBundle(run: folder.appendingPathComponent("converted")).model
      let gate = try #require(model.parameters["model.layers.1.self_attn.depth_gate"])
      let before = try #require(start.parameters[gate.name])
      #expect(before.value.elements.allSatisfy { $0 == 0 } && gate.value.elements.contains { $0 != 0 })

      let long = try modaLM(
        ["train", "--smoke", "--set", "start=\(path("converted"))", "--set", "training.tokens=100"] + few)
      #expect(long.status != 0 && long.errors.contains("training.tokens: expected at most the 64 tokens"))
      let missing = try modaLM(["train", "--smoke", "--set", "start=\(path("nowhere"))"] + few)
      #expect(missing.status != 0 && missing.errors.contains("nowhere"))
    }
  }
}
