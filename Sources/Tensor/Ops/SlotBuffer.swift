// The depth stream's memory: keys and values that earlier layers wrote at the same token, one column a token.
// Not here: what is written when (the model) and how columns are read by attention (Attention.swift).
import CKernels
import Foundation

// Safety: changed in place by `write` and `zero` and by the backward pass, which its single owner (one model's forward
// or backward walk) calls one after the other; each parallel body inside writes the columns of its own tokens.

/// Keys and values that earlier layers wrote at the same token.
///
/// Two planes `[B, Hk, T, capacity, d]`, so that a token's column of slots is one contiguous run; writing a slot costs
/// O(B·T·Hk·d), whatever the number of slots. A second buffer of the same sizes holds the gradients, in float32. Slots
/// may be kept in bfloat16, which halves the memory that readers stream in; they compute in float32 all the same.
///
/// > Source: arXiv 2603.15619, section on the flash-compatible layout of depth keys and values.
public final class SlotBuffer: @unchecked Sendable {
  /// The number of sequences, B.
  public let batch: Int
  /// The number of tokens in a sequence, T.
  public let tokens: Int
  /// The number of key-value heads, Hk.
  public let heads: Int
  /// The width of a head, d.
  public let headWidth: Int
  /// The number of slots a token has room for.
  public let capacity: Int
  /// The format of the slots in memory.
  public let precision: Precision

  private let storage: Storage

  /// A buffer from the pool; its contents are undefined until written.
  ///
  /// - Precondition: no size is negative.
  public init(
    batch: Int, tokens: Int, heads: Int, headWidth: Int, capacity: Int, precision: Precision = .float32
  ) {
    let shape = Shape([2, batch, heads, tokens, capacity, headWidth])
    self.batch = batch
    self.tokens = tokens
    self.heads = heads
    self.headWidth = headWidth
    self.capacity = capacity
    self.precision = precision
    self.storage = Storage(byteCount: shape.count * precision.bytes)
  }

  /// The bytes of both planes.
  public var byteCount: Int { 2 * planeCount * precision.bytes }

  /// Whether whatever is written to all tokens has left the caches before it is read: such writes go past them.
  package var isBeyondCaches: Bool { byteCount > 32 << 20 }

  /// The sizes of one plane: `[B, Hk, T, capacity, d]`.
  public var shape: Shape { [batch, heads, tokens, capacity, headWidth] }

  /// What one slot holds as an array: `[B, T, Hk, d]`.
  public var slotShape: Shape { [batch, tokens, heads, headWidth] }

  private var planeCount: Int { batch * heads * tokens * capacity * headWidth }

  /// Numbers between the columns of consecutive tokens.
  var columnStride: Int { capacity * headWidth }

  /// The first key and value of slot `slot` at token 0 of one head, in the buffer's precision.
  func column(
    batch: Int, head: Int, slot: Int
  ) -> (key: UnsafeMutableRawPointer, value: UnsafeMutableRawPointer) {
    let at = ((batch * heads + head) * tokens * capacity + slot) * headWidth
    return (storage.base + at * precision.bytes, storage.base + (at + planeCount) * precision.bytes)
  }

  /// The first key of slot `slot` at token 0 of one head.
  ///
  /// - Precondition: the buffer is float32.
  func keyColumn(batch: Int, head: Int, slot: Int) -> UnsafeMutablePointer<Float> {
    precondition(precision == .float32, "SlotBuffer: slots of \(precision) where float32 is needed")
    return column(batch: batch, head: head, slot: slot).key.assumingMemoryBound(to: Float.self)
  }

  /// The first value of slot `slot` at token 0 of one head.
  ///
  /// - Precondition: the buffer is float32.
  func valueColumn(batch: Int, head: Int, slot: Int) -> UnsafeMutablePointer<Float> {
    keyColumn(batch: batch, head: head, slot: slot) + planeCount
  }

