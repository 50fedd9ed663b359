// Sizes of an attention problem, their checks, and the kernels' view of one key-value head.
// Not here: scheduling.
import CKernels

/// The sizes of one call and what each query sees.
struct AttentionGeometry: Sendable {
  let batch, tokens, queryHeads, heads, group, width: Int
  /// Valid keys, and rows of the key arrays.
  private(set) var keys, keyRows: Int
  /// Floats between the keys of consecutive rows, heads and sequences.
  private(set) var keyStrides: (row: Int, head: Int, sequence: Int)
  /// Query t sees the keys 0 ..< firstVisible + t·visibleStep, of these the last `window` unless that is 0, and of
  /// these its own document.
  private(set) var firstVisible, visibleStep, window: Int
  private(set) var documents: DocumentBoundaries?
  /// Keys that a tile visits from its first visible one on, seen or not; -1 for all, 0 for those that some row sees.
  private(set) var scan = 0

  init(query: Tensor, key: Tensor, value: Tensor, keyCount: Int?, mask: AttentionMask) {
    let shapes = "attention: query \(query.shape), key \(key.shape), value \(value.shape)"
    precondition(query.shape.rank == 4 && key.shape.rank == 4 && key.shape == value.shape, shapes)
    batch = query.shape[0]
    tokens = query.shape[1]
    queryHeads = query.shape[2]
    width = query.shape[3]
    keyRows = key.shape[1]
    heads = key.shape[2]
    keys = keyCount ?? keyRows
    keyStrides = (heads * width, width, keyRows * heads * width)
    precondition(key.shape[0] == batch && key.shape[3] == width, shapes)
    precondition(
      heads >= 1 && queryHeads >= heads && queryHeads.isMultiple(of: heads),
      "\(shapes): the key heads must divide the query heads")
    precondition(
      keys >= 1 && keys <= keyRows && keys < 1 << 31, "\(shapes): \(keys) valid keys of \(keyRows)")
    group = queryHeads / heads
    let parts = mask.parts
    documents = parts.documents
    switch parts.mask {
    case .full:
      (firstVisible, visibleStep, window) = (keys, 0, 0)
    case .causal, .window, .documents:
      precondition(tokens <= keys, "\(shapes): causal attention of \(tokens) queries to \(keys) keys")
      (firstVisible, visibleStep) = (keys - tokens + 1, 1)
      if case .window(let size) = parts.mask {
        precondition(size >= 1, "\(shapes): expected a window of at least 1, got \(size)")
        window = size
      } else {
        window = 0
      }
    }
    if let documents {
      if case .documents = parts.mask { preconditionFailure("\(shapes): documents within documents") }
      precondition(
        documents.shape == [batch, tokens] && tokens == keys, "\(shapes): documents of \(documents.shape)")
    }
    checkTiles()
  }

  /// What the tile kernels have room for.
  private func checkTiles() {
    precondition(width >= 1 && width <= 256, "attention: expected a head width of 1 to 256, got \(width)")
    precondition(group <= 256, "attention: expected at most 256 query heads for each key head, got \(group)")
  }

  /// The problem of a row of single tokens, each of which sees the keys of a text of its own.
  ///
  /// - Parameters:
  ///   - query: `[1, T, Hq, d]`.
  ///   - heads: Hk.
  ///   - most: rows of the longest text.
  init(singleTokens query: Tensor, heads: Int, most: Int) {
    (batch, tokens, queryHeads, self.heads, width) = (1, query.shape[1], query.shape[2], heads, query.shape[3])
    group = queryHeads / heads
    (keys, keyRows, keyStrides) = (most, most, (heads * width, width, 0))
    (firstVisible, visibleStep, window) = (most, 0, 0)
    checkTiles()
  }

  /// The problem without a sequence, which no tile evaluates.
  init(slotsAlone depth: DepthColumns) {
    let slots = depth.slots
    (batch, tokens, heads, width) = (slots.batch, slots.tokens, slots.heads, slots.headWidth)
    queryHeads = depth.query.shape[2]
    group = queryHeads / max(1, heads)
    (keys, keyRows, keyStrides) = (0, 0, (width, 0, 0))
    (firstVisible, visibleStep, window) = (0, 0, 0)
  }

