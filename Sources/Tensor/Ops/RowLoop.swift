// What every row operation shares: the split of rows over threads, shape checks, destinations of new arrays.
// Not here: threads themselves (Parallel.swift) and the loops within a row (CKernels).
internal import CKernels

/// Elements below which a loop that only moves memory stays on the calling thread (twice that for two threads).
let elementGrain = 1 << 14

/// Runs `body` over ranges of rows, each thread getting at least `elementGrain` elements.
///
/// - Parameters:
///   - rows: the number of rows.
///   - columns: elements in a row.
///   - cost: how much dearer an element is than a plain load and store.
func parallelRows(_ rows: Int, columns: Int, cost: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
  parallelFor(rows, grain: max(1, elementGrain / max(1, columns * cost)), body)
}

/// Runs `body` over ranges of elements that begin at multiples of 16, so that no two threads share a cache line.
func parallelElements(_ count: Int, cost: Int = 1, _ body: @Sendable (Range<Int>) -> Void) {
  parallelFor((count + 15) / 16, grain: elementGrain / 16 / cost) { lines in
    body(lines.lowerBound * 16..<min(count, lines.upperBound * 16))
  }
}

/// Traps unless all shapes are equal.
@inline(__always)
func requireSameShape(_ operation: StaticString, _ first: Shape, _ others: Shape...) {
  for other in others { precondition(first == other, "\(operation): \(first) and \(other) differ") }
}

/// Traps unless `destination` has as many elements as `shape`.
@inline(__always)
func requireCount(_ operation: StaticString, _ shape: Shape, into destination: Accumulator) {
  precondition(
    destination.shape.count == shape.count, "\(operation): \(shape) does not fit into \(destination.shape)")
}

extension NDArray where Element == Float {
  /// An array with undefined contents, for an operation that fills it through `destination` before returning it.
  static func uninitialized(_ shape: Shape) -> Tensor { Tensor(uninitializedShape: shape) { _ in } }

  /// The elements as an overwriting destination.
  // Safety: used on arrays that the calling operation has just created and not yet returned; `parallelFor` bodies write
  // disjoint ranges of it, and the operation keeps the array alive until they are done.
  var destination: Accumulator { Accumulator(base, shape: shape, beta: 0) }
}

/// Sums that many rows contribute to, such as the gradient of a gain: independent of the number of threads.
///
/// Rows are cut into blocks whose number depends on the row count alone; each block sums into a row of its own, and the
/// blocks are added in order.
struct RowBlocks {
  let rows: Int
  let size: Int

  init(rows: Int) {
    self.rows = rows
    self.size = max(32, (rows + 127) / 128)
  }

  var count: Int { (rows + size - 1) / size }

  func range(_ block: Int) -> Range<Int> { block * size..<min(rows, (block + 1) * size) }

  /// Calls `body` once per block, spread over threads.
  func forEach(columns: Int, cost: Int = 1, _ body: @Sendable (_ block: Int, _ rows: Range<Int>) -> Void) {
    let blocks = self
    parallelFor(count, grain: max(1, elementGrain / max(1, size * columns * cost))) { indices in
      for block in indices { body(block, blocks.range(block)) }
    }
  }
}
