// Every differentiable function and layer with its formula. Not here: what is checked of them.
import NN
import TestSupport
import Tensor

private typealias Formula = FunctionReference

/// The functions of NN/Functions.
enum FunctionCases {
  static let all = arithmetic + parametric + sequence + convolution + losses

  private static let arithmetic: [FunctionCase] = [
    FunctionCase("add", [[3, 5], [3, 5]]) { _ in
      { $0[0] + $0[1] }
    } formula: { x, _ in
      Formula.add(x[0], x[1])
    },
    FunctionCase("add to itself", [[3, 5]]) { _ in
      { $0[0] + $0[0] }
    } formula: { x, _ in
      Formula.add(x[0], x[0])
    },
    FunctionCase("subtract", [[3, 5], [3, 5]]) { _ in
      { $0[0] - $0[1] }
    } formula: { x, _ in
      Formula.add(x[0], x[1].map { $0 * -1 })
    },
    FunctionCase("multiply", [[3, 5], [3, 5]]) { _ in
      { $0[0] * $0[1] }
    } formula: { x, _ in
      Formula.multiply(x[0], x[1])
    },
    FunctionCase("square", [[3, 5]]) { _ in
      { $0[0] * $0[0] }
    } formula: { x, _ in
      Formula.multiply(x[0], x[0])
    },
    FunctionCase("scale", [[3, 5]]) { _ in
      { $0[0].scaled(by: -0.75) }
    } formula: { x, _ in
      x[0].map { $0 * -0.75 }
    },
    FunctionCase("reshape", [[3, 4]]) { _ in
      { $0[0].reshaped(to: [2, 6]) }
    } formula: { x, _ in
      x[0].reshaped(to: [2, 6])
    },
    FunctionCase("slices", [[5, 3]]) { _ in
      { $0[0][1..<4] * $0[0][2..<5] }
    } formula: { x, _ in
      let e = x[0].elements
      return Formula.multiply(
        TracedArray(Array(e[3..<12]), shape: [3, 3]), TracedArray(Array(e[6..<15]), shape: [3, 3]))
    },
    FunctionCase("mean", [[3, 7]]) { _ in
      { $0[0].mean() }
    } formula: { x, _ in
      Formula.mean(x[0])
    },
    FunctionCase("softmax", [[4, 9]]) { _ in
      { softmax($0[0]) }
    } formula: { x, _ in
      Formula.softmax(x[0])
    },
    FunctionCase("silu", [[3, 17]]) { _ in
      { silu($0[0]) }
    } formula: { x, _ in
      Formula.silu(x[0])
    },
    FunctionCase("gelu exact", [[3, 17]]) { _ in
      { gelu($0[0], approximation: .exact) }
    } formula: { x, _ in
      Formula.gelu(x[0], exact: true)
    },
    FunctionCase("gelu tanh", [[3, 17]]) { _ in
      { gelu($0[0], approximation: .tanh) }
    } formula: { x, _ in
      Formula.gelu(x[0], exact: false)
    },
    FunctionCase("siluProduct", [[3, 17], [3, 17]]) { _ in
      { siluProduct(gate: $0[0], up: $0[1]) }
    } formula: {
      x, _ in
      Formula.multiply(Formula.silu(x[0]), x[1])
    },
    FunctionCase("siluProduct of itself", [[3, 17]]) { _ in
      { siluProduct(gate: $0[0], up: $0[0]) }
    } formula: {
      x, _ in
      Formula.multiply(Formula.silu(x[0]), x[0])
    },
  ]