  /// The problem whose keys are the slots of all tokens, one axis of T·N columns, token by token.
  ///
  /// - Parameters:
  ///   - depth: slots that fill their buffer.
  ///   - strategy: which columns a tile visits; a scan.
  ///   - tileRows: folded rows of a tile, C.
  init(_ depth: DepthColumns, strategy: DepthStrategy, tileRows: Int) {
    let slots = depth.slots
    batch = slots.batch
    tokens = slots.tokens
    heads = slots.heads
    width = slots.headWidth
    queryHeads = depth.query.shape[2]
    group = queryHeads / max(1, heads)
    keys = tokens * slots.capacity
    keyRows = keys
    precondition(keys < 1 << 31, "attention: \(tokens) tokens of \(slots.capacity) slots make too long an axis")
    keyStrides = (width, keys * width, heads * keys * width)
    (firstVisible, visibleStep, window) = (keys, 0, 0)
    let capacity = Int32(slots.capacity)
    func bound(_ token: (Int) -> Int) -> IndexTensor {
      IndexTensor(
        (0..<batch).flatMap { _ in (0..<tokens).map { Int32(token($0)) * capacity } }, shape: [batch, tokens])
    }
    documents = DocumentBoundaries(
      begin: bound { depth.visibleTokens($0).lowerBound }, end: bound { depth.visibleTokens($0).upperBound })
    switch strategy {
    case .wholeAxis: scan = -1
    case .chunkAware: scan = tileRows * slots.capacity
    case .groupAware, .exactRows, .naive: scan = 0
    }
    checkTiles()
  }

  /// The shape of the log-sum-exp, `[B, Hq, T]`.
  var logSumExpShape: Shape { [batch, queryHeads, tokens] }

  /// Folded rows of one key-value head.
  var rows: Int { tokens * group }

  /// Folded rows of one work item: whole tokens, at most `most`, and so few that there are at least `items` items if
  /// that leaves a register tile of `tile` rows each.
  func blockRows(most: Int, tile: Int, items: Int) -> Int {
    var rows = most
    while rows > tile, batch * heads * (self.rows / rows) < items { rows /= 2 }
    let tiles = max(tile, rows / tile * tile)
    return max(group, tiles / group * group)
  }

  /// Multiply-adds of one product over all visible pairs, for the choice between one thread and many.
  func work(slots: Int) -> Int {
    let all = tokens * firstVisible + visibleStep * tokens * (tokens - 1) / 2
    let visible = scan != 0 ? tokens * keys : window > 0 ? min(all, tokens * window) : all
    return batch * queryHeads * width * (visible + tokens * slots)
  }

  func check(_ depth: DepthColumns?) {
    guard let depth else { return }
    precondition(
      depth.query.shape == [batch, tokens, queryHeads, width] && depth.slots.heads == heads,
      "attention: depth query \(depth.query.shape) and slots \(depth.slots.slotShape) for a query of "
        + "\([batch, tokens, queryHeads, width] as Shape)")
  }

  /// Checks what backward reads, and the twin that it writes.
  func check(outputGradient: Tensor, output: Tensor, logSumExp: Tensor, slots: SlotBuffer?, depth: DepthColumns?) {
    let queries: Shape = [batch, tokens, queryHeads, width]
    precondition(
      outputGradient.shape == queries && output.shape == queries && logSumExp.shape == logSumExpShape,
      "attentionBackward: gradient \(outputGradient.shape), output \(output.shape), log-sum-exp \(logSumExp.shape) "
        + "for a query of \(queries)")
    if let slots, let depth {
      precondition(
        slots.shape == depth.slots.shape && slots.precision == .float32,
        "attentionBackward: slot gradients \(slots.shape) in \(slots.precision) for slots \(depth.slots.shape)")
    }
  }

  func check(_ gradients: AttentionGradients) {
    let queries: Shape = [batch, tokens, queryHeads, width], keys: Shape = [batch, keyRows, heads, width]
    precondition(
      gradients.query.shape.count == queries.count && gradients.key.shape.count == keys.count
        && gradients.value.shape.count == keys.count
        && (gradients.depthQuery.map { $0.shape.count == queries.count } ?? true),
      "attentionBackward: gradients of query \(gradients.query.shape), key \(gradients.key.shape), "
        + "value \(gradients.value.shape) for a query of \(queries) and keys of \(keys)")
  }
}

