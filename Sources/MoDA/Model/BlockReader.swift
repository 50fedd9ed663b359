// What a block makes its input of: the state before it, a linear map of all earlier states, or attention over them.
// Not here: the block itself (DecoderBlock.swift) and keys and values beside the residual stream (DepthStream.swift).
package import NN
import Tensor

/// The input stage of one block.
enum BlockReader {
  case residual
  case dense(Parameter)
  case attention(StateAttention)

  /// The stage of block `index`.
  ///
  /// - Parameters:
  ///   - config: the model's configuration.
  ///   - index: the block's, from 0; it reads `index + 1` states.
  ///   - scope: the block's.
  init(_ config: ModelConfig, index: Int, in scope: ParameterScope) {
    switch config.blockInput {
    case .residual: self = .residual
    case .dense:
      self = .dense(
        (scope / "depth_dense").parameter("weight", [(index + 1) * config.width, config.width], .zeros, group: .matrix))
    case .attention: self = .attention(StateAttention(config, in: scope / "depth_attn"))
    }
  }
}

/// The states X_0 … X_l of one forward pass, as block inputs are made of them.
struct BlockStates: ~Copyable {
  private let config: ModelConfig
  private var states: [Variable] = []
  private var stream: DepthStream

  /// No states yet.
  init(_ config: ModelConfig, batch: Int, tokens: Int, on tape: Tape?) {
    self.config = config
    stream = DepthStream(
      batch: batch, tokens: tokens, heads: config.keyHeads, headWidth: config.headWidth,
      capacity: config.blockInput == .attention ? config.blocks : 0, window: config.depth.window,
      storage: config.depth.storage, on: tape)
  }

  /// Takes the next state in and makes the input of the block behind it.
  ///
  /// - Parameters:
  ///   - state: the embedding or the output of the block before, `[B, T, D]`.
  ///   - reader: the block's input stage.
  /// - Returns: `[B, T, D]`.
  mutating func input(after state: Variable, _ reader: BlockReader) -> Variable {
    switch reader {
    case .residual: return state
    case .dense(let weight):
      states.append(state)
      return denseInput(states, weight: weight)
    case .attention(let attention):
      let (query, key, value) = attention.project(state)
      stream.write(key: key, value: value)
      return depthAttention(query: query, depth: stream.read()).reshaped(to: state.shape)
    }
  }
}

/// `X_{l−1} + [X_0, …, X_{l−1}]·M`: the input of a block as a linear map of the concatenation of all states before it.
///
/// Every linear map of the concatenation has this form. Written as a departure from the residual stream, the map that
/// is the baseline has M = 0: a model whose M starts at zero starts as the baseline, bit for bit, and weight decay pulls
/// it there. The concatenation is never formed.
///
/// - Parameters:
///   - states: X_0 … X_{l−1}, `[B, T, D]` each.
///   - weight: M, `[l·D, D]`, a row for each feature of the concatenation.
/// - Returns: `[B, T, D]`; the products multiply in the precision of the tape.
/// - Complexity: O(l·B·T·D²).
/// > Source: the depth dense row of arXiv 2603.15619, Table 1; the identity as the starting point after arXiv 2402.02622.
package func denseInput(_ states: [Variable], weight: Parameter) -> Variable {
  guard let newest = states.last else { preconditionFailure("denseInput: no states") }
  let (width, precision) = (newest.shape[-1], newest.precision)
  precondition(weight.shape == [states.count * width, width], "denseInput: \(states.count) states, \(weight.shape)")
  let matrix = Variable(weight), targets = states.map(\.target)
  let maps = states.indices.map {
    ProductOperand(matrix.value[$0 * width..<($0 + 1) * width], precision)
  }
  let inputs = states.map { ProductOperand($0.value, precision) }
  let output = Tensor.filled(newest.shape) { output in
    Tensor.add(newest.value, into: output)
    let sum = Accumulator(output.elements, shape: output.shape, beta: 1)
    for (input, map) in zip(inputs, maps) { Tensor.matmul(input, map, into: sum) }
  }
  return Variable(output, from: states + [matrix], op: "denseInput") { gradient, gradients in
    let slopes = ProductOperand(gradient, precision)
    gradients.add(gradient, to: targets[targets.count - 1])
    for (target, map) in zip(targets, maps) {
      gradients.add(to: target) { Tensor.matmul(slopes, map, transposeB: true, into: $0) }
    }
    gradients.add(to: matrix) { whole in
      for (index, input) in inputs.enumerated() {
        let part = Accumulator(whole.elements + index * width * width, shape: [width, width], beta: whole.beta)
        Tensor.matmul(input, slopes, transposeA: true, into: part)
      }
    }
  }
}

/// The projections of depth attention: a state's query, key and value.
///
/// Parameters: `q_proj` `[Hq·d, D]`, `k_proj` and `v_proj` `[Hk·d, D]`, and the model's norms of queries and keys. Values
/// start with the variance of the state, so that the input of a block does; queries and keys start near zero, so that
/// it starts as the mean of the states' values. No initial values make it the baseline: values have D/G features.
///
/// > Source: the depth attention row of arXiv 2603.15619, Table 1: the query comes from the state before the block.
struct StateAttention {
  let query, key, value: Linear
  let queryNorm, keyNorm: HeadNorm
  private let config: ModelConfig

  init(_ config: ModelConfig, in scope: ParameterScope) {
    self.config = config
    let (queryWidth, keyWidth) = (config.queryHeads * config.headWidth, config.keyHeads * config.headWidth)
    let bias = config.biases != .none
    let initial = Initializer.normal(deviation: config.initialDeviation)
    query = Linear(config.width, queryWidth, bias: bias, initializer: initial, in: scope / "q_proj")
    key = Linear(config.width, keyWidth, bias: bias, initializer: initial, in: scope / "k_proj")
    value = Linear(
      config.width, keyWidth, bias: bias,
      initializer: .normal(deviation: 1 / Float(config.width).squareRoot()), in: scope / "v_proj")
    func norm(_ heads: Int, _ name: String) -> HeadNorm {
      HeadNorm(
        config.queryKeyNorm, heads: heads, headWidth: config.headWidth, epsilon: config.normEpsilon, in: scope / name)
    }
    queryNorm = norm(config.queryHeads, "q_norm")
    keyNorm = norm(config.keyHeads, "k_norm")
  }

  /// - Parameter state: `[B, T, D]`.
  /// - Returns: the query `[B, T, Hq, d]`, key and value `[B, T, Hk, d]`.
  func project(_ state: Variable) -> (query: Variable, key: Variable, value: Variable) {
    func split(_ x: Variable, _ heads: Int) -> Variable {
      x.reshaped(to: [x.shape[0], x.shape[1], heads, config.headWidth])
    }
    return (
      queryNorm(split(query(state), config.queryHeads)), keyNorm(split(key(state), config.keyHeads)),
      split(value(state), config.keyHeads)
    )
  }
}
