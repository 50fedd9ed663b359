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

  /// The gradient twin of `slots`, which a reader adds to.
  func addingTwin(of slots: SlotBuffer) -> SlotBuffer {
    let twin = buffer ?? slots.zeroTwin()
    buffer = twin
    return twin
  }

  /// The twin, if anything reached it.
  var existing: SlotBuffer? { buffer }
}

/// The slots that one block may read.
public struct DepthView {
  let slots: SlotBuffer?
  let gradients: SlotGradients
  /// The readable slots, in the order of writing; with a selection, those that it was made from.
  public let range: Range<Int>
  /// Tokens that share their slots; 1 for a token's own alone.
  public let chunk: Int
  /// The slots of each token and head, `[B, Hk, T, S]`; nil where all of `range` are read.
  public let selection: IndexTensor?

  /// A view of nothing: attention with it is plain attention.
  public static var empty: DepthView {
    DepthView(slots: nil, gradients: SlotGradients(), range: 0..<0, chunk: 1, selection: nil)
  }

  /// What attention reads with these queries, `[B, T, Hq, d]`; nil if there is nothing. Selected slots are copied.
  func columns(query: Tensor) -> DepthColumns? {
    guard let slots, !isEmpty else { return nil }
    guard let selection else { return DepthColumns(query: query, slots: slots, range: range, chunk: chunk) }
    let chosen = slots.selecting(selection)
    return DepthColumns(query: query, slots: chosen, range: 0..<chosen.capacity, chunk: chunk)
  }

  /// Lets `body` write the gradients of the slots in `columns`, or add them where it is told so.
  ///
  /// - Parameters:
  ///   - columns: this view's, as backward reads them.
  ///   - overwrites: whether `body` can write into a buffer with undefined contents; if not, it always adds.
  ///   - body: receives the buffer, of the sizes of that in `columns`, and whether it must add.
  func addGradients(of columns: DepthColumns, overwrites: Bool = true, _ body: (SlotBuffer, Bool) -> Void) {
    guard let slots, let selection else {
      if overwrites {
        let twin = gradients.twin(of: columns.slots, range: columns.range)
        body(twin.buffer, twin.adds)
      } else {
        body(gradients.addingTwin(of: columns.slots), true)
      }
      return
    }
    let chosen = overwrites ? columns.slots.emptyTwin() : columns.slots.zeroTwin()
    body(chosen, !overwrites)
    gradients.addingTwin(of: slots).add(chosen, selectedBy: selection)
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
  private var selection: SlotSelection?
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
    selection =
      window.isScored && capacity > 0 ? SlotSelection(window, batch: batch, tokens: tokens, heads: heads) : nil
  }

  /// What a block that runs now may read.
  public borrowing func read() -> DepthView {
    let first =
      switch window {
      case .all, .top, .lastAndTop: 0
      case .last(let slots): max(0, count - slots)
      }
    return DepthView(
      slots: slots, gradients: gradients, range: first..<count, chunk: chunk, selection: selection?.indices)
  }

  /// Writes the next slot.
  ///
  /// - Parameters:
  ///   - key: `[B, T, Hk, d]`, as readers score it.
  ///   - value: `[B, T, Hk, d]`.
  ///   - score: the utility by which readers choose, `[B, T, Hk]`; not read where they do not.
  /// - Precondition: a slot is left, and there is a score if the window chooses by it.
  public mutating func write(key: Variable, value: Variable, score: Variable? = nil) {
    guard let slots else { preconditionFailure("DepthStream.write: the stream has no slots") }
    precondition(count < slots.capacity, "DepthStream.write: all \(slots.capacity) slots are written")
    let slot = count
    slots.write(slot: slot, keys: key.value, values: value.value)
    count += 1
    if selection != nil {
      guard let score else { preconditionFailure("DepthStream.write: \(window) wants a score for each slot") }
      selection?.append(score.value)
    }
    guard let tape else { return }
    // Every reader was recorded after this write, so the walk back meets it when the slot's gradient is complete.
    let (keyTarget, valueTarget) = (key.target, value.target)
    tape.recordEffect("depthWrite") { [gradients] accumulate in
      guard let twin = gradients.existing else { return }
      accumulate.add(to: [keyTarget, valueTarget]) { twin.add(slot: slot, keysInto: $0[0], valuesInto: $0[1]) }
    }
  }

  /// Writes an entry as the next slot.
  mutating func write(_ entry: SlotEntry) { write(key: entry.key, value: entry.value, score: entry.score) }
}