/// The arrays of one call.
// Safety: raw pointers into arrays that the calling operation keeps alive until its parallel loops have returned; work
// items write disjoint rows.
struct AttentionOperands: @unchecked Sendable {
  let geometry: AttentionGeometry
  let query, key, value: UnsafeMutablePointer<Float>
  let output, logSumExp: UnsafeMutablePointer<Float>
  let scale: Float
  /// Nil without visible slots.
  let depth: DepthColumns?

  init(
    _ geometry: AttentionGeometry, query: UnsafeMutablePointer<Float>, key: UnsafeMutablePointer<Float>,
    value: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>, logSumExp: UnsafeMutablePointer<Float>,
    scale: Float, depth: DepthColumns?
  ) {
    self.geometry = geometry
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.logSumExp = logSumExp
    self.scale = scale
    self.depth = depth.flatMap { $0.range.isEmpty ? nil : $0 }
  }

  /// Slots and no sequence keys.
  init(
    slotsAlone depth: DepthColumns, _ geometry: AttentionGeometry, output: UnsafeMutablePointer<Float>,
    logSumExp: UnsafeMutablePointer<Float>, scale: Float
  ) {
    self.init(
      geometry, query: depth.query.base, key: depth.query.base, value: depth.query.base, output: output,
      logSumExp: logSumExp, scale: scale, depth: depth)
  }

  /// The offset of a head's queries in `[B, T, Hq, d]`.
  func queryOffset(_ index: Int) -> Int {
    let (sequence, head) = index.quotientAndRemainder(dividingBy: geometry.heads)
    return (sequence * geometry.tokens * geometry.queryHeads + head * geometry.group) * geometry.width
  }

  /// The offset of a head's first key.
  func keyOffset(_ index: Int) -> Int {
    let (sequence, head) = index.quotientAndRemainder(dividingBy: geometry.heads)
    return sequence * geometry.keyStrides.sequence + head * geometry.keyStrides.head
  }

  /// Floats between consecutive key rows.
  var keyStride: Int { geometry.keyStrides.row }

  /// The kernels' view of key-value head `index` of `B·Hk`.
  func head(_ index: Int) -> ck_attention_head {
    let (sequence, head) = index.quotientAndRemainder(dividingBy: geometry.heads)
    let queryAt = queryOffset(index), keyAt = keyOffset(index)
    let documents = geometry.documents.map { ($0.begin.base, $0.end.base, sequence * geometry.tokens) }
    let slots = depth?.slots
    let column = depth.map { $0.slots.column(batch: sequence, head: head, slot: $0.range.lowerBound) }
    return ck_attention_head(
      query: UnsafePointer(query + queryAt), query_stride: Int64(geometry.queryHeads * geometry.width),
      key: UnsafePointer(key + keyAt), value: UnsafePointer(value + keyAt), key_stride: Int64(keyStride),
      value_stride: Int64(keyStride),
      depth_query: depth.map { UnsafePointer($0.query.base + queryAt) },
      slot_key: column.map { UnsafeRawPointer($0.key) }, slot_value: column.map { UnsafeRawPointer($0.value) },
      slots: Int64(depth?.range.count ?? 0), slot_stride: Int64(slots?.columnStride ?? 0),
      slots_are_bfloat16: slots?.precision == .bfloat16 ? 1 : 0,
      output: output + queryAt, log_sum_exp: logSumExp + index * geometry.rows, group: Int64(geometry.group),
      width: Int64(geometry.width), tokens: Int64(geometry.tokens), first_visible: Int64(geometry.firstVisible),
      visible_step: Int64(geometry.visibleStep), window: Int64(geometry.window),
      document_begin: documents.map { UnsafePointer($0.0 + $0.2) },
      document_end: documents.map { UnsafePointer($0.1 + $0.2) }, scan: Int64(geometry.scan), scale: scale)
  }
}
