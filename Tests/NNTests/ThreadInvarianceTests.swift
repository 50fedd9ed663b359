// The same bits on any number of threads, at sizes that are split over threads and over chunks.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct ThreadInvarianceTests {
  /// All gradients of `model` on each thread count.
  private func gradients(
    _ store: ParameterStore, _ input: Tensor, _ model: (Variable) -> Variable
  ) -> [[Float]] {
    [1, 2, 3].map { threads in
      Runtime.with(threads: threads) {
        let tape = Tape()
        store.resetGradients()
        let x = tape.leaf(input)
        tape.backward(from: model(x).mean(), seed: 100)
        store.completeGradients()
        return tape.gradient(of: x).elements + store.gradients.elements
      }
    }
  }

  @Test func aTransformerBlockWithItsHead() {
    let store = ParameterStore(seed: 7), width = 96
    let attention = SelfAttention(
      width: width, heads: 6, keyHeads: 2, normalization: .perHead,
      rotation: RotaryTable(positions: 130, headWidth: 16, base: 1_000), mask: .causal,
      initializer: .normal(deviation: 0.2), in: store.root / "self_attn")
    let norms = [
      RMSNorm(width, epsilon: 1e-6, in: store.root / "input_layernorm"),
      RMSNorm(width, epsilon: 1e-6, in: store.root / "post_attention_layernorm"),
    ]
    let feedForward = GatedFeedForward(
      width: width, hidden: 250, bias: true, initializer: .normal(deviation: 0.2), in: store.root / "mlp")
    let embedding = Embedding(301, width, initializer: .normal(deviation: 0.3), in: store.root / "embed_tokens")
    store.freeze()
    var random = TestRandom(seed: 7)
    let input = random.tensor([3, 130, width])
    let tokens = IndexTensor((0..<390).map { _ in Int32(random.next() % 301) }, shape: [3, 130])
    let results = gradients(store, input) { x in
      let embedded = embedding(tokens, on: x.tape) + x
      let middle = embedded + attention(norms[0](embedded))
      let hidden = middle + feedForward(norms[1](middle))
      return linearCrossEntropy(hidden, weight: embedding.table, targets: tokens, zLoss: 1e-3, chunkRows: 128).mean
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test func anImageEncoder() {
    let store = ParameterStore(seed: 8)
    let window = ConvolutionWindow(height: .same(kernel: 3), width: .same(kernel: 3))
    let encoder = Sequential(
      Convolution2D(5, 24, window: window, in: store.root / 0), GELU(),
      AveragePooling2D(window: .init(height: .tiles(of: 2), width: .tiles(of: 2))),
      Convolution2D(24, 10, window: window, in: store.root / 1), SiLU(),
      LayerNorm(10, epsilon: 1e-5, in: store.root / 2), FeedForward(width: 10, hidden: 40, in: store.root / 3))
    store.freeze()
    var random = TestRandom(seed: 8)
    let results = gradients(store, random.tensor([6, 66, 64, 5])) { encoder($0) }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  /// Six images of this size are gathered in several groups.
  @Test func imagesOfOneBatchAreIndependent() {
    let store = ParameterStore(seed: 9)
    let window = ConvolutionWindow(height: .same(kernel: 3, stride: 2), width: .same(kernel: 3))
    let layer = Convolution2D(5, 8, window: window, in: store.root)
    store.freeze()
    var random = TestRandom(seed: 9)
    let images = random.tensor([6, 66, 64, 5]), seed = random.tensor([6, 33, 64, 8])
    func run(_ range: Range<Int>) -> (output: [Float], input: [Float], weight: [Float]) {
      let tape = Tape()
      store.resetGradients()
      let x = tape.leaf(images[range]), y = layer(x)
      tape.backward(from: [(variable: y, gradient: seed[range])])
      return (y.value.elements, tape.gradient(of: x).elements, layer.weight.gradient.elements)
    }
    let whole = run(0..<6), parts = (0..<6).map { run($0..<$0 + 1) }
    func error(_ left: [Float], _ right: [Float]) -> Float { zip(left, right).map { abs($0 - $1) }.max() ?? .nan }
    #expect(error(whole.output, parts.flatMap(\.output)) < 1e-5)
    #expect(error(whole.input, parts.flatMap(\.input)) < 1e-5)
    let sum = parts[0].weight.indices.map { place in parts.reduce(0) { $0 + $1.weight[place] } }
    #expect(error(whole.weight, sum) < 1e-3 * (sum.map(abs).max() ?? 0))
  }
}
