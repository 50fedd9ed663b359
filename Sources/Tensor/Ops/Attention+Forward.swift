// Work items of forward attention: a block of folded rows of one key-value head each.
import CKernels

/// Runs work items on as many threads as the whole work is worth: waking a second one costs about 10 µs.
func forEachAttentionItem(
  _ count: Int, work: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void
) {
  if work < 1 << 18 {
    for index in 0..<count { body(index, 0) }
  } else {
    parallelForEach(count, body)
  }
}

func attentionForward(_ operands: AttentionOperands, precision: Precision = .float32) {
  let geometry = operands.geometry
  let headCount = geometry.batch * geometry.heads
  guard headCount > 0, geometry.tokens > 0 else { return }
  let kernels = UnsafeShared(Runtime.kernels.attention(precision)).pointer
  let scratch = WorkerScratch(
    count: Int(kernels.scratch_size(Int64(geometry.width))), workers: Runtime.threads)
  let work = geometry.work(slots: operands.depth?.range.count ?? 0)

  // Tiles put rows on vector lanes; with few rows too many lanes would be padding. In bfloat16 tiles take them all the
  // same: gradients cancel only against an output of values as rounded as theirs.
  if precision == .float32, 4 * geometry.rows <= 3 * Int(kernels.lanes) {
    forEachAttentionItem(headCount * geometry.tokens, work: work) { index, worker in
      let (head, token) = index.quotientAndRemainder(dividingBy: geometry.tokens)
      var view = operands.head(head)
      kernels.forward_tokens(&view, Int64(token), Int64(token + 1), scratch[worker])
    }
    return
  }

  // A block packs its keys once for all its tiles, so blocks are as large as still leave several for each thread. Their
  // size depends on the problem alone, and never on the threads: the rows of a tile share a base, and round with it.
  let blockRows = geometry.blockRows(
    most: Int(kernels.forward_rows), tile: Int(kernels.tile_rows), items: 16)
  let blocks = (geometry.rows + blockRows - 1) / blockRows
  forEachAttentionItem(headCount * blocks, work: work) { index, worker in
    // Head by head, so that its keys stay in cache; late rows first, since they see the most keys.
    let (head, item) = index.quotientAndRemainder(dividingBy: blocks)
    let first = (blocks - 1 - item) * blockRows
    var view = operands.head(head)
    kernels.forward_block(
      &view, Int64(first), Int64(min(blockRows, geometry.rows - first)), scratch[worker])
  }
}
