// Copies of chosen slots, another choice for each token and head, and the way back for their gradients.
// Not here: which slots to choose (the model) and ranges of slots that all tokens share (SlotBuffer.swift).
import CKernels

extension SlotBuffer {
  /// A buffer with the chosen slots of each token and head, in the order of the indices and in this buffer's precision.
  ///
  /// - Parameter indices: slots of this buffer, `[B, Hk, T, S]`.
  /// - Returns: a buffer with a capacity of S.
  /// - Precondition: the shape is that, and every index names a slot.
  /// - Complexity: O(B·Hk·T·S·d), in parallel.
  public func selecting(_ indices: IndexTensor) -> SlotBuffer {
    let count = requireSelection("selecting", indices)
    let chosen = SlotBuffer(
      batch: batch, tokens: tokens, heads: heads, headWidth: headWidth, capacity: count, precision: precision)
    let bytes = headWidth * precision.bytes, capacity = capacity
    let own = UnsafeShared((column(batch: 0, head: 0, slot: 0), chosen.column(batch: 0, head: 0, slot: 0)))
    forEachColumn(choosing: count) { index in
      let (source, target) = own.pointer
      for place in 0..<count {
        let from = (index * capacity + Int(indices.base[index * count + place])) * bytes
        let to = (index * count + place) * bytes
        (target.key + to).copyMemory(from: source.key + from, byteCount: bytes)
        (target.value + to).copyMemory(from: source.value + from, byteCount: bytes)
      }
    }
    return chosen
  }

  /// Adds the slots of `chosen` to the slots of this buffer that they were chosen from: the gradient of `selecting`.
  ///
  /// - Parameters:
  ///   - chosen: a buffer with a capacity of S.
  ///   - indices: as in `selecting`.
  /// - Precondition: both buffers are float32, sizes agree and every index names a slot.
  /// - Complexity: O(B·Hk·T·S·d), in parallel.
  public func add(_ chosen: SlotBuffer, selectedBy indices: IndexTensor) {
    let count = requireSelection("add", indices)
    precondition(
      chosen.slotShape == slotShape && chosen.capacity == count,
      "SlotBuffer.add: \(chosen.capacity) slots of \(chosen.slotShape) for indices \(indices.shape)")
    let width = headWidth, capacity = capacity, axpy = Runtime.kernels.rows.axpy
    let shared = UnsafeShared(
      (
        own: (keyColumn(batch: 0, head: 0, slot: 0), valueColumn(batch: 0, head: 0, slot: 0)),
        other: (chosen.keyColumn(batch: 0, head: 0, slot: 0), chosen.valueColumn(batch: 0, head: 0, slot: 0)),
        axpy: axpy
      ))
    forEachColumn(choosing: count) { index in
      let (own, other, axpy) = shared.pointer
      for place in 0..<count {
        let to = (index * capacity + Int(indices.base[index * count + place])) * width
        let from = (index * count + place) * width
        axpy(1, other.0 + from, own.0 + to, Int64(width))
        axpy(1, other.1 + from, own.1 + to, Int64(width))
      }
    }
  }

  /// Visits the columns of all tokens in parallel; their order is that of the indices and of the planes.
  private func forEachColumn(choosing count: Int, _ body: @Sendable (Int) -> Void) {
    parallelFor(batch * heads * tokens, grain: max(1, 1 << 14 / max(1, count * headWidth))) { columns in
      for column in columns { body(column) }
    }
  }

  /// The number of slots that each token chooses.
  private func requireSelection(_ operation: StaticString, _ indices: IndexTensor) -> Int {
    precondition(
      indices.shape.rank == 4 && indices.shape.dimensions.prefix(3).elementsEqual([batch, heads, tokens]),
      "SlotBuffer.\(operation): indices \(indices.shape) for \([batch, heads, tokens] as Shape) columns")
    let capacity = Int32(capacity)
    indices.withElements { indices in
      for index in indices {
        precondition(index >= 0 && index < capacity, "SlotBuffer.\(operation): slot \(index) of \(capacity)")
      }
    }
    return indices.shape[3]
  }
}
