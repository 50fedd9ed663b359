// Every layer with its formula, composed of the formulas of its functions.
import NN
import TestSupport
import Tensor

private typealias Formula = FunctionReference

/// The layers of NN/Layers.
enum LayerCases {
  static let all = [
    FunctionCase(layer: "Linear", [2, 3, 7]) {
      Linear(7, 5, bias: true, in: $0)
    } formula: { x, p in
      Formula.linear(x, p["weight"]!, p["bias"]!)
    },
    FunctionCase(layer: "RMSNorm", [4, 9]) {
      RMSNorm(9, epsilon: 1e-5, in: $0 / "norm")
    } formula: { x, p in
      Formula.rmsNorm(x, p["norm.weight"]!, epsilon: Double(Float(1e-5)))
    },
    FunctionCase(layer: "LayerNorm", [4, 9]) {
      LayerNorm(9, epsilon: 1e-5, in: $0)
    } formula: { x, p in
      Formula.layerNorm(x, p["weight"]!, p["bias"]!, epsilon: Double(Float(1e-5)))
    },
    FunctionCase("Embedding with a tied head", [[1, 6, 4]]) { scope in
      let embedding = Embedding(5, 4, in: scope / "embed_tokens")
      let tokens = IndexTensor([4, 0, 1, 1, 3, 4], shape: [1, 6])
      return { inputs in
        let hidden = embedding(tokens, on: inputs[0].tape) * inputs[0]
        return linearCrossEntropy(hidden, weight: embedding.table, targets: tokens, chunkRows: 4).mean
      }
    } formula: { x, p in
      let tokens = [4, 0, 1, 1, 3, 4], table = p["embed_tokens.weight"]!
      let hidden = Formula.multiply(Formula.embedding(tokens, table, shape: [1, 6, 4]), x[0])
      return Formula.crossEntropy(Formula.linear(hidden, table), tokens, zLoss: 0).mean
    },
    FunctionCase(layer: "GatedFeedForward", [3, 5]) {
      GatedFeedForward(width: 5, hidden: 11, bias: true, in: $0)
    } formula: { x, p in
      let gate = Formula.silu(Formula.linear(x, p["gate_proj.weight"]!, p["gate_proj.bias"]!))
      let up = Formula.linear(x, p["up_proj.weight"]!, p["up_proj.bias"]!)
      return Formula.linear(Formula.multiply(gate, up), p["down_proj.weight"]!, p["down_proj.bias"]!)
    },
    FunctionCase(layer: "FeedForward", [3, 5]) {
      FeedForward(width: 5, hidden: 11, in: $0)
    } formula: { x, p in
      let hidden = Formula.gelu(Formula.linear(x, p["fc1.weight"]!, p["fc1.bias"]!), exact: true)
      return Formula.linear(hidden, p["fc2.weight"]!, p["fc2.bias"]!)
    },
    selfAttention(.none), selfAttention(.perHead), selfAttention(.fullWidth),
    FunctionCase(layer: "Sequential of convolutions, pooling and activations", [1, 6, 7, 2]) { scope in
      let window = ConvolutionWindow(height: .same(kernel: 3), width: .same(kernel: 3))
      return Sequential(
        Convolution2D(2, 3, window: window, in: scope / 0), GELU(approximation: .tanh),
        AveragePooling2D(window: .init(height: .tiles(of: 2), width: .tiles(of: 2))),
        Convolution2D(3, 2, window: window, bias: false, in: scope / 3), SiLU())
    } formula: { x, p in
      let window = ConvolutionWindow(height: .same(kernel: 3), width: .same(kernel: 3))
      let first = Formula.gelu(
        Formula.convolution2D(x, p["0.weight"]!, p["0.bias"]!, window: window), exact: false)
      let pooled = Formula.averagePooling(first, window: .init(height: .tiles(of: 2), width: .tiles(of: 2)))
      return Formula.silu(Formula.convolution2D(pooled, p["3.weight"]!, nil, window: window))
    },
    FunctionCase(layer: "Convolution1D", [2, 7, 3]) { scope in
      Convolution1D(3, 4, window: .init(kernel: 3, stride: 2, leading: 1, trailing: 1), in: scope)
    } formula: { x, p in
      Formula.convolution2D(
        x.reshaped(to: [2, 1, 7, 3]), p["weight"]!.reshaped(to: [4, 1, 3, 3]), p["bias"]!,
        window: .init(.init(kernel: 3, stride: 2, leading: 1, trailing: 1))
      ).reshaped(to: [2, 4, 4])
    },
    FunctionCase(layer: "PatchEmbedding", [2, 5, 7, 2]) { scope in
      PatchEmbedding(patch: (2, 3), stride: (2, 2), channels: 2, width: 4, in: scope)
    } formula: { x, p in
      Formula.convolution2D(
        x, p["projection.weight"]!, p["projection.bias"]!,
        window: .init(height: .init(kernel: 2, stride: 2), width: .init(kernel: 3, stride: 2))
      ).reshaped(to: [2, 6, 4])
    },
  ]

  private static func selfAttention(_ kind: QKNormalization) -> FunctionCase {
    FunctionCase(layer: "SelfAttention, norm \(kind)", [2, 5, 6]) { scope in
      SelfAttention(
        width: 6, heads: 4, keyHeads: 2, headWidth: 4, normalization: kind, epsilon: 1e-4,
        rotation: RotaryTable(positions: 5, headWidth: 4, base: 50), mask: .causal, bias: true, outputBias: true,
        in: scope)
    } formula: { x, p in
      func heads(_ name: String, _ norm: String?, _ count: Int) -> TracedArray {
        let flat = Formula.linear(x, p["\(name).weight"]!, p["\(name).bias"]!)
        let shape: Shape = [2, 5, count, 4]
        guard let norm, kind != .none else { return flat.reshaped(to: shape) }
        let input = kind == .perHead ? flat.reshaped(to: shape) : flat
        return Formula.rmsNorm(input, p["\(norm).weight"]!, epsilon: Double(Float(1e-4))).reshaped(to: shape)
      }
      let attended = Formula.attention(
        query: Formula.rotary(heads("q_proj", "q_norm", 4), base: 50),
        key: Formula.rotary(heads("k_proj", "k_norm", 2), base: 50), value: heads("v_proj", nil, 2), mask: .causal,
        scale: 0.5)
      return Formula.linear(attended.reshaped(to: [2, 5, 16]), p["o_proj.weight"]!, p["o_proj.bias"]!)
    }
  }
}
