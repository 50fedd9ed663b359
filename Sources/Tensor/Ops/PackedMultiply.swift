// The package's own matrix product: blocking over caches, packing, and the split over threads, around the kernels of
// CKernels/gemm.inc. Not here: the choice of backend (MatrixBackend.swift) and the tensor interface (MatrixMultiply.swift).
import CKernels

/// How a product is cut. An element of C sums over k in the same order whatever the cut, except for `depth`, which
/// depends on k alone; results are therefore the same on any number of threads.
private enum Blocking {
  /// Largest block of k: a panel of B, `depth`×64, and a row tile of A stay in the second-level cache beside a block
  /// of A, and C is read and written once for each block.
  static let depth = 384
  /// Rows of a task: `rows`×`depth` of A fit half a megabyte, and each panel of B is reused for all of them.
  static let rows = 96
  /// Floats of the right operand that are packed at once (16 MiB); larger operands are packed in turns.
  static let packed = 4 << 20
  /// Multiply-adds below which a product stays on the calling thread.
  static let serial = 1 << 20
  /// Multiply-adds of a task that are worth its hand-out.
  static let task = 1 << 19
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

  /// Computes the product.
  func run() {
    if b.isTransposed && !a.isTransposed && min(m, n) < 8 { return runAsDots() }
    let threads = m * n * max(k, 1) < Blocking.serial ? 1 : Runtime.threads
    // Packing costs about as much as eight rows of the product; a right operand that needs no transpose is read in place
    // when few rows would share the packed copy.
    if !b.isTransposed && n % Int(kernels.lanes) == 0 && m <= 64 {
      return multiply(rows: 0..<m, threads: threads, columns: 0..<n, depths: 0..<depthCount, packed: nil)
    }
    let columnLimit = max(tileColumns, Blocking.packed / depth / tileColumns * tileColumns)
    for first in Swift.stride(from: 0, to: n, by: columnLimit) {
      let columns = first..<min(n, first + columnLimit)
      let perTurn = max(1, Blocking.packed / (padded(columns.count) * depth))
      for block in Swift.stride(from: 0, to: depthCount, by: perTurn) {
        runTurn(columns: columns, depths: block..<min(depthCount, block + perTurn), threads: threads)
      }
    }
  }

  // MARK: Sizes

  private var tileColumns: Int { Int(kernels.tile_columns) }
  private var tileRows: Int { Int(kernels.tile_rows) }

  /// Blocks of k; one even if k is 0, since C is still to be scaled.
  private var depthCount: Int { max(1, (k + Blocking.depth - 1) / Blocking.depth) }

  /// The size of a block of k, even over the blocks.
  private var depth: Int { max(8, ((k + depthCount - 1) / depthCount + 7) & ~7) }

  /// The range of k of block `index`.
  private func range(ofDepth index: Int) -> Range<Int> { min(k, index * depth)..<min(k, (index + 1) * depth) }

  private func padded(_ columns: Int) -> Int {
    let lanes = Int(kernels.lanes)
    return (columns + lanes - 1) / lanes * lanes
  }

  // MARK: Packed blocks

  /// Packs B over `columns` and the blocks `depths` of k, then adds their part of the product.
  private func runTurn(columns: Range<Int>, depths: Range<Int>, threads: Int) {
    let width = padded(columns.count)
    let origin = range(ofDepth: depths.lowerBound).lowerBound
    let count = width * (range(ofDepth: depths.upperBound - 1).upperBound - origin)
    PackingBuffer.with(floats: count) { buffer in
      let packed = UnsafeShared(buffer)
      let panels = (columns.count + tileColumns - 1) / tileColumns
      let step = threads == 1 ? panels : max(1, min(panels, count / (panels * threads * 4 * 4096)))
      let groups = (panels + step - 1) / step
      withThreads(threads, tasks: groups * depths.count) { index, _ in
        let ks = range(ofDepth: depths.lowerBound + index / groups)
        let low = index % groups * step * tileColumns
        let high = min(columns.count, low + step * tileColumns)
        let pack = b.isTransposed ? kernels.pack_right_transposed : kernels.pack_right
        pack(
          b.at(row: ks.lowerBound, column: columns.lowerBound + low), Int64(b.rowStride), Int64(ks.count),
          Int64(high - low), packed.pointer + (ks.lowerBound - origin) * width + low * ks.count)
      }
      multiply(rows: 0..<m, threads: threads, columns: columns, depths: depths, packed: packed)
    }
  }