  private static let parametric: [FunctionCase] = [
    FunctionCase("columnScale", [[3, 2, 5]]) { scope in
      let gain = scope.parameter("gain", [5], .ones, group: .vector)
      return { columnScale($0[0], by: gain) }
    } formula: { x, p in
      Formula.columnScale(x[0], p["gain"]!)
    },
    FunctionCase("addBias", [[3, 2, 5]]) { scope in
      let bias = scope.parameter("bias", [5], .ones, group: .vector)
      return { addBias($0[0], bias) }
    } formula: { x, p in
      Formula.addBias(x[0], p["bias"]!)
    },
    FunctionCase("addBias of positions", [[3, 4, 5]]) { scope in
      let positions = scope.parameter("positions", [4, 5], .ones, group: .embedding)
      return { addBias($0[0], positions) }
    } formula: { x, p in
      Formula.addBias(x[0], p["positions"]!)
    },
    linear([2, 3, 7], 5, bias: false), linear([2, 3, 7], 5, bias: true), linear([1, 33], 1, bias: true),
    linear([9, 1], 18, bias: true),
    FunctionCase("embedding", [[2, 4, 6]]) { scope in
      let table = scope.parameter("table", [5, 6], .ones, group: .embedding)
      let tokens = IndexTensor([0, 3, 3, 1, 4, 0, 3, 0], shape: [2, 4])
      return { embedding(tokens, table: table, on: $0[0].tape) * $0[0] }
    } formula: { x, p in
      Formula.multiply(Formula.embedding([0, 3, 3, 1, 4, 0, 3, 0], p["table"]!, shape: [2, 4, 6]), x[0])
    },
    FunctionCase("rmsNorm", [[3, 2, 19]]) { scope in
      let gain = scope.parameter("gain", [19], .ones, group: .vector)
      return { rmsNorm($0[0], gain: gain, epsilon: 1e-3) }
    } formula: { x, p in
      Formula.rmsNorm(x[0], p["gain"], epsilon: Double(Float(1e-3)))
    },
    FunctionCase("rmsNorm without gain", [[3, 19]]) { _ in
      { rmsNorm($0[0], gain: nil, epsilon: 1e-3) }
    } formula: {
      x, _ in
      Formula.rmsNorm(x[0], nil, epsilon: Double(Float(1e-3)))
    },
    FunctionCase("layerNorm", [[3, 2, 19]]) { scope in
      let gain = scope.parameter("gain", [19], .ones, group: .vector)
      let bias = scope.parameter("bias", [19], .ones, group: .vector)
      return { layerNorm($0[0], gain: gain, bias: bias, epsilon: 1e-3) }
    } formula: { x, p in
      Formula.layerNorm(x[0], p["gain"]!, p["bias"]!, epsilon: Double(Float(1e-3)))
    },
  ]

  private static func linear(_ input: Shape, _ outputs: Int, bias: Bool) -> FunctionCase {
    FunctionCase("linear \(input) to \(outputs)\(bias ? " with bias" : "")", [input]) { scope in
      let weight = scope.parameter("weight", [outputs, input[-1]], .ones, group: .matrix)
      let offset = bias ? scope.parameter("bias", [outputs], .zeros, group: .vector) : nil
      return { NN.linear($0[0], weight: weight, bias: offset) }
    } formula: { x, p in
      Formula.linear(x[0], p["weight"]!, p["bias"])
    }
  }

  private static let sequence: [FunctionCase] = [
    FunctionCase("rotary", [[2, 3, 2, 6]]) { _ in
      let table = RotaryTable(positions: 9, headWidth: 6, base: 100)
      return { rotary($0[0], table: table, firstPosition: 4) }
    } formula: { x, _ in
      Formula.rotary(x[0], base: 100, firstPosition: 4)
    },
    attention("causal, grouped", query: [2, 5, 4, 6], key: [2, 5, 2, 6], mask: .causal),
    attention("full", query: [1, 4, 3, 5], key: [1, 4, 3, 5], mask: .full),
    attention("to another sequence", query: [2, 3, 2, 4], key: [2, 7, 1, 4], mask: .full),
    attention("causal continuation", query: [1, 2, 2, 4], key: [1, 6, 2, 4], mask: .causal),
    FunctionCase("attention of one variable to itself", [[1, 5, 2, 4]]) { _ in
      { NN.attention(query: $0[0], key: $0[0], value: $0[0], mask: .causal, scale: 0.5) }
    } formula: { x, _ in
      Formula.attention(query: x[0], key: x[0], value: x[0], mask: .causal, scale: 0.5)
    },
  ]

  private static func attention(_ name: String, query: Shape, key: Shape, mask: AttentionMask) -> FunctionCase {
    FunctionCase("attention, \(name)", [query, key, key]) { _ in
      { NN.attention(query: $0[0], key: $0[1], value: $0[2], mask: mask) }
    } formula: { x, _ in
      Formula.attention(
        query: x[0], key: x[1], value: x[2], mask: mask, scale: Double(1 / Float(query[-1]).squareRoot()))
    }
  }

