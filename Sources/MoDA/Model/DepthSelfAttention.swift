// The attention sub-layer of a block: projections, norms, rotation, the fused operator, and what it writes to the
// depth stream. Not here: residuals and the order of norms (DecoderBlock.swift).
package import NN
import Tensor

/// Norms of queries and keys: none, per head, or over the full width.
struct HeadNorm {
  let kind: QueryKeyNorm
  let epsilon: Float
  let gain: Parameter?

  init(_ kind: QueryKeyNorm, heads: Int, headWidth: Int, epsilon: Float, in scope: ParameterScope) {
    self.kind = kind
    self.epsilon = epsilon
    gain =
      switch kind {
      case .none: nil
      case .perHead: scope.parameter("weight", [headWidth], .ones, group: .vector)
      case .fullWidth: scope.parameter("weight", [heads * headWidth], .ones, group: .vector)
      }
  }

  /// Unit-RMS vectors, without the gain.
  ///
  /// - Parameter x: `[B, T, H, d]`.
  func unit(_ x: Variable) -> Variable {
    switch kind {
    case .none: x
    case .perHead: rmsNorm(x, gain: nil, epsilon: epsilon)
    case .fullWidth:
      rmsNorm(x.reshaped(to: [x.shape[0], x.shape[1], x.shape[2] * x.shape[3]]), gain: nil, epsilon: epsilon)
        .reshaped(to: x.shape)
    }
  }

  /// The gain on unit vectors.
  ///
  /// - Parameter x: `[B, T, H, d]`.
  func scaled(_ x: Variable) -> Variable {
    guard let gain else { return x }
    let shape: Shape = kind == .perHead ? x.shape : [x.shape[0], x.shape[1], x.shape[2] * x.shape[3]]
    return columnScale(x.reshaped(to: shape), by: gain).reshaped(to: x.shape)
  }

  /// Norm and gain in one operation.
  ///
  /// - Parameter x: `[B, T, H, d]`.
  func callAsFunction(_ x: Variable) -> Variable {
    guard let gain else { return x }
    let shape: Shape = kind == .perHead ? x.shape : [x.shape[0], x.shape[1], x.shape[2] * x.shape[3]]
    return rmsNorm(x.reshaped(to: shape), gain: gain, epsilon: epsilon).reshaped(to: x.shape)
  }
}

/// Attention of one block over the sequence and the depth stream.
public struct DepthSelfAttention {
  let config: ModelConfig
  let query, key, value, output: Linear
  let queryNorm, keyNorm: HeadNorm
  /// Makes the block's slot, of projections of its own in row 5 of Table 3.
  let slot: SlotWriter
  /// The share of the slots' effect on each feature of each head, `[Hq·d]`, where it is learned.
  let gate: Parameter?
  private let writesOwn: Bool

  init(_ config: ModelConfig, index: Int, in scope: ParameterScope) {
    self.config = config
    let isLast = index == config.blocks - 1
    let bias = config.biases != .none
    let (queryWidth, keyWidth) = (config.queryHeads * config.headWidth, config.keyHeads * config.headWidth)
    let initial = Initializer.normal(deviation: config.initialDeviation)
    query = Linear(config.width, queryWidth, bias: bias, initializer: initial, in: scope / "q_proj")
    key = Linear(config.width, keyWidth, bias: bias, initializer: initial, in: scope / "k_proj")
    value = Linear(config.width, keyWidth, bias: bias, initializer: initial, in: scope / "v_proj")
    output = Linear(
      queryWidth, config.width, bias: config.biases == .all, initializer: config.residualInitializer,
      in: scope / "o_proj")
    queryNorm = HeadNorm(
      config.queryKeyNorm, heads: config.queryHeads, headWidth: config.headWidth, epsilon: config.normEpsilon,
      in: scope / "q_norm")
    keyNorm = HeadNorm(
      config.queryKeyNorm, heads: config.keyHeads, headWidth: config.headWidth, epsilon: config.normEpsilon,
      in: scope / "k_norm")
    let separate = config.depth.writers == .separateAttentionAndFeedForward
    writesOwn = separate && (!isLast || config.depth.projectsLastBlock)
    slot = SlotWriter(
      config, projects: writesOwn, writes: !isLast && config.depth.writers != .none, keyNorm: keyNorm, in: scope)
    gate =
      config.depth.softmax == .gated && config.readableSlots(block: index) > 0
      ? scope.parameter("depth_gate", [queryWidth], .zeros, group: .vector) : nil
  }

