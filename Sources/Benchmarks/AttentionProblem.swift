// Attention on random inputs of one shape, plain or with depth slots, as benchmarks run it.
public import Tensor

/// The sizes of an attention problem, and what of it is run.
public struct AttentionProblem: Sendable, Hashable {
  /// Sequences, B.
  public var batch = 1
  /// Tokens, T.
  public var tokens: Int
  /// Query heads of each key-value head, G.
  public var group = 1
  /// Key-value heads, Hk.
  public var heads = 8
  /// Width of a head, d.
  public var width = 64
  /// Depth slots of a token, L; 0 for plain attention.
  public var slots = 0
  /// How slots are evaluated.
  public var strategy = DepthStrategy.exactRows
  /// The format in which products over the sequence multiply.
  public var precision = Precision.float32
  /// Whether gradients are computed as well.
  public var backward = false

  /// A problem; the defaults are those of the published comparisons of attention kernels.
  public init(
    batch: Int = 1, tokens: Int, group: Int = 1, heads: Int = 8, width: Int = 64, slots: Int = 0,
    backward: Bool = false
  ) {
    self.batch = batch
    self.tokens = tokens
    self.group = group
    self.heads = heads
    self.width = width
    self.slots = slots
    self.backward = backward
  }

  /// The sizes by their letters.
  public var shape: [String: Int] {
    var sizes = ["B": batch, "T": tokens, "G": group, "Hk": heads, "d": width]
    if slots > 0 { sizes["L"] = slots }
    return sizes
  }

  private var queryHeads: Int { group * heads }
  private var passes: Double { backward ? 3.5 : 1 }

  /// Floating-point operations of the visible sequence scores: two products forward, five backward.
  public var sequenceOperations: Double {
    passes * 4 * Double(batch * queryHeads * width) * Double(tokens) * Double(tokens + 1) / 2
  }

  /// Floating-point operations of the slots.
  public var depthOperations: Double {
    passes * 4 * Double(batch * queryHeads * width) * Double(tokens * slots)
  }

  /// Bytes of the slots' keys and values.
  public var slotBytes: Double { Double(2 * 4 * batch * heads * width) * Double(tokens * slots) }

  /// Bytes of the slots that one run moves: read once, and backward read again with their gradients written.
  public var depthTraffic: Double { slotBytes * (backward ? 3 : 1) }

  /// Makes the inputs; the answer runs the problem once.
  public func prepare() -> Timing.Body {
    let random = RandomSource(seed: 1)
    func array(_ name: String, _ heads: Int) -> Tensor {
      .normal([batch, tokens, heads, width], from: random.split(name))
    }
    let query = array("query", queryHeads), key = array("key", heads), value = array("value", heads)
    let depth = slots == 0 ? nil : depthColumns(query: array("depth query", queryHeads), from: random)
    let scale = 1 / Float(width).squareRoot()
    guard backward else {
      return {
        _ = Tensor.attention(
          query: query, key: key, value: value, mask: .causal, scale: scale, depth: depth, strategy: strategy,
          precision: precision)
      }
    }
    let outputGradient = array("output gradient", queryHeads)
    var queryGradient = query.copied(), keyGradient = key.copied(), valueGradient = value.copied()
    let slotGradients = depth.map { $0.slots.zeroTwin() }
    var depthQueryGradient = depth?.query.copied()
    return {
      let (output, logSumExp) = Tensor.attention(
        query: query, key: key, value: value, mask: .causal, scale: scale, depth: depth, strategy: strategy,
        precision: precision)
      queryGradient.withAccumulator { query_ in
        keyGradient.withAccumulator { key_ in
          valueGradient.withAccumulator { value_ in
            func run(_ depthQuery: Accumulator?) {
              Tensor.attentionBackward(
                outputGradient: outputGradient, output: output, logSumExp: logSumExp, query: query, key: key,
                value: value, mask: .causal, scale: scale, depth: depth, strategy: strategy, precision: precision,
                into: AttentionGradients(
                  query: query_, key: key_, value: value_, depthQuery: depthQuery, slots: slotGradients,
                  slotsAdd: false))
            }
            if depthQueryGradient == nil { run(nil) } else { depthQueryGradient?.withAccumulator { run($0) } }
          }
        }
      }
    }
  }

  private func depthColumns(query: Tensor, from random: RandomSource) -> DepthColumns {
    let buffer = SlotBuffer(batch: batch, tokens: tokens, heads: heads, headWidth: width, capacity: slots)
    let keys = Tensor.normal(buffer.slotShape, from: random.split("slot keys"))
    let values = Tensor.normal(buffer.slotShape, from: random.split("slot values"))
    for slot in 0..<slots { buffer.write(slot: slot, keys: keys, values: values) }
    return DepthColumns(query: query, slots: buffer, range: 0..<slots)
  }
}

extension NDArray where Element == Float {
  /// Calls `body` with an overwriting destination in this array.
  fileprivate mutating func withAccumulator(_ body: (Accumulator) -> Void) {
    let shape = shape
    withMutableElements { elements in
      if let base = elements.baseAddress { body(Accumulator(base, shape: shape, beta: 0)) }
    }
  }
}

extension AttentionProblem {
  /// The case of this problem under a name.
  func benchmark(_ id: String) -> BenchmarkCase {
    let moved = Double(4 * batch * tokens * width) * Double(2 * queryHeads + 2 * heads) * (backward ? 3 : 1)
    return BenchmarkCase(
      id, shape: shape, operations: sequenceOperations + depthOperations, bytes: moved + depthTraffic,
      limit: .arithmetic(precision), prepare: { prepare() })
  }

  /// Causal attention, d = 64, H = 8, by lengths; other widths, and grouped queries, at 4,096 tokens.
  static var suite: [BenchmarkCase] {
    var cases: [BenchmarkCase] = []
    for backward in [false, true] {
      let name = "attention.\(backward ? "fwdbwd" : "fwd").f32"
      for tokens in [1024, 4096, 16384] {
        cases.append(AttentionProblem(tokens: tokens, backward: backward).benchmark("\(name).T\(tokens)"))
      }
      for width in [32, 96, 128] {
        let problem = AttentionProblem(tokens: 4096, width: width, backward: backward)
        cases.append(problem.benchmark("\(name).T4096.d\(width)"))
      }
      let grouped = AttentionProblem(tokens: 4096, group: 8, heads: 1, backward: backward)
      cases.append(grouped.benchmark("\(name).T4096.G8"))
      var moda = grouped
      moda.slots = 64
      cases.append(moda.benchmark("moda.\(backward ? "fwdbwd" : "fwd").T4096.G8.L64"))
      for tokens in [1024, 4096, 16384] {
        var problem = AttentionProblem(tokens: tokens, backward: backward)
        problem.precision = .bfloat16
        cases.append(problem.benchmark("attention.\(backward ? "fwdbwd" : "fwd").bf16.T\(tokens)"))
      }
    }
    return cases
  }
}
