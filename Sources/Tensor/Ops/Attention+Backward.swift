// Work items of backward attention. Sums over queries are owned by one item, or split into a number of parts that
// depends on the sizes alone and added in order: no atomics, and results that do not depend on the threads.
import CKernels
import Foundation

/// How the rows of each head are dealt out.
private struct BackwardSplit {
  let blockRows, blocks, parts: Int

  /// About 16 items in all, if a head has at least two blocks for each.
  init(_ geometry: AttentionGeometry, headCount: Int, blockRows: Int) {
    self.blockRows = blockRows
    blocks = (geometry.rows + blockRows - 1) / blockRows
    parts = max(1, min((16 + headCount - 1) / headCount, blocks / 2))
  }
}

func attentionBackwardSequence(
  _ operands: AttentionOperands, outputGradient: Tensor, into gradients: AttentionGradients
) {
  let geometry = operands.geometry
  let headCount = geometry.batch * geometry.heads
  guard headCount > 0 else { return }
  let kernels = Runtime.kernels.attention
  let shared = UnsafeShared((kernels, outputGradient.base, gradients))
  let lanes = Int(kernels.lanes), width = geometry.width
  let sumsCount = geometry.keys * ((width + lanes - 1) / lanes * lanes)
  let split = BackwardSplit(geometry, headCount: headCount, blockRows: Int(kernels.backward_rows))
  let workers = Runtime.threads, items = headCount * split.parts
  let scratch = WorkerScratch(count: Int(kernels.scratch_size(Int64(width))), workers: workers)
  // With one part a head, a worker stores its sums at once and uses the same memory for its next head.
  let sums = WorkerScratch(count: 2 * sumsCount, workers: split.parts == 1 ? workers : items)
  let work = 4 * geometry.work(slots: 0)

  @Sendable func store(_ head: Int, _ part: UnsafeMutablePointer<Float>, _ rows: Range<Int>) {
    let (kernels, _, gradients) = shared.pointer
    let padded = (width + lanes - 1) / lanes * lanes
    let at = operands.keyOffset(head) + rows.lowerBound * operands.keyStride
    for (target, source, factor) in [(gradients.key, 0, operands.scale), (gradients.value, sumsCount, 1)] {
      kernels.store_sums(
        part + source + rows.lowerBound * padded, Int64(split.parts), Int64(sums.partStride), Int64(rows.count),
        Int64(width), factor, target.beta, target.elements + at, Int64(operands.keyStride))
    }
  }

  forEachAttentionItem(items, work: work) { index, worker in
    let (head, part) = index.quotientAndRemainder(dividingBy: split.parts)
    let (kernels, outputGradient, gradients) = shared.pointer
    let target = sums[split.parts == 1 ? worker : index]
    memset(target, 0, 2 * sumsCount * MemoryLayout<Float>.stride)
    let at = operands.queryOffset(head)
    var view = operands.head(head)
    var gradient = ck_attention_gradient(
      output: UnsafePointer(outputGradient + at), query: gradients.query.elements + at,
      query_beta: gradients.query.beta, key: target, value: target + sumsCount, depth_query: nil,
      depth_query_beta: 0, slot_key: nil, slot_value: nil)
    for block in stride(from: part, to: split.blocks, by: split.parts) {
      let first = block * split.blockRows
      kernels.backward_block(
        &view, &gradient, Int64(first), Int64(min(split.blockRows, geometry.rows - first)), scratch[worker])
    }
    if split.parts == 1 { store(head, target, 0..<geometry.keys) }
  }

  guard split.parts > 1 else { return }
  let chunks = 8
  forEachAttentionItem(headCount * chunks, work: sumsCount * items) { index, _ in
    let (head, chunk) = index.quotientAndRemainder(dividingBy: chunks)
    let rows = geometry.keys * chunk / chunks..<geometry.keys * (chunk + 1) / chunks
    store(head, sums[head * split.parts], rows)
  }
}

func attentionBackwardDepth(
  _ operands: AttentionOperands, outputGradient: Tensor, into gradients: AttentionGradients
) {
  let geometry = operands.geometry
  guard let depth = operands.depth else {
    if let target = gradients.depthQuery, !target.adds {
      target.elements.update(repeating: 0, count: target.shape.count)
    }
    return
  }
  guard gradients.depthQuery != nil || gradients.slots != nil else { return }
  if let slots = gradients.slots {
    precondition(
      slots.shape == depth.slots.shape,
      "attentionBackward: slot gradients \(slots.shape) for slots \(depth.slots.shape)")
  }
  let kernels = Runtime.kernels.attention
  let shared = UnsafeShared((kernels, outputGradient.base, gradients))
  let scratch = WorkerScratch(count: Int(kernels.scratch_size(Int64(geometry.width))), workers: Runtime.threads)
  let chunk = 16, chunks = (geometry.tokens + chunk - 1) / chunk
  let work = 4 * geometry.batch * geometry.tokens * geometry.queryHeads * geometry.width * depth.range.count
  forEachAttentionItem(geometry.batch * geometry.heads * chunks, work: work) { index, worker in
    let (head, item) = index.quotientAndRemainder(dividingBy: chunks)
    let (sequence, keyHead) = head.quotientAndRemainder(dividingBy: geometry.heads)
    let (kernels, outputGradient, gradients) = shared.pointer
    let at = operands.queryOffset(head), first = depth.range.lowerBound
    var view = operands.head(head)
    var gradient = ck_attention_gradient(
      output: UnsafePointer(outputGradient + at), query: gradients.query.elements + at, query_beta: 1,
      key: gradients.key.elements, value: gradients.value.elements,
      depth_query: gradients.depthQuery.map { $0.elements + at },
      depth_query_beta: gradients.depthQuery?.beta ?? 0,
      slot_key: gradients.slots?.keyColumn(batch: sequence, head: keyHead, slot: first),
      slot_value: gradients.slots?.valueColumn(batch: sequence, head: keyHead, slot: first))
    kernels.backward_slots(
      &view, &gradient, Int64(item * chunk), Int64(min((item + 1) * chunk, geometry.tokens)), scratch[worker])
  }
}
