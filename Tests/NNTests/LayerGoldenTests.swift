// Layers against PyTorch and transformers (Scripts/golden/layers.py): outputs and all gradients.
import Foundation
import NN
import TestSupport
import Tensor
import Testing

/// A layer of the golden files, built like its counterpart in Scripts/golden/layers.py.
struct GoldenLayer: Sendable, CustomStringConvertible {
  let description: String
  let build: @Sendable (ParameterScope) -> any Layer

  init(_ name: String, _ build: @escaping @Sendable (ParameterScope) -> any Layer) {
    description = name
    self.build = build
  }

  static let all = [
    GoldenLayer("attention-per-head") {
      SelfAttention(
        width: 24, heads: 6, keyHeads: 2, headWidth: 8, normalization: .perHead, epsilon: 1e-6,
        rotation: RotaryTable(positions: 7, headWidth: 8, base: 10_000), mask: .causal, in: $0)
    },
    GoldenLayer("attention-full-width") {
      SelfAttention(
        width: 24, heads: 4, keyHeads: 2, normalization: .fullWidth, epsilon: 1e-5,
        rotation: RotaryTable(positions: 7, headWidth: 6, base: 500_000), mask: .causal, in: $0)
    },
    GoldenLayer("attention-full-mask") {
      SelfAttention(width: 20, heads: 4, mask: .full, bias: true, outputBias: true, in: $0)
    },
    GoldenLayer("gated-feed-forward") { GatedFeedForward(width: 16, hidden: 40, bias: true, in: $0) },
    GoldenLayer("gelu-block-none") { GELUBlock(.exact, in: $0) },
    GoldenLayer("gelu-block-tanh") { GELUBlock(.tanh, in: $0) },
    GoldenLayer("image-encoder") { scope in
      Sequential(
        Convolution2D(
          3, 5,
          window: .init(
            height: .init(kernel: 3, stride: 2, leading: 1, trailing: 1), width: .init(kernel: 2)),
          in: scope / "first"), GELU(),
        AveragePooling2D(window: .init(height: .tiles(of: 2), width: .tiles(of: 3))),
        Convolution2D(
          5, 4,
          window: .init(
            height: .init(kernel: 3, dilation: 2, leading: 2, trailing: 2),
            width: .init(kernel: 3, dilation: 2, leading: 2, trailing: 2)), bias: false, in: scope / "second"))
    },
    GoldenLayer("causal-convolution") {
      Convolution1D(4, 6, window: .causal(kernel: 3, dilation: 2), in: $0 / "conv")
    },
    GoldenLayer("patches") { PatchEmbedding(patch: (4, 4), channels: 3, width: 10, in: $0) },
    GoldenLayer("overlapping-patches") {
      PatchEmbedding(patch: (4, 6), stride: (2, 3), channels: 1, width: 8, in: $0)
    },
  ]
}

/// `x + mlp(norm(x))`.
private struct GELUBlock: Layer {
  let norm: LayerNorm
  let feedForward: FeedForward

  init(_ approximation: GELUApproximation, in scope: ParameterScope) {
    norm = LayerNorm(16, epsilon: 1e-5, in: scope / "norm")
    feedForward = FeedForward(width: 16, hidden: 44, approximation: approximation, in: scope / "mlp")
  }

  func callAsFunction(_ x: Variable) -> Variable { x + feedForward(norm(x)) }
}

@Suite struct LayerGoldenTests {
  @Test(arguments: GoldenLayer.all) func outputAndGradientsEqualPyTorch(golden: GoldenLayer) throws {
    let file = try Self.file(golden.description)
    let store = ParameterStore(seed: 0)
    let layer = golden.build(store.root)
    store.freeze()
    let names = file.names.filter { $0.hasPrefix("parameter.") }.map { String($0.dropFirst(10)) }
    #expect(Set(store.parameters.map(\.name)) == Set(names))
    for parameter in store.parameters { store.assign(try file.tensor("parameter.\(parameter.name)"), to: parameter) }
    let tape = Tape()
    let input = tape.leaf(try file.tensor("input"))
    let output = layer(input)
    tape.backward(from: [(variable: output, gradient: try file.tensor("seed"))])
    try Self.expect(output.value, equals: "output", of: file, golden.description)
    try Self.expect(tape.gradient(of: input), equals: "input.gradient", of: file, golden.description)
    for parameter in store.parameters {
      try Self.expect(parameter.gradient, equals: "gradient.\(parameter.name)", of: file, golden.description)
    }
  }

  @Test func crossEntropyEqualsPyTorch() throws {
    let file = try Self.file("cross-entropy")
    let store = ParameterStore(seed: 0)
    let weight = store.root.parameter("weight", [37, 12], .zeros, group: .embedding)
    store.freeze()
    store.assign(try file.tensor("parameter.weight"), to: weight)
    for chunkRows in [1, 4, 512] {
      let tape = Tape()
      store.resetGradients()
      let input = tape.leaf(try file.tensor("input"))
      let result = linearCrossEntropy(
        input, weight: weight, targets: try file.indices("targets"), zLoss: try file.tensor("zLoss").scalar,
        chunkRows: chunkRows)
      tape.backward(from: result.mean, seed: try file.tensor("seed").scalar)
      #expect(result.count == 9)
      try Self.expect(result.mean.value, equals: "output", of: file, "cross-entropy")
      try Self.expect(result.losses, equals: "losses", of: file, "cross-entropy")
      try Self.expect(tape.gradient(of: input), equals: "input.gradient", of: file, "cross-entropy")
      try Self.expect(weight.gradient, equals: "gradient.weight", of: file, "cross-entropy")
    }
  }

  private static func file(_ name: String) throws -> SafeTensorsFile {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try SafeTensorsFile(path: tests.appendingPathComponent("Fixtures/Golden/layer-\(name).safetensors").path)
  }

  /// Expects an error of at most 1e-5, a tenth of what is asked, relative to the expected array in the Euclidean norm,
  /// or to a tenth of the gradient that entered if that is larger: some gradients vanish but for rounding.
  private static func expect(
    _ actual: Tensor, equals name: String, of file: SafeTensorsFile, _ golden: String
  ) throws {
    let expected = try file.tensor(name), seed = try file.tensor("seed")
    #expect(actual.shape == expected.shape, "\(golden): \(name)")
    let difference = (actual - expected).sumOfSquares().squareRoot()
    let scale = max(expected.sumOfSquares().squareRoot(), 0.1 * seed.sumOfSquares().squareRoot())
    #expect(difference <= 1e-5 * scale, "\(golden): \(name), relative error \(difference / scale)")
  }
}