  /// The product over `columns` and the blocks `depths` of k, cut into tasks.
  private func multiply(
    rows: Range<Int>, threads: Int, columns: Range<Int>, depths: Range<Int>,
    packed: UnsafeShared<UnsafeMutablePointer<Float>>?
  ) {
    let (taskRows, taskColumns) = taskSize(columns: columns.count, threads: threads)
    let across = (columns.count + taskColumns - 1) / taskColumns
    let down = (m + taskRows - 1) / taskRows
    let leftCount = a.isTransposed ? (taskRows + tileRows) * depth : 0
    PackingBuffer.with(floats: leftCount * threads) { buffer in
      let left = UnsafeShared(buffer)
      withThreads(threads, tasks: across * down) { index, worker in
        let top = index / across * taskRows, low = index % across * taskColumns
        multiplyBlock(
          rows: top..<min(m, top + taskRows), columns: columns, part: low..<min(columns.count, low + taskColumns),
          depths: depths, packed: packed?.pointer, left: left.pointer + worker * leftCount)
      }
    }
  }

  /// One task: the block of C at `rows` and the columns `part` of `columns`.
  private func multiplyBlock(
    rows: Range<Int>, columns: Range<Int>, part: Range<Int>, depths: Range<Int>,
    packed: UnsafeMutablePointer<Float>?, left: UnsafeMutablePointer<Float>
  ) {
    let origin = range(ofDepth: depths.lowerBound).lowerBound
    for index in depths {
      let ks = range(ofDepth: index)
      var layout = CK_GEMM_ROWS
      var first = a.at(row: rows.lowerBound, column: ks.lowerBound)
      if a.isTransposed {
        kernels.pack_left(first, Int64(a.rowStride), Int64(ks.count), Int64(rows.count), left)
        first = UnsafePointer(left)
        layout = CK_GEMM_PACKED
      }
      let right: UnsafePointer<Float>
      if let packed {
        right = UnsafePointer(
          packed + (ks.lowerBound - origin) * padded(columns.count) + part.lowerBound * ks.count)
      } else {
        right = b.at(row: ks.lowerBound, column: columns.lowerBound + part.lowerBound)
      }
      var block = ck_gemm_block(
        m: Int64(rows.count), n: Int64(part.count), k: Int64(ks.count), alpha: alpha, beta: index == 0 ? beta : 1,
        a: first, a_stride: Int64(a.rowStride), a_layout: layout, b: right,
        b_stride: packed == nil ? Int64(b.rowStride) : 0,
        c: c + rows.lowerBound * stride + columns.lowerBound + part.lowerBound, c_stride: Int64(stride))
      kernels.multiply(&block)
    }
  }

  /// Rows and columns of a task: enough tasks that an uneven machine is balanced, large enough to be worth a hand-out.
  private func taskSize(columns: Int, threads: Int) -> (rows: Int, columns: Int) {
    var size = (rows: min(m, Blocking.rows), columns: columns)
    guard threads > 1 else { return size }
    func tasks() -> Int { ((m + size.rows - 1) / size.rows) * ((columns + size.columns - 1) / size.columns) }
    while tasks() < 4 * threads && size.rows * size.columns * k >= 2 * Blocking.task {
      if size.columns >= 2 * tileColumns && size.columns >= size.rows {
        size.columns = (size.columns / 2 + tileColumns - 1) / tileColumns * tileColumns
      } else if size.rows >= 2 * tileRows {
        size.rows = (size.rows / 2 + tileRows - 1) / tileRows * tileRows
      } else {
        break
      }
    }
    return size
  }

  private func withThreads(_ threads: Int, tasks: Int, _ body: @Sendable (Int, Int) -> Void) {
    if threads > 1 { return parallelForEach(tasks, body) }
    for index in 0..<tasks { body(index, 0) }
  }

  // MARK: Few rows

  /// Products of few rows against a transposed matrix, bound by reading the large operand once.
  private func runAsDots() {
    let tall = m < 8  // the large operand is B, and gives columns of C
    let large = tall ? b : a, small = tall ? a : b, count = tall ? m : n
    parallelFor(tall ? n : m, grain: max(16, 1 << 16 / max(1, k * count))) { part in
      kernels.dots(
        large.at(row: tall ? 0 : part.lowerBound, column: tall ? part.lowerBound : 0), Int64(large.rowStride),
        Int64(part.count), small.base, Int64(small.rowStride), Int64(count), Int64(k), alpha, beta,
        c + part.lowerBound * (tall ? 1 : stride), tall ? 1 : Int64(stride), tall ? Int64(stride) : 1)
    }
  }
}

/// Temporary memory for packed operands, drawn from the array pool in few distinct sizes so that shapes share it.
private enum PackingBuffer {
  static func with(floats: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    let bytes = max(4096, floats * 4)
    let size = 1 << (Int.bitWidth - (bytes - 1).leadingZeroBitCount)
    let buffer = BufferPool.shared.allocate(size)
    defer { BufferPool.shared.release(buffer, byteCount: size) }
    body(buffer.bindMemory(to: Float.self, capacity: size / 4))
  }
}