  /// Writes one slot of every token.
  ///
  /// - Parameters:
  ///   - keys: `[B, T, Hk, d]`.
  ///   - values: `[B, T, Hk, d]`.
  /// - Precondition: the slot exists and the shapes are those of the buffer.
  /// - Complexity: O(B·T·Hk·d), in parallel.
  public func write(slot: Int, keys: Tensor, values: Tensor) {
    precondition(
      keys.shape == slotShape && values.shape == slotShape,
      "SlotBuffer.write: keys \(keys.shape), values \(values.shape) into slots of \(slotShape)")
    let kernels = Runtime.kernels.rows
    let sources = UnsafeShared((kernels, keys.base, values.base))
    let (width, rowStride, columnStride) = (headWidth, heads * headWidth, columnStride)
    let (precision, streams) = (precision, isBeyondCaches)
    forEachRun(slot: slot) { row, count, keySlot, valueSlot in
      let (kernels, keys, values) = sources.pointer
      for (source, target) in [(keys + row, keySlot), (values + row, valueSlot)] {
        switch precision {
        case .float32:
          let target = target.assumingMemoryBound(to: Float.self)
          if streams {
            kernels.stream_rows(source, Int64(rowStride), target, Int64(columnStride), Int64(count), Int64(width))
          } else {
            kernels.move_rows(source, Int64(rowStride), target, Int64(columnStride), Int64(count), Int64(width), 0)
          }
        case .bfloat16:
          let target = target.assumingMemoryBound(to: UInt16.self)
          for index in 0..<count {
            kernels.to_bfloat16(source + index * rowStride, target + index * columnStride, Int64(width))
          }
        }
      }
    }
    withExtendedLifetime((keys, values)) {}
  }

  /// Copies of one slot's keys and values, `[B, T, Hk, d]` each.
  ///
  /// - Precondition: the slot exists, and the buffer is float32.
  public func read(slot: Int) -> (keys: Tensor, values: Tensor) {
    var values = Tensor(uninitializedShape: slotShape) { _ in }
    let keys = Tensor.filled(slotShape) { keys in
      values.withMutableElements { buffer in
        guard let base = buffer.baseAddress else { return }
        add(slot: slot, keysInto: keys, valuesInto: Accumulator(base, shape: slotShape, beta: 0))
      }
    }
    return (keys, values)
  }

  /// Adds one slot's planes to destinations of `[B, T, Hk, d]`, or overwrites them, as each accumulator says.
  ///
  /// - Precondition: the slot exists, the destinations have its shape, and the buffer is float32.
  public func add(slot: Int, keysInto: Accumulator?, valuesInto: Accumulator?) {
    for target in [keysInto, valuesInto] {
      precondition(
        target.map { $0.shape.count == slotShape.count } ?? true,
        "SlotBuffer.add: slots of \(slotShape) into \(target?.shape.description ?? "")")
    }
    precondition(precision == .float32, "SlotBuffer.add: slots of \(precision); only gradients are added")
    let move = UnsafeShared(Runtime.kernels.rows.move_rows)
    let (width, rowStride, columnStride) = (Int64(headWidth), Int64(heads * headWidth), Int64(columnStride))
    forEachRun(slot: slot) { row, count, keySlot, valueSlot in
      for (source, target) in [(keySlot, keysInto), (valueSlot, valuesInto)] {
        guard let target else { continue }
        move.pointer(
          source.assumingMemoryBound(to: Float.self), columnStride, target.elements + row, rowStride, Int64(count),
          width, target.beta)
      }
    }
  }

  /// Sets slots to zero, for all tokens.
  ///
  /// - Precondition: the slots exist, and the buffer is float32.
  public func zero(slots: Range<Int>) {
    precondition(
      slots.lowerBound >= 0 && slots.upperBound <= capacity, "SlotBuffer.zero: slots \(slots) of \(capacity)")
    let (count, stride) = (slots.count * headWidth, columnStride)
    guard count > 0, planeCount > 0 else { return }
    let keys = UnsafeShared(keyColumn(batch: 0, head: 0, slot: slots.lowerBound))
    let plane = planeCount
    parallelFor(batch * heads * tokens, grain: max(1, 1 << 15 / count)) { columns in
      for column in columns {
        (keys.pointer + column * stride).update(repeating: 0, count: count)
        (keys.pointer + column * stride + plane).update(repeating: 0, count: count)
      }
    }
  }

