// The package's own matrix product: blocking over caches, packing, and the split over threads, around the kernels of
// CKernels/gemm.inc. Not here: the choice of backend (MatrixBackend.swift), the tensor calls (MatrixMultiply.swift).
import CKernels

/// How a product is cut. An element of C sums over k in the same order whatever the cut, except for `depth`, which
/// depends on k alone; results are therefore the same on any number of threads.
private enum Blocking {
  /// Largest block of k: a panel of B, `depth`×64, and a row tile of A stay in the second-level cache beside a block
  /// of A, and C is read and written once for each block.
  static let depth = 384
  /// Most rows for which each task packs its own part of the right operand: `rows`×`depth` floats of the left operand
  /// stay in the second-level cache. More rows share one packed right operand.
  static let rows = 768
  /// Rows of a task when the right operand is shared.
  static let taskRows = 192
  /// Fewest rows that are worth a task of their own.
  static let fewestRows = 48
  /// Most rows for which operands are read where they lie, if the kernels can.
  static let unpackedRows = 64
  /// Most rows of the smaller operand for which x·Wᵀ runs as dot products, with nothing packed. More than `alwaysDots`
  /// rows need `stepsPerDot` steps of k each: in shorter sums, adding up the lanes costs too much.
  static let dots = 32, stepsPerDot = 8, alwaysDots = 7
  /// Floats of a shared operand that are packed at once (16 MiB); larger ones are packed in turns.
  static let packed = 4 << 20
  /// Multiply-adds below which a product stays on the calling thread.
  static let serial = 1 << 20
}

/// Where the kernels find an operand.
private enum Packing {
  /// Where it lies.
  case inPlace
  /// Packed before the tasks start, once for all.
  case shared
  /// Packed by each task for itself, block by block.
  case byTask
}

/// One product `C = alpha·A·B + beta·C` for the packed backend.
// Safety: holds raw pointers whose owners keep them alive for `run()`, which returns after all its parallel bodies.
// Operands are only read; tasks write disjoint blocks of C and of the packing buffers.
struct PackedProduct: @unchecked Sendable {
  let m: Int
  let n: Int
  let k: Int
  let alpha: Float
  let beta: Float
  let a: MatrixOperand
  let b: MatrixOperand
  let c: UnsafeMutablePointer<Float>
  let stride: Int
  let kernels: ck_gemm

  /// Computes the product by packed blocks.
  func run() {
    let threads = m * n * max(k, 1) < Blocking.serial ? 1 : Runtime.threads
    let (left, right) = packings
    let columnLimit = right == .shared ? max(tileColumns, Blocking.packed / depth / tileColumns * tileColumns) : n
    for first in Swift.stride(from: 0, to: n, by: columnLimit) {
      let columns = first..<min(n, first + columnLimit)
      let shared = (left == .shared ? paddedRows(m) : 0) + (right == .shared ? padded(columns.count) : 0)
      let perTurn = shared == 0 ? depthCount : max(1, Blocking.packed / (shared * depth))
      for block in Swift.stride(from: 0, to: depthCount, by: perTurn) {
        Turn(
          product: self, left: left, right: right, threads: threads, columns: columns,
          depths: block..<min(depthCount, block + perTurn)
        ).run()
      }
    }
  }

  /// Where the operands are found. Packing an element costs about as much as multiplying it with 24 others.
  private var packings: (left: Packing, right: Packing) {
    let right: Packing
    if !b.isTransposed && n % Int(kernels.lanes) == 0 && m <= Blocking.unpackedRows {
      right = .inPlace
    } else {
      right = m <= Blocking.rows ? .byTask : .shared
    }
    if !a.isTransposed || m <= Blocking.unpackedRows { return (.inPlace, right) }
    return (.byTask, right)
  }

  // MARK: Sizes

  var tileColumns: Int { Int(kernels.tile_columns) }
  var tileRows: Int { Int(kernels.tile_rows) }

  /// Blocks of k; one even if k is 0, since C is still to be scaled.
  private var depthCount: Int { max(1, (k + Blocking.depth - 1) / Blocking.depth) }

