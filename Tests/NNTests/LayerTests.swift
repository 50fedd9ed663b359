// Layers as users meet them: names, groups, initial values, shapes, and what a position may see.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct LayerTests {
  @Test func parameterNamesAndGroupsAreThoseOfCheckpoints() {
    let store = ParameterStore(seed: 1)
    let block = store.root / "model" / "layers" / 0
    _ = SelfAttention(
      width: 8, heads: 4, keyHeads: 2, normalization: .fullWidth, mask: .full, bias: true, in: block / "self_attn")
    _ = GatedFeedForward(width: 8, hidden: 12, in: block / "mlp")
    _ = RMSNorm(8, epsilon: 1e-6, in: block / "input_layernorm")
    _ = Embedding(10, 8, in: store.root / "model" / "embed_tokens")
    store.freeze()
    let names = store.parameters.map { "\($0.group) \($0.name.replacing("model.layers.0.", with: "")) \($0.shape)" }
    #expect(
      names == [
        "matrix self_attn.q_proj.weight [8, 8]", "matrix self_attn.k_proj.weight [4, 8]",
        "matrix self_attn.v_proj.weight [4, 8]", "matrix self_attn.o_proj.weight [8, 8]",
        "matrix mlp.gate_proj.weight [12, 8]", "matrix mlp.up_proj.weight [12, 8]",
        "matrix mlp.down_proj.weight [8, 12]", "embedding model.embed_tokens.weight [10, 8]",
        "vector self_attn.q_proj.bias [8]", "vector self_attn.k_proj.bias [4]", "vector self_attn.v_proj.bias [4]",
        "vector self_attn.q_norm.weight [8]", "vector self_attn.k_norm.weight [4]", "vector input_layernorm.weight [8]",
      ])
  }

  @Test func initialValuesDependOnSeedAndNameAlone() throws {
    func values(seed: UInt64, extra: Bool) throws -> [Float] {
      let store = ParameterStore(seed: seed)
      if extra { _ = Linear(3, 3, in: store.root / "extra") }
      let layer = Linear(40, 30, bias: true, in: store.root / "layer")
      store.freeze()
      #expect(try #require(layer.bias).value.elements == [Float](repeating: 0, count: 30))
      return layer.weight.value.elements
    }
    let plain = try values(seed: 5, extra: false)
    #expect(try values(seed: 5, extra: true) == plain)
    #expect(try values(seed: 6, extra: false) != plain)
    let deviation = (plain.reduce(0) { $0 + $1 * $1 } / 1_200).squareRoot()
    #expect(abs(deviation - 0.02) < 0.002)
  }

  @Test func normsStartAsPlainNormalisation() {
    let store = ParameterStore(seed: 1)
    let (root, layer) = (RMSNorm(4, epsilon: 0, in: store.root / 0), LayerNorm(4, epsilon: 0, in: store.root / 1))
    store.freeze()
    let x = Variable(Tensor([1, 2, 3, 6], shape: [1, 4]))
    let rms = root(x).value.elements, centred = layer(x).value.elements
    #expect(abs(rms.reduce(0) { $0 + $1 * $1 } - 4) < 1e-5)
    #expect(abs(centred.reduce(0, +)) < 1e-5 && abs(centred.reduce(0) { $0 + $1 * $1 } - 4) < 1e-5)
  }

  @Test func theEmptySequenceIsTheIdentity() {
    let x = Variable(Tensor([1, 2]))
    #expect(Sequential()(x).value.elements == [1, 2])
  }

  @Test func causalLayersSeeNoLaterToken() {
    let store = ParameterStore(seed: 2)
    let attention = SelfAttention(
      width: 8, heads: 2, normalization: .perHead, rotation: RotaryTable(positions: 9, headWidth: 4, base: 100),
      mask: .causal, initializer: .normal(deviation: 0.5), in: store.root / "attention")
    let convolution = Convolution1D(8, 8, window: .causal(kernel: 3, dilation: 2), in: store.root / "convolution")
    store.freeze()
    forAll(5) { random, seed in
      let x = random.tensor([1, 9, 8])
      let token = Int(random.next() % 8)
      var changed = x.elements
      for index in (token + 1) * 8..<72 { changed[index] += 1 }
      for (name, layer) in [("attention", attention as any Layer), ("convolution", convolution)] {
        let before = layer(Variable(x)).value.elements
        let after = layer(Variable(Tensor(changed, shape: x.shape))).value.elements
        #expect(before.prefix((token + 1) * 8) == after.prefix((token + 1) * 8), "\(name), seed \(seed)")
        #expect(before.suffix(8) != after.suffix(8), "\(name), seed \(seed)")
      }
    }
  }

  @Test func projectionsOfALaterPieceEqualThoseOfTheWhole() {
    let store = ParameterStore(seed: 2)
    let layer = SelfAttention(
      width: 8, heads: 2, rotation: RotaryTable(positions: 6, headWidth: 4, base: 100), mask: .causal,
      initializer: .normal(deviation: 0.5), in: store.root)
    store.freeze()
    var random = TestRandom(seed: 4)
    let x = random.tensor([1, 6, 8])
    let whole = layer.project(Variable(x)).key.value.elements
    let piece = layer.project(Variable(Tensor(Array(x.elements[32...]), shape: [1, 2, 8])), firstPosition: 4)
    for (left, right) in zip(whole[32...], piece.key.value.elements) { #expect(abs(left - right) < 1e-5) }
  }

  @Test func patchesCoverTheImageRowByRow() {
    let store = ParameterStore(seed: 1)
    let layer = PatchEmbedding(patch: (2, 2), channels: 1, width: 1, bias: false, in: store.root)
    store.freeze()
    store.assign(Tensor([1, 10, 100, 1_000], shape: [1, 2, 2, 1]), to: layer.projection.weight)
    let image = Tensor((0..<20).map { Float($0 % 7) }, shape: [1, 4, 5, 1])
    #expect(layer.grid(height: 4, width: 5) == (2, 2))
    let tokens = layer(Variable(image)).value
    #expect(tokens.shape == [1, 4, 1])
    func patch(_ row: Int, _ column: Int) -> Float {
      let at = { (y: Int, x: Int) in Float((y * 5 + x) % 7) }
      return at(row, column) + 10 * at(row, column + 1) + 100 * at(row + 1, column) + 1_000 * at(row + 1, column + 1)
    }
    #expect(tokens.elements == [patch(0, 0), patch(0, 2), patch(2, 0), patch(2, 2)])
  }

  @Test(arguments: [(3, 1, 1), (3, 2, 1), (4, 2, 1), (2, 1, 3), (5, 1, 2), (1, 3, 1)])
  func sameWindowsKeepTheSize(kernel: Int, stride: Int, dilation: Int) {
    let axis = ConvolutionWindow.Axis.same(kernel: kernel, stride: stride, dilation: dilation)
    for count in 1...6 { #expect(axis.outputs(count * stride) == count, "\(axis)") }
  }
}

/// The example of the article on adding a layer.
private struct ScaledResidual<Branch: Layer>: Layer {
  let branch: Branch
  let scale: Parameter

  init(_ branch: Branch, width: Int, in scope: ParameterScope) {
    self.branch = branch
    scale = scope.parameter("scale", [width], .constant(1e-4), group: .vector)
  }

  func callAsFunction(_ x: Variable) -> Variable { x + columnScale(branch(x), by: scale) }
}

extension LayerTests {
  @Test func theDocumentedExampleLearnsItsScale() {
    let store = ParameterStore(seed: 1)
    let layer = ScaledResidual(Linear(3, 3, in: store.root / "branch"), width: 3, in: store.root)
    store.freeze()
    store.assign(Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [3, 3]), to: layer.branch.weight)
    let tape = Tape()
    let x = tape.leaf(Tensor([1, 0, -1], shape: [1, 3]))
    tape.backward(from: [(variable: layer(x), gradient: Tensor([1, 10, 100], shape: [1, 3]))])
    #expect(layer.scale.gradient.elements == [-2, -20, -200])
  }
}
