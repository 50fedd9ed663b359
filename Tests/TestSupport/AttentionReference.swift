// Naive attention with depth slots, forward and backward, in any floating-point precision: full score rows, no blocks.
import Foundation
public import Tensor

/// A floating-point type that the naive references run in.
public protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  /// e^x.
  static func exponential(_ x: Self) -> Self
  /// Natural logarithm.
  static func logarithm(_ x: Self) -> Self
}

extension Float: ReferenceScalar {
  /// e^x.
  public static func exponential(_ x: Float) -> Float { exp(x) }
  /// Natural logarithm.
  public static func logarithm(_ x: Float) -> Float { log(x) }
}

extension Double: ReferenceScalar {
  /// e^x.
  public static func exponential(_ x: Double) -> Double { exp(x) }
  /// Natural logarithm.
  public static func logarithm(_ x: Double) -> Double { log(x) }
}

/// The sizes of an attention problem.
public struct AttentionCase: Sendable, CustomStringConvertible {
  /// B, T, S, Hk, G, d, the visible slots and the slots that a token has room for before and after them.
  public var batch = 1, tokens: Int, keys: Int, heads = 1, group: Int, width: Int, slots = 0, slotsBefore = 0,
    slotsAfter = 0
  /// Which keys a query sees.
  public var mask = AttentionMask.causal
  /// Tokens whose slots a token may see, and how slots are evaluated.
  public var chunk = 1, strategy = DepthStrategy.exactRows
  /// In which products over the sequence multiply.
  public var precision = Precision.float32
  /// How the slots are kept.
  public var storage = Precision.float32
  /// The standard deviation of queries and keys.
  public var deviation = 1.0

  /// As many keys as tokens unless stated.
  public init(tokens: Int, keys: Int? = nil, group: Int, width: Int) {
    self.tokens = tokens
    self.keys = keys ?? tokens
    self.group = group
    self.width = width
  }

  /// `[B, T, Hq, d]`.
  public var queryShape: Shape { [batch, tokens, heads * group, width] }
  /// `[B, S, Hk, d]`.
  public var keyShape: Shape { [batch, keys, heads, width] }
  /// `[B, T, Hk, d]`, of one slot.
  public var slotShape: Shape { [batch, tokens, heads, width] }
  /// 1/√d.
  public var scale: Float { 1 / Float(width).squareRoot() }
  /// The keys that a token sees.
  public func visible(_ batch: Int, _ token: Int) -> [Int] {
    (0..<keys).filter { Self.sees(mask, batch, token + keys - tokens, $0) }
  }

  /// By definition, one pair at a time: does the query at `position` see `key`?
  private static func sees(_ mask: AttentionMask, _ batch: Int, _ position: Int, _ key: Int) -> Bool {
    switch mask {
    case .full: true
    case .causal: key <= position
    case .window(let size): key <= position && key > position - size
    case .documents(let boundaries, let within):
      sees(within, batch, position, key) && boundaries.document(batch: batch, token: position).contains(key)
    }
  }

  /// All sizes, as failure messages show them.
  public var description: String {
    "B\(batch) T\(tokens) S\(keys) Hk\(heads) G\(group) d\(width) N\(slots) \(mask)"
      + (chunk > 1 || strategy != .exactRows ? " chunk \(chunk) \(strategy)" : "")
      + (precision == .float32 ? "" : " \(precision)")
  }
}

/// The inputs of an attention problem, float32.
public struct AttentionInputs: Sendable {
  /// The problem.
  public let problem: AttentionCase
  /// Queries, keys, values, queries against slots, and the gradient of the output.
  public var query, key, value, depthQuery, outputGradient: Tensor
  /// The visible slots, `[B, T, Hk, d]` each.
  public var slotKeys, slotValues: [Tensor]

  /// Normal numbers.
  public init(_ problem: AttentionCase, seed: UInt64) {
    var random = TestRandom(seed: seed)
    self.problem = problem
    query = random.tensor(problem.queryShape, deviation: problem.deviation)
    key = random.tensor(problem.keyShape, deviation: problem.deviation)
    value = random.tensor(problem.keyShape)
    depthQuery = random.tensor(problem.queryShape, deviation: problem.deviation)
    outputGradient = random.tensor(problem.queryShape)
    slotKeys = (0..<problem.slots).map { _ in random.tensor(problem.slotShape, deviation: problem.deviation) }
    slotValues = (0..<problem.slots).map { _ in random.tensor(problem.slotShape) }
  }
}

/// What attention computes, forward and backward. Slot gradients run over slots, then `[B, T, Hk, d]`.
public struct AttentionResults<Scalar: Sendable>: Sendable {
  /// `[B, T, Hq, d]`.
  public var output: [Scalar]
  /// `[B, Hq, T]`.
  public var logSumExp: [Scalar]
  /// Gradients of query, key, value, query against slots, slot keys and slot values.
  public var query, key, value, depthQuery, slotKeys, slotValues: [Scalar]
  /// The quantities by name, without log-sum-exp.
  public var named: [(name: String, values: [Scalar])] {
    [
      ("o", output), ("dq", query), ("dk", key), ("dv", value), ("dqd", depthQuery), ("dKd", slotKeys),
      ("dVd", slotValues),
    ]
  }
}