  /// The size of a block of k, even over the blocks.
  fileprivate var depth: Int { max(8, ((k + depthCount - 1) / depthCount + 7) & ~7) }

  /// The range of k of block `index`.
  fileprivate func range(ofDepth index: Int) -> Range<Int> { min(k, index * depth)..<min(k, (index + 1) * depth) }

  /// `columns` rounded up to vectors.
  fileprivate func padded(_ columns: Int) -> Int { ceil(columns, Int(kernels.lanes)) * Int(kernels.lanes) }

  /// `rows` rounded up to tiles.
  fileprivate func paddedRows(_ rows: Int) -> Int { ceil(rows, tileRows) * tileRows }

  // MARK: Few rows

  /// Whether the product is to run as dot products, with nothing packed.
  var runsAsDots: Bool {
    guard b.isTransposed && !a.isTransposed else { return false }
    return min(m, n) <= Self.mostDots(k: k)
  }

  /// The most rows of the smaller operand that run as dot products.
  static func mostDots(k: Int) -> Int { max(Blocking.alwaysDots, min(Blocking.dots, k / Blocking.stepsPerDot)) }

  /// Products of few rows against a transposed matrix, bound by reading the large operand once.
  func runAsDots() {
    let tall = m <= n  // the large operand is B, and gives columns of C
    let large = tall ? b : a, small = tall ? a : b, count = tall ? m : n
    parallelFor(tall ? n : m, grain: max(16, 1 << 16 / max(1, k))) { part in
      kernels.dots(
        large.at(row: tall ? 0 : part.lowerBound, column: tall ? part.lowerBound : 0), Int64(large.rowStride),
        Int64(part.count), small.base, Int64(small.rowStride), Int64(count), Int64(k), alpha, beta,
        c + part.lowerBound * (tall ? 1 : stride), tall ? 1 : Int64(stride), tall ? Int64(stride) : 1)
    }
  }
}

/// The part of a product over some columns of C and some blocks of k: packs what is shared, then runs tasks that each
/// compute a block of C.
// Safety: as `PackedProduct`.
private struct Turn: @unchecked Sendable {
  let product: PackedProduct
  let left: Packing
  let right: Packing
  let threads: Int
  /// Columns of C.
  let columns: Range<Int>
  /// Blocks of k.
  let depths: Range<Int>

  func run() {
    let (rows, width) = taskSize
    let sharedFloats = sharedWidth * depthRange.count
    let leftFloats = left == .byTask ? product.paddedRows(rows) * product.depth : 0
    let rightFloats = right == .byTask ? product.tileColumns * product.depth : 0
    PackingBuffer.with(floats: sharedFloats + threads * (leftFloats + rightFloats)) { buffer in
      let buffer = UnsafeShared(buffer)
      if left == .shared { packLeft(into: buffer) }
      if right == .shared { packRight(into: buffer) }
      let across = ceil(columns.count, width)
      forEach(ceil(product.m, rows) * across) { index, worker in
        let own = buffer.pointer + sharedFloats + worker * (leftFloats + rightFloats)
        let top = index / across * rows, first = index % across * width
        multiply(
          rows: top..<min(product.m, top + rows), part: first..<min(columns.count, first + width),
          shared: buffer.pointer, ownLeft: own, ownRight: own + leftFloats)
      }
    }
  }

  // MARK: Sizes

  /// The range of k.
  private var depthRange: Range<Int> {
    product.range(ofDepth: depths.lowerBound).lowerBound..<product.range(ofDepth: depths.upperBound - 1).upperBound
  }

  /// Floats of the shared operand for each step of k; at most one operand is shared.
  private var sharedWidth: Int {
    if left == .shared { return product.paddedRows(product.m) }
    return right == .shared ? product.padded(columns.count) : 0
  }