  /// The block's attention output, and the slot that it writes.
  ///
  /// - Parameters:
  ///   - x: the sub-layer's input, `[B, T, D]`.
  ///   - depth: what earlier blocks wrote.
  ///   - rotation: cosines and sines; nil without rotary positions.
  ///   - memory: keys and values of earlier tokens; none in training.
  ///   - layout: trunks and branches of a packed row, with their rotation; nil for sequences.
  ///   - writes: whether a later block reads this block's slot.
  /// - Returns: the output `[B, T, D]` and the slot entry, nil when nobody reads it.
  func callAsFunction(
    _ x: Variable, depth: DepthView, rotation: RotaryTable?, memory: KeyMemory,
    layout: BranchedSequence? = nil, writes: Bool
  ) -> (output: Variable, slot: SlotEntry?) {
    let (batch, tokens) = (x.shape[0], x.shape[1])
    let queryShape: Shape = [batch, tokens, config.queryHeads, config.headWidth]
    let keyShape: Shape = [batch, tokens, config.keyHeads, config.headWidth]
    // Tokens of several texts, like those of a packed row, come with the angles of their positions.
    let position = if case .text(let cache) = memory { cache.count } else { 0 }
    func rotated(_ x: Variable) -> Variable {
      rotation.map { rotary(x, table: $0, firstPosition: position) } ?? x
    }

    let plainQuery = queryNorm(query(x).reshaped(to: queryShape))
    let rawKey = key(x).reshaped(to: keyShape)
    let values = value(x).reshaped(to: keyShape)
    // A slot shares the unit-RMS key with the sequence; without a slot, norm and gain are one operation.
    let sharesKey = writes && !writesOwn && config.depth.keyMode != .raw
    let unitKey = sharesKey ? keyNorm.unit(rawKey) : rawKey
    let sequenceKey = rotated(sharesKey ? keyNorm.scaled(unitKey) : keyNorm(rawKey))
    let sequenceQuery = rotated(plainQuery)

    let result = attend(
      query: sequenceQuery, plainQuery: plainQuery, key: sequenceKey, value: values, depth: depth, memory: memory,
      layout: layout)
    let merged = output(result.reshaped(to: [batch, tokens, config.queryHeads * config.headWidth]))
    guard writes else { return (merged, nil) }
    return (merged, writesOwn ? slot.project(x) : slot.reuse(key: unitKey, value: values, of: x))
  }

