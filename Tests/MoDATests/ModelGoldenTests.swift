// Whole models against PyTorch in float64 (Scripts/golden/model.py): logits, loss, every gradient, ten AdamW steps.
import NN
import Tensor
import Testing

import MoDA

@Suite struct ModelGoldenTests {
  @Test(arguments: GoldenModel.names) func parametersHaveTheNamesOfTheReference(name: String) throws {
    let golden = try GoldenModel(name)
    let expected = golden.file.names.filter { $0.hasPrefix("parameter.") }.map { String($0.dropFirst(10)) }
    #expect(Set(golden.model.parameters.parameters.map(\.name)) == Set(expected))
  }

  @Test(arguments: GoldenModel.names) func logitsAndLossEqualPyTorch(name: String) throws {
    let golden = try GoldenModel(name)
    let logits = golden.model.logits(golden.tokens)
    #expect(relativeError(logits, try golden.file.tensor("logits")) < 1e-5)
    let loss = golden.model.loss(golden.tokens, targets: golden.targets).mean.value
    #expect(relativeError(loss, try golden.file.tensor("loss")) < 1e-5)
  }

  @Test(arguments: GoldenModel.names, [false, true])
  func everyGradientEqualsPyTorch(name: String, recompute: Bool) throws {
    let golden = try GoldenModel(name, recompute: recompute)
    let tape = Tape()
    golden.model.parameters.resetGradients()
    tape.backward(from: golden.model.loss(golden.tokens, targets: golden.targets, on: tape).mean)
    golden.model.parameters.completeGradients()
    for parameter in golden.model.parameters.parameters {
      let error = relativeError(parameter.gradient, try golden.file.tensor("gradient.\(parameter.name)"))
      #expect(error < 1e-4, "\(name): gradient of \(parameter.name), relative error \(error)")
    }
  }

  @Test(arguments: GoldenModel.names) func tenStepsOfAdamWEqualPyTorch(name: String) throws {
    let golden = try GoldenModel(name)
    let store = golden.model.parameters
    var optimizer = OptimizerKind.adamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1, embeddingDecay: 0)
      .makeOptimizer(for: store)
    var losses: [Float] = []
    for _ in 0..<10 {
      store.resetGradients()
      let tape = Tape()
      let loss = golden.model.loss(golden.tokens, targets: golden.targets, on: tape).mean
      losses.append(loss.value.scalar)
      tape.backward(from: loss)
      store.completeGradients()
      let norm = store.gradientNorm()
      optimizer.step(store, learningRate: 1e-2, gradientScale: norm > 1 ? Float(1 / (norm + 1e-6)) : 1)
    }
    let error = relativeError(Tensor(losses), try golden.file.tensor("trajectory"))
    #expect(error < 1e-4, "\(name): losses \(losses), relative error \(error)")
    let embedding = try #require(store["model.embed_tokens.weight"])
    #expect(relativeError(embedding.value, try golden.file.tensor("final.embedding")) < 1e-3)
  }

  @Test func recomputeChangesNoBit() throws {
    for name in ["moda-pre", "moda-post-released"] {
      let gradients = try [false, true].map { recompute in
        let golden = try GoldenModel(name, recompute: recompute)
        let tape = Tape()
        golden.model.parameters.resetGradients()
        tape.backward(from: golden.model.loss(golden.tokens, targets: golden.targets, on: tape).mean)
        golden.model.parameters.completeGradients()
        return golden.model.parameters.gradients.elements
      }
      #expect(gradients[0] == gradients[1], "\(name)")
    }
  }
}
