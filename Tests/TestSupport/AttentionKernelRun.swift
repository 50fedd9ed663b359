// Runs the library's attention on reference inputs and gathers everything it computes.
public import Tensor

extension AttentionInputs {
  /// A slot buffer with the visible slots in place; room before and after them is filled with NaN.
  public func slotBuffer() -> SlotBuffer {
    let p = problem
    let buffer = SlotBuffer(
      batch: p.batch, tokens: p.tokens, heads: p.heads, headWidth: p.width,
      capacity: p.slotsBefore + p.slots + p.slotsAfter, precision: p.storage)
    let unwritten = Tensor(repeating: .nan, shape: p.slotShape)
    for slot in 0..<buffer.capacity {
      let index = slot - p.slotsBefore
      let isVisible = index >= 0 && index < p.slots
      buffer.write(
        slot: slot, keys: isVisible ? slotKeys[index] : unwritten, values: isVisible ? slotValues[index] : unwritten)
    }
    return buffer
  }

  /// The visible slots of `slotBuffer()` as the operation takes them; nil without slots.
  public func depthColumns(_ buffer: SlotBuffer? = nil) -> DepthColumns? {
    guard problem.slots > 0 else { return nil }
    return DepthColumns(
      query: depthQuery, slots: buffer ?? slotBuffer(),
      range: problem.slotsBefore..<problem.slotsBefore + problem.slots, chunk: problem.chunk)
  }

  /// The library's output and log-sum-exp.
  public func forward(keyCount: Int? = nil) -> (output: Tensor, logSumExp: Tensor) {
    Tensor.attention(
      query: query, key: key, value: value, keyCount: keyCount, mask: problem.mask, scale: problem.scale,
      depth: depthColumns(), precision: problem.precision)
  }

  /// The library's output and all gradients. Destinations start at `initial`; with `beta` 0 it must not matter.
  public func kernelResults(initial: Float = 0, beta: Float = 0) -> AttentionResults<Float> {
    let p = problem, columns = depthColumns()
    let (output, logSumExp) = Tensor.attention(
      query: query, key: key, value: value, mask: p.mask, scale: p.scale, depth: columns, strategy: p.strategy,
      precision: p.precision)
    let twin = columns?.slots.zeroTwin()
    if let twin, beta == 0 {  // overwritten whatever it holds
      let garbage = Tensor(repeating: initial, shape: p.slotShape)
      for slot in 0..<twin.capacity { twin.write(slot: slot, keys: garbage, values: garbage) }
    }
    let shapes = [query.shape, key.shape, value.shape, depthQuery.shape]
    let sums = shapes.map { UnsafeMutableBufferPointer<Float>.allocate(capacity: $0.count) }
    defer { for buffer in sums { buffer.deallocate() } }
    let targets = zip(sums, shapes).compactMap { buffer, shape in
      buffer.initialize(repeating: initial)
      return buffer.baseAddress.map { Accumulator($0, shape: shape, beta: beta) }
    }
    Tensor.attentionBackward(
      outputGradient: outputGradient, output: output, logSumExp: logSumExp, query: query, key: key, value: value,
      mask: p.mask, scale: p.scale, depth: columns, strategy: p.strategy, precision: p.precision,
      into: AttentionGradients(
        query: targets[0], key: targets[1], value: targets[2], depthQuery: targets[3], slots: twin,
        slotsAdd: beta != 0))
    let slots = (0..<p.slots).map { index in twin?.read(slot: p.slotsBefore + index) }
    return AttentionResults(
      output: output.elements, logSumExp: logSumExp.elements, query: Array(sums[0]), key: Array(sums[1]),
      value: Array(sums[2]), depthQuery: Array(sums[3]), slotKeys: slots.flatMap { $0?.keys.elements ?? [] },
      slotValues: slots.flatMap { $0?.values.elements ?? [] })
  }
}
