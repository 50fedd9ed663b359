// The stream of keys and values that blocks write for later blocks to read at the same token, or in its chunk.
// Not here: the attention that reads it (DepthAttention.swift).
public import NN
public import Tensor

/// The gradients of a depth stream's slots, allocated when the first reader's pullback runs.
final class SlotGradients {
  private var buffer: SlotBuffer?

  /// The gradient twin of `slots`, and whether a reader of the slots `range` adds to it: the first reader that reaches it
  /// overwrites if it reads all of them.
  func twin(of slots: SlotBuffer, range: Range<Int>) -> (buffer: SlotBuffer, adds: Bool) {
    if let buffer { return (buffer, true) }
    let coversAll = range == 0..<slots.capacity
    let twin = coversAll ? slots.emptyTwin() : slots.zeroTwin()
    buffer = twin
    return (twin, !coversAll)
  }

  /// The twin, if anything reached it.
  var existing: SlotBuffer? { buffer }
}

/// The slots that one block may read.
public struct DepthView {
  let slots: SlotBuffer?
  let gradients: SlotGradients
  /// The readable slots, in the order of writing.
  public let range: Range<Int>
  /// Tokens that share their slots; 1 for a token's own alone.
  public let chunk: Int

  /// A view of nothing: attention with it is plain attention.
  public static var empty: DepthView { DepthView(slots: nil, gradients: SlotGradients(), range: 0..<0, chunk: 1) }

  /// What attention reads with these queries, `[B, T, Hq, d]`; nil if there is nothing.
  func columns(query: Tensor) -> DepthColumns? {
    isEmpty ? nil : slots.map { DepthColumns(query: query, slots: $0, range: range, chunk: chunk) }
  }

  /// Whether there is anything to read.
  public var isEmpty: Bool { range.isEmpty || slots == nil }
}

/// Depth keys and values of one forward pass, `[B, Hk, T, slots, d]`; exactly one per pass.
///
/// The type is non-copyable: a stream that is forked by accident does not compile. Reading before writing within a
/// block gives depth causality by program order. Writes are in place and cost O(B·T·Hk·d) each.
///
/// > Source: arXiv 2603.15619, section 2.2; the pre-allocated layout of the project's specification, section 2.11.
public struct DepthStream: ~Copyable {
  private let slots: SlotBuffer?
  private let gradients = SlotGradients()
  private let tape: Tape?
  private let window: DepthWindow
  private let chunk: Int
  /// Slots written so far.
  public private(set) var count = 0

  /// A stream with room for `capacity` slots; nothing is allocated for 0.
  ///
  /// - Parameters:
  ///   - batch: sequences B.
  ///   - tokens: tokens T of each.
  ///   - heads: key heads Hk.
  ///   - headWidth: d.
  ///   - capacity: the most slots.
  ///   - window: which slots a view shows.
  ///   - chunk: tokens that share their slots.
  ///   - storage: the format of the slots.
  ///   - tape: records the writes, so that slot gradients reach the writers.
  public init(
    batch: Int, tokens: Int, heads: Int, headWidth: Int, capacity: Int, window: DepthWindow = .all, chunk: Int = 1,
    storage: Precision = .float32, on tape: Tape?
  ) {
    self.slots =
      capacity == 0
      ? nil
      : SlotBuffer(
        batch: batch, tokens: tokens, heads: heads, headWidth: headWidth, capacity: capacity, precision: storage)
    self.window = window
    self.chunk = chunk
    self.tape = tape
  }

  /// What a block that runs now may read.
  public borrowing func read() -> DepthView {
    let first =
      switch window {
      case .all: 0
      case .last(let slots): max(0, count - slots)
      }
    return DepthView(slots: slots, gradients: gradients, range: first..<count, chunk: chunk)
  }

  /// Writes the next slot.
  ///
  /// - Parameters:
  ///   - key: `[B, T, Hk, d]`, as readers score it.
  ///   - value: `[B, T, Hk, d]`.
  /// - Precondition: a slot is left.
  public mutating func write(key: Variable, value: Variable) {
    guard let slots else { preconditionFailure("DepthStream.write: the stream has no slots") }
    precondition(count < slots.capacity, "DepthStream.write: all \(slots.capacity) slots are written")
    let slot = count
    slots.write(slot: slot, keys: key.value, values: value.value)
    count += 1
    guard let tape else { return }
    // Every reader was recorded after this write, so the walk back meets it when the slot's gradient is complete.
    let (keyTarget, valueTarget) = (key.target, value.target)
    tape.recordEffect("depthWrite") { [gradients] accumulate in
      guard let twin = gradients.existing else { return }
      accumulate.add(to: [keyTarget, valueTarget]) { twin.add(slot: slot, keysInto: $0[0], valuesInto: $0[1]) }
    }
  }
}