  /// Rows and columns of a task: small enough to balance an uneven machine, large enough to be worth a hand-out.
  private var taskSize: (rows: Int, columns: Int) {
    let m = product.m, tile = product.tileColumns
    if right == .shared {
      var blocks = ceil(m, Blocking.taskRows)
      if blocks < 8 * threads { blocks = ceil(blocks, threads) * threads }
      let rows = product.paddedRows(max(ceil(m, blocks), Blocking.fewestRows))
      let splits = min(ceil(columns.count, tile), ceil(2 * threads, ceil(m, rows)))
      return (rows, threads == 1 ? columns.count : ceil(ceil(columns.count, splits), tile) * tile)
    }
    guard threads > 1 else { return (m, columns.count) }
    let width = max(1, ceil(columns.count, tile) / (4 * threads)) * tile
    let splits = min(max(1, m / Blocking.fewestRows), ceil(3 * threads, ceil(columns.count, width)))
    return (product.paddedRows(ceil(m, splits)), width)
  }

  private func forEach(_ count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void) {
    if threads > 1 { return parallelForEach(count, body) }
    for index in 0..<count { body(index, 0) }
  }

  // MARK: Packing

  /// Packs the left operand, all rows: for each block of k the tiles, one after the other.
  private func packLeft(into shared: UnsafeShared<UnsafeMutablePointer<Float>>) {
    let piece = product.paddedRows(threads == 1 ? product.m : ceil(product.m, 2))
    let pieces = ceil(product.m, piece)
    forEach(depths.count * pieces) { index, _ in
      let ks = product.range(ofDepth: depths.lowerBound + index / pieces)
      let first = index % pieces * piece
      let to = shared.pointer + (ks.lowerBound - depthRange.lowerBound) * sharedWidth + first * ks.count
      product.kernels.pack_left(
        product.a.at(row: first, column: ks.lowerBound), Int64(product.a.rowStride), Int64(ks.count),
        Int64(min(piece, product.m - first)), to)
    }
  }

  /// Packs the right operand over `columns`: for each block of k the panels, one after the other.
  private func packRight(into shared: UnsafeShared<UnsafeMutablePointer<Float>>) {
    let piece = threads == 1 ? columns.count : 4 * product.tileColumns
    let pieces = ceil(columns.count, piece)
    forEach(depths.count * pieces) { index, _ in
      let ks = product.range(ofDepth: depths.lowerBound + index / pieces)
      let first = index % pieces * piece
      let to = shared.pointer + (ks.lowerBound - depthRange.lowerBound) * sharedWidth + first * ks.count
      packRight(ks, columns.lowerBound + first, min(piece, columns.count - first), to)
    }
  }

  private func packRight(_ ks: Range<Int>, _ first: Int, _ count: Int, _ to: UnsafeMutablePointer<Float>) {
    let pack = product.b.isTransposed ? product.kernels.pack_right_transposed : product.kernels.pack_right
    pack(
      product.b.at(row: ks.lowerBound, column: first), Int64(product.b.rowStride), Int64(ks.count), Int64(count), to)
  }

  // MARK: Tasks

  /// One task: the block of C at `rows` and the columns `part` of `columns`.
  private func multiply(
    rows: Range<Int>, part: Range<Int>, shared: UnsafeMutablePointer<Float>, ownLeft: UnsafeMutablePointer<Float>,
    ownRight: UnsafeMutablePointer<Float>
  ) {
    let to = product.c + rows.lowerBound * product.stride + columns.lowerBound
    for index in depths {
      let ks = product.range(ofDepth: index)
      let sharedBlock = shared + (ks.lowerBound - depthRange.lowerBound) * sharedWidth
      var block = leftBlock(rows: rows, ks, shared: sharedBlock, own: ownLeft)
      block.beta = index == 0 ? product.beta : 1
      // A task that packs the right operand does so panel by panel, so that it uses what it has just written.
      let width = right == .byTask ? product.tileColumns : part.count
      for first in stride(from: part.lowerBound, to: part.upperBound, by: width) {
        let panel = first..<min(part.upperBound, first + width)
        block.n = Int64(panel.count)
        block.c = to + first
        switch right {
        case .inPlace:
          block.b = product.b.at(row: ks.lowerBound, column: columns.lowerBound + first)
          block.b_stride = Int64(product.b.rowStride)
        case .shared:
          block.b = UnsafePointer(sharedBlock + first * ks.count)
        case .byTask:
          packRight(ks, columns.lowerBound + first, panel.count, ownRight)
          block.b = UnsafePointer(ownRight)
          block.ahead_right = aheadRight(after: panel, of: part, index)
        }
        if left == .byTask { block.ahead_left = aheadLeft(rows: rows, panel: panel, of: part, index) }
        product.kernels.multiply(&block)
      }
    }
  }