  private static let convolution: [FunctionCase] = [
    convolution2D("plain", [2, 4, 5, 3], 2, .init(height: .init(kernel: 3), width: .init(kernel: 2)), bias: true),
    convolution2D(
      "strided, padded", [2, 5, 6, 2], 3,
      .init(
        height: .init(kernel: 3, stride: 2, leading: 1, trailing: 2),
        width: .init(kernel: 2, stride: 3, leading: 2, trailing: 1)), bias: true),
    convolution2D(
      "dilated, same size", [1, 6, 5, 2], 2,
      .init(height: .same(kernel: 3, dilation: 2), width: .same(kernel: 3, dilation: 2)), bias: false),
    convolution2D(
      "stride beyond the kernel", [1, 7, 7, 2], 2,
      .init(height: .init(kernel: 1, stride: 3), width: .init(kernel: 2, stride: 4)), bias: false),
    FunctionCase("convolution1D, causal", [[2, 6, 3]]) { scope in
      let weight = scope.parameter("weight", [2, 3, 3], .ones, group: .matrix)
      let bias = scope.parameter("bias", [2], .ones, group: .vector)
      return { convolution1D($0[0], weight: weight, bias: bias, window: .causal(kernel: 3, dilation: 2)) }
    } formula: { x, p in
      Formula.convolution2D(
        x[0].reshaped(to: [2, 1, 6, 3]), p["weight"]!.reshaped(to: [2, 1, 3, 3]), p["bias"],
        window: .init(.causal(kernel: 3, dilation: 2))
      ).reshaped(to: [2, 6, 2])
    },
    averagePooling([2, 4, 6, 3], .init(height: .tiles(of: 2), width: .tiles(of: 3))),
    averagePooling([1, 5, 5, 2], .init(height: .init(kernel: 3, stride: 1), width: .init(kernel: 2, stride: 3))),
    FunctionCase("meanOverTokens", [[2, 5, 3]]) { _ in
      { meanOverTokens($0[0]) }
    } formula: { x, _ in
      Formula.averagePooling(x[0].reshaped(to: [2, 1, 5, 3]), window: .init(.tiles(of: 5))).reshaped(to: [2, 3])
    },
  ]

  private static func convolution2D(
    _ name: String, _ input: Shape, _ outputs: Int, _ window: ConvolutionWindow, bias: Bool
  ) -> FunctionCase {
    FunctionCase("convolution2D, \(name)", [input]) { scope in
      let shape: Shape = [outputs, window.height.kernel, window.width.kernel, input[3]]
      let weight = scope.parameter("weight", shape, .ones, group: .matrix)
      let offset = bias ? scope.parameter("bias", [outputs], .ones, group: .vector) : nil
      return { NN.convolution2D($0[0], weight: weight, bias: offset, window: window) }
    } formula: { x, p in
      Formula.convolution2D(x[0], p["weight"]!, p["bias"], window: window)
    }
  }

  private static func averagePooling(_ input: Shape, _ window: ConvolutionWindow) -> FunctionCase {
    FunctionCase("averagePooling of \(input)", [input]) { _ in
      { NN.averagePooling($0[0], window: window) }
    } formula: {
      x, _ in
      Formula.averagePooling(x[0], window: window)
    }
  }

  private static let targets: [Int] = [2, -1, 0, 6, 6, -1, 3]

  private static let losses: [FunctionCase] = [
    linearCrossEntropy(zLoss: 0, chunkRows: 512), linearCrossEntropy(zLoss: 0.05, chunkRows: 3),
    linearCrossEntropy(zLoss: 0, chunkRows: 1),
    FunctionCase("crossEntropy", [[7, 9]]) { _ in
      { crossEntropy($0[0], targets: IndexTensor(targets.map { Int32($0) }), zLoss: 0.1).mean }
    } formula: { x, _ in
      Formula.crossEntropy(x[0], targets, zLoss: Double(Float(0.1))).mean
    },
    FunctionCase("meanSquaredError", [[3, 4]]) { _ in
      { meanSquaredError($0[0], target: Tensor((0..<12).map { Float($0) / 6 }, shape: [3, 4])) }
    } formula: { x, _ in
      let differences = x[0].elements.enumerated().map { $1 + -Double(Float($0) / 6) }
      return Formula.mean(TracedArray(differences.map { $0 * $0 }, shape: [3, 4]))
    },
  ]

  private static func linearCrossEntropy(zLoss: Float, chunkRows: Int) -> FunctionCase {
    FunctionCase("linearCrossEntropy, z-loss \(zLoss), chunks of \(chunkRows)", [[7, 5]]) { scope in
      let weight = scope.parameter("weight", [9, 5], .ones, group: .embedding)
      let targets = IndexTensor(targets.map { Int32($0) })
      return {
        NN.linearCrossEntropy($0[0], weight: weight, targets: targets, zLoss: zLoss, chunkRows: chunkRows).mean
      }
    } formula: { x, p in
      Formula.crossEntropy(Formula.linear(x[0], p["weight"]!), targets, zLoss: Double(zLoss)).mean
    }
  }
}
