// Work items of backward attention. Sums over queries are owned by one item, or split into a number of parts that
// depends on the sizes alone and added in order: no atomics, and results that do not depend on the threads.
import CKernels
import Foundation

/// How the rows of each head are dealt out.
private struct BackwardSplit {
  let blockRows, blocks, parts: Int

  /// About 16 items in all, if a head has at least two blocks for each; two where each part's sums are as large as the
  /// slots.
  init(_ geometry: AttentionGeometry, headCount: Int, blockRows: Int) {
    self.blockRows = blockRows
    blocks = (geometry.rows + blockRows - 1) / blockRows
    let items = geometry.keys > geometry.tokens ? 2 : 16
    parts = max(1, min((items + headCount - 1) / headCount, blocks / 2))
  }
}

/// The gradients of all inputs: a block of rows takes its tokens' slots along, beside its passes over the keys.
func attentionGradients(
  _ operands: AttentionOperands, outputGradient: Tensor, precision: Precision = .float32,
  into gradients: AttentionGradients
) {
  let geometry = operands.geometry
  let headCount = geometry.batch * geometry.heads
  if operands.depth == nil, let target = gradients.depthQuery, !target.adds {
    target.elements.update(repeating: 0, count: target.shape.count)
  }
  guard headCount > 0 else { return }
  let kernels = Runtime.kernels.attention(precision)
  let shared = UnsafeShared((kernels, AttentionGradientView(operands, outputGradient, gradients), gradients))
  let lanes = Int(kernels.lanes), width = geometry.width
  let sumsCount = geometry.keys * ((width + lanes - 1) / lanes * lanes)
  let split = BackwardSplit(
    geometry, headCount: headCount, blockRows: Int(kernels.backward_rows) / geometry.group * geometry.group)
  let workers = Runtime.threads, items = headCount * split.parts
  let scratch = WorkerScratch(count: Int(kernels.scratch_size(Int64(width))), workers: workers)
  // With one part a head, a worker stores its sums at once and uses the same memory for its next head.
  let sums = WorkerScratch(count: 2 * sumsCount, workers: split.parts == 1 ? workers : items)
  let work = 4 * geometry.work(slots: operands.depth?.range.count ?? 0)

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
    let (kernels, gradients, _) = shared.pointer
    let target = sums[split.parts == 1 ? worker : index]
    memset(target, 0, 2 * sumsCount * MemoryLayout<Float>.stride)
    var view = operands.head(head)
    var gradient = gradients.head(head, key: target, value: target + sumsCount)
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

/// The kernels' view of where gradients come from and go to.
// Safety: as AttentionOperands.
struct AttentionGradientView: @unchecked Sendable {
  private let operands: AttentionOperands
  private let output: UnsafeMutablePointer<Float>
  private let query: Accumulator
  private let depthQuery: Accumulator?
  private let slots: SlotBuffer?
  private let slotsAdd: Bool

  init(_ operands: AttentionOperands, _ outputGradient: Tensor, _ gradients: AttentionGradients) {
    self.operands = operands
    output = outputGradient.base
    slotsAdd = gradients.slotsAdd
    guard operands.depth != nil else {
      (query, depthQuery, slots) = (gradients.query, nil, nil)
      return
    }
    slots = gradients.slots
    // The depth part of a block is written before its sequence part: into a shared destination it goes with the beta
    // of the first, and the sequence part adds.
    if let target = gradients.depthQuery, target.elements == gradients.query.elements {
      depthQuery = gradients.query
      query = Accumulator(target.elements, shape: target.shape, beta: 1)
    } else {
      (query, depthQuery) = (gradients.query, gradients.depthQuery)
    }
  }

  /// The view of key-value head `index`, whose keys and values sum up in `key` and `value`.
  func head(
    _ index: Int, key: UnsafeMutablePointer<Float>, value: UnsafeMutablePointer<Float>
  ) -> ck_attention_gradient {
    let (sequence, head) = index.quotientAndRemainder(dividingBy: operands.geometry.heads)
    let at = operands.queryOffset(index), first = operands.depth?.range.lowerBound ?? 0
    return ck_attention_gradient(
      output: UnsafePointer(output + at), query: query.elements + at, query_beta: query.beta, key: key, value: value,
      depth_query: depthQuery.map { $0.elements + at }, depth_query_beta: depthQuery?.beta ?? 0,
      slot_key: slots?.keyColumn(batch: sequence, head: head, slot: first),
      slot_value: slots?.valueColumn(batch: sequence, head: head, slot: first), slots_add: slotsAdd ? 1 : 0,
      slots_stream: slots?.isBeyondCaches == true ? 1 : 0)
  }
}