  /// The source of the panel that a task packs after `panel`.
  private func aheadRight(after panel: Range<Int>, of part: Range<Int>, _ index: Int) -> ck_gemm_ahead {
    let isLast = panel.upperBound == part.upperBound
    if isLast && index + 1 == depths.upperBound { return ck_gemm_ahead() }
    let ks = product.range(ofDepth: isLast ? index + 1 : index)
    let first = isLast ? part.lowerBound : panel.upperBound
    let count = min(product.tileColumns, part.upperBound - first)
    return ck_gemm_ahead(
      base: product.b.at(row: ks.lowerBound, column: columns.lowerBound + first), stride: Int64(product.b.rowStride),
      rows: Int64(product.b.isTransposed ? count : ks.count),
      columns: Int64(product.b.isTransposed ? ks.count : count))
  }

  /// The part of the next block of the transposed left operand that falls to `panel`.
  private func aheadLeft(rows: Range<Int>, panel: Range<Int>, of part: Range<Int>, _ index: Int) -> ck_gemm_ahead {
    guard index + 1 < depths.upperBound else { return ck_gemm_ahead() }
    let ks = product.range(ofDepth: index + 1)
    let low = (panel.lowerBound - part.lowerBound) * ks.count / part.count
    let high = (panel.upperBound - part.lowerBound) * ks.count / part.count
    return ck_gemm_ahead(
      base: product.a.at(row: rows.lowerBound, column: ks.lowerBound + low), stride: Int64(product.a.rowStride),
      rows: Int64(high - low), columns: Int64(rows.count))
  }

  /// A block with its left operand in place.
  private func leftBlock(
    rows: Range<Int>, _ ks: Range<Int>, shared: UnsafeMutablePointer<Float>, own: UnsafeMutablePointer<Float>
  ) -> ck_gemm_block {
    let a = product.a, start = a.at(row: rows.lowerBound, column: ks.lowerBound)
    var block = ck_gemm_block(
      m: Int64(rows.count), n: 0, k: Int64(ks.count), alpha: product.alpha, beta: 1, a: start,
      a_stride: Int64(a.rowStride), a_layout: a.isTransposed ? CK_GEMM_COLUMNS : CK_GEMM_ROWS, b: start, b_stride: 0,
      c: product.c, c_stride: Int64(product.stride),
      ahead_right: ck_gemm_ahead(), ahead_left: ck_gemm_ahead())
    switch left {
    case .inPlace: break
    case .shared:
      block.a = UnsafePointer(shared + rows.lowerBound * ks.count)
      block.a_layout = CK_GEMM_PACKED
    case .byTask:
      product.kernels.pack_left(start, Int64(a.rowStride), Int64(ks.count), Int64(rows.count), own)
      block.a = UnsafePointer(own)
      block.a_layout = CK_GEMM_PACKED
    }
    return block
  }
}

/// `x / y`, rounded up.
private func ceil(_ x: Int, _ y: Int) -> Int { (x + y - 1) / y }

/// Temporary memory for packed operands, drawn from the array pool in few distinct sizes so that shapes share it.
private enum PackingBuffer {
  static func with(floats: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let bytes = max(4096, floats * MemoryLayout<Float>.stride)
    let size = 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
    let buffer = BufferPool.shared.allocate(size)
    defer { BufferPool.shared.release(buffer, byteCount: size) }
    body(buffer.bindMemory(to: Float.self, capacity: size / MemoryLayout<Float>.stride))
  }
}