  private func attend(
    query: Variable, plainQuery: Variable, key: Variable, value: Variable, depth: DepthView, memory: KeyMemory,
    layout: BranchedSequence?
  ) -> Variable {
    let mask: AttentionMask = config.isCausal ? .causal : .full
    let depthQuery = depth.isEmpty ? query : depthQuery(rotated: query, plain: plainQuery)
    let scale = 1 / Float(config.headWidth).squareRoot()
    let texts = remember(key: key, value: value, in: memory)
    func attended(reading depth: DepthView) -> Variable {
      // Not in training, whose operation makes its own: selected slots are copied.
      var columns: DepthColumns? { depth.columns(query: depthQuery.value) }
      switch (memory, layout) {
      case (.none, nil):
        return depthAttention(query: query, key: key, value: value, depthQuery: depthQuery, depth: depth, mask: mask)
      case (.none, let layout?):
        return Variable(
          Tensor.branchedAttention(
            query: query.value, key: key.value, value: value.value, layout: layout, scale: scale, depth: columns))
      case (.text(let cache), _):
        return Variable(
          Tensor.attention(
            query: query.value, key: cache.keys, value: cache.values, keyCount: cache.count, mask: mask, scale: scale,
            depth: columns
          ).output)
      case (.texts, _):
        return Variable(Tensor.cachedAttention(query: query.value, texts: texts, scale: scale, depth: columns))
      }
    }
    // A token without slots has plain attention in every mode.
    if depth.isEmpty { return attended(reading: .empty) }
    switch config.depth.softmax {
    case .joint: return attended(reading: depth)
    case .separate:
      return (attended(reading: .empty) + depthAttention(query: depthQuery, depth: depth)).scaled(by: 0.5)
    case .gated:
      let plain = attended(reading: .empty)
      guard let gate else { preconditionFailure("DepthSelfAttention: a block that reads slots has no gate") }
      let step = (attended(reading: depth) - plain).reshaped(to: [query.shape[0], query.shape[1], gate.shape.count])
      return plain + columnScale(step, by: gate).reshaped(to: query.shape)
    }
  }

  /// Appends keys and values to the caches, and returns what each token sees where texts have caches of their own.
  private func remember(key: Variable, value: Variable, in memory: KeyMemory) -> [CachedKeys] {
    switch memory {
    case .none: return []
    case .text(let cache):
      cache.append(keys: key.value, values: value.value)
      return []
    case .texts(let caches): return KVCache.append(keys: key.value, values: value.value, toEach: caches)
    }
  }

  /// The query that scores slot keys: `releasedLM` rotates it, and the reader's key gain is folded in, since slot keys
  /// are stored without one.
  private func depthQuery(rotated: Variable, plain: Variable) -> Variable {
    let base = config.depth.keyMode == .releasedLM ? rotated : plain
    guard config.depth.keyMode != .raw, let gain = keyNorm.gain else { return base }
    return foldKeyGain(base, gain: gain, keyHeads: config.keyHeads)
  }
}

/// `query ∘ gain`, where each query head takes the gain of the key head that it reads.
///
/// - Parameters:
///   - query: `[B, T, Hq, d]`.
///   - gain: `[d]`, shared by all heads, or `[Hk·d]`.
///   - keyHeads: Hk.
/// > Source: (γ∘k̂)·q = k̂·(q∘γ), the project's specification of the method, section 1.5.
package func foldKeyGain(_ query: Variable, gain: Parameter, keyHeads: Int) -> Variable {
  let (heads, width) = (query.shape[2], query.shape[3])
  guard gain.shape.count != width else { return columnScale(query, by: gain) }
  let groups = heads / keyHeads
  let flat: Shape = [query.shape[0], query.shape[1], heads * width]
  let source = Variable(gain)
  let expanded = Tensor(uninitializedShape: [heads * width]) { buffer in
    source.value.withElements { gain in
      for index in buffer.indices { buffer[index] = gain[index / (groups * width) * width + index % width] }
    }
  }
  let input = query.value.reshaped(to: flat)
  let output = Tensor.columnScale(input, by: expanded).reshaped(to: query.shape)
  return Variable(output, from: [query], op: "foldKeyGain") { gradient, gradients in
    let gradient = gradient.reshaped(to: flat)
    gradients.add(to: query) { Tensor.columnScaleBackward(gradient, gain: expanded, into: $0) }
    gradients.add(to: source) { target in
      let full = Tensor.filled([heads * width]) { Tensor.columnScaleGainGradient(gradient, input: input, into: $0) }
      full.withElements { full in
        for index in 0..<target.shape.count {
          let (head, column) = (index / width, index % width)
          let sum = (0..<groups).reduce(Float(0)) { $0 + full[(head * groups + $1) * width + column] }
          target.elements[index] = (target.adds ? target.elements[index] : 0) + sum
        }
      }
    }
  }
}