/// Attention and its gradients in float64: the truth.
///
/// > Source: the definition in arXiv 2603.15619; the gradients follow from the softmax's derivative.
public func exactAttention(_ inputs: AttentionInputs) -> AttentionResults<Double> {
  evaluateAttention(inputs, as: Double.self)
}

/// The same in float32: what a plain implementation loses. In bfloat16, each operand of a product over the sequence is
/// rounded, the sums are float32.
public func naiveAttention(_ inputs: AttentionInputs) -> AttentionResults<Float> {
  guard inputs.problem.precision == .bfloat16 else { return evaluateAttention(inputs, as: Float.self) }
  return evaluateAttention(inputs, as: Float.self) { BFloat16($0).float }
}

/// Row by row, with the whole score row in memory; `rounded` is applied to the operands of products over the sequence.
private func evaluateAttention<Scalar: ReferenceScalar>(
  _ inputs: AttentionInputs, as type: Scalar.Type, rounded: (Scalar) -> Scalar = { $0 }
) -> AttentionResults<Scalar> {
  func convert(_ tensor: Tensor) -> [Scalar] { tensor.withElements { $0.map { Scalar($0) } } }
  let p = inputs.problem, width = p.width, queryHeads = p.heads * p.group, slotCount = p.slotShape.count
  let query = convert(inputs.query).map(rounded), key = convert(inputs.key).map(rounded)
  let value = convert(inputs.value).map(rounded), depthQuery = convert(inputs.depthQuery)
  let gradient = convert(inputs.outputGradient), roundedGradient = gradient.map(rounded)
  let slotKeys = inputs.slotKeys.flatMap(convert), slotValues = inputs.slotValues.flatMap(convert)
  let scale = Scalar(p.scale)
  func zeros(_ count: Int) -> [Scalar] { Array(repeating: 0, count: count) }
  var r = AttentionResults(
    output: zeros(query.count), logSumExp: zeros(p.batch * queryHeads * p.tokens), query: zeros(query.count),
    key: zeros(key.count), value: zeros(key.count), depthQuery: zeros(query.count), slotKeys: zeros(slotKeys.count),
    slotValues: zeros(slotValues.count))
  for b in 0..<p.batch {
    for h in 0..<queryHeads {
      let j = h / p.group
      for t in 0..<p.tokens {
        let at = ((b * p.tokens + t) * queryHeads + h) * width
        let sequence = p.visible(b, t).map { ((b * p.keys + $0) * p.heads + j) * width }
        let seen = (0...t).filter { $0 / p.chunk == t / p.chunk }
        let depth = seen.flatMap { u in
          (0..<p.slots).map { $0 * slotCount + ((b * p.tokens + u) * p.heads + j) * width }
        }
        let scores =
          sequence.map { scale * dot(query, at, key, $0, width) }
          + depth.map { scale * dot(depthQuery, at, slotKeys, $0, width) }
        let top = scores.reduce(-Scalar.infinity) { max($0, $1) }
        let weights = scores.map { Scalar.exponential($0 - top) }
        let sum = weights.reduce(0, +)
        r.logSumExp[(b * queryHeads + h) * p.tokens + t] = top + Scalar.logarithm(sum)
        let probabilities = weights.map { $0 / sum }
        for (i, u) in sequence.enumerated() { add(&r.output, at, rounded(probabilities[i]), value, u, width) }
        for (i, u) in depth.enumerated() {
          add(&r.output, at, probabilities[sequence.count + i], slotValues, u, width)
        }
        let slopes =
          sequence.map { dot(roundedGradient, at, value, $0, width) }
          + depth.map { dot(gradient, at, slotValues, $0, width) }
        let mean = zip(probabilities, slopes).reduce(Scalar(0)) { $0 + $1.0 * $1.1 }
        for (i, u) in sequence.enumerated() {
          let slope = rounded(probabilities[i] * (slopes[i] - mean))
          add(&r.query, at, scale * slope, key, u, width)
          add(&r.key, u, scale * slope, query, at, width)
          add(&r.value, u, rounded(probabilities[i]), roundedGradient, at, width)
        }
        for (i, u) in depth.enumerated() {
          let probability = probabilities[sequence.count + i]
          let slope = probability * (slopes[sequence.count + i] - mean)
          add(&r.depthQuery, at, scale * slope, slotKeys, u, width)
          add(&r.slotKeys, u, scale * slope, depthQuery, at, width)
          add(&r.slotValues, u, probability, gradient, at, width)
        }
      }
    }
  }
  return r
}

@inline(__always)
private func dot<Scalar: ReferenceScalar>(_ x: [Scalar], _ i: Int, _ y: [Scalar], _ j: Int, _ count: Int) -> Scalar {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      var sum: Scalar = 0
      for n in 0..<count { sum += x[i + n] * y[j + n] }
      return sum
    }
  }
}

@inline(__always)
private func add<Scalar: ReferenceScalar>(
  _ to: inout [Scalar], _ i: Int, _ factor: Scalar, _ x: [Scalar], _ j: Int, _ count: Int
) {
  to.withUnsafeMutableBufferPointer { to in
    x.withUnsafeBufferPointer { x in for n in 0..<count { to[i + n] += factor * x[j + n] } }
  }
}