  /// A float32 buffer of the same sizes, for gradients; its contents are undefined until written.
  public func emptyTwin() -> SlotBuffer {
    SlotBuffer(batch: batch, tokens: tokens, heads: heads, headWidth: headWidth, capacity: capacity)
  }

  /// The same, zero.
  public func zeroTwin() -> SlotBuffer {
    let twin = emptyTwin()
    twin.zero(slots: 0..<capacity)
    return twin
  }

  /// A float32 buffer that the slots `range` fill; this one if it is that already.
  func packed(_ range: Range<Int>) -> SlotBuffer {
    guard precision != .float32 || range != 0..<capacity else { return self }
    let packed = SlotBuffer(batch: batch, tokens: tokens, heads: heads, headWidth: headWidth, capacity: range.count)
    let kernels = UnsafeShared(Runtime.kernels.rows), precision = precision
    packed.forEachColumn(beside: range, of: self) { own, other, count in
      switch precision {
      case .float32: own.update(from: other.assumingMemoryBound(to: Float.self), count: count)
      case .bfloat16: kernels.pointer.from_bfloat16(other.assumingMemoryBound(to: UInt16.self), own, Int64(count))
      }
    }
    return packed
  }

  /// Adds a packed buffer to the slots `range` of this one, which is float32.
  func add(_ packed: SlotBuffer, to range: Range<Int>) {
    let axpy = UnsafeShared(Runtime.kernels.rows.axpy)
    precondition(precision == .float32, "SlotBuffer.add: slots of \(precision); only gradients are added")
    packed.forEachColumn(beside: range, of: self) { own, other, count in
      axpy.pointer(1, own, other.assumingMemoryBound(to: Float.self), Int64(count))
    }
  }

  /// Visits the columns of this float32 buffer with the slots `range` of another's.
  private func forEachColumn(
    beside range: Range<Int>, of other: SlotBuffer,
    _ body: @Sendable (UnsafeMutablePointer<Float>, UnsafeMutableRawPointer, Int) -> Void
  ) {
    let own = UnsafeShared((keyColumn(batch: 0, head: 0, slot: 0), valueColumn(batch: 0, head: 0, slot: 0)))
    let others = UnsafeShared(other.column(batch: 0, head: 0, slot: range.lowerBound))
    let (step, otherStep) = (columnStride, other.columnStride * other.precision.bytes)
    parallelFor(batch * heads * tokens, grain: max(1, 1 << 14 / max(1, step))) { columns in
      for column in columns {
        body(own.pointer.0 + column * step, others.pointer.key + column * otherStep, step)
        body(own.pointer.1 + column * step, others.pointer.value + column * otherStep, step)
      }
    }
  }

  /// Visits one slot in runs of tokens of one head: offset of the first row in `[B, T, Hk, d]`, rows, and the places of
  /// its key and value.
  private func forEachRun(
    slot: Int,
    _ body: @Sendable (Int, Int, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    precondition(slot >= 0 && slot < capacity, "SlotBuffer: slot \(slot) of \(capacity)")
    parallelFor(batch * heads * tokens, grain: max(1, 1 << 14 / max(1, headWidth))) { range in
      var index = range.lowerBound
      while index < range.upperBound {
        let (column, token) = index.quotientAndRemainder(dividingBy: tokens)
        let (sequence, head) = column.quotientAndRemainder(dividingBy: heads)
        let count = min(tokens - token, range.upperBound - index), offset = token * columnStride * precision.bytes
        let (key, value) = self.column(batch: sequence, head: head, slot: slot)
        body(((sequence * tokens + token) * heads + head) * headWidth, count, key + offset, value + offset)
        index += count
      }
    }
  }
}
