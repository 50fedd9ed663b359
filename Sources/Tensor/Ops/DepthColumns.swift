// Depth slots as attention reads them, and the ways to evaluate them.
// Not here: their memory (SlotBuffer.swift) and the evaluation (Attention.swift, Attention+Strategies.swift).

/// Slots that take part in a query's softmax beside the sequence keys.
public struct DepthColumns: Sendable {
  /// Queries that are scored against slot keys, `[B, T, Hq, d]`.
  public let query: Tensor
  /// The slots' keys and values.
  public let slots: SlotBuffer
  /// The slots that are visible, the same for every token.
  public let range: Range<Int>
  /// Tokens whose slots a token may see: with 1 its own, with n those of the tokens up to itself in its aligned run of
  /// n tokens.
  ///
  /// > Source: the chunk-visible variant of the project's specification of arXiv 2603.15619, section 2.8.
  public let chunk: Int

  /// Visible slots and the queries against them.
  ///
  /// - Parameters:
  ///   - query: `[B, T, Hq, d]`.
  ///   - slots: a buffer whose slots `range` are written.
  ///   - range: the visible slots; empty for none.
  ///   - chunk: tokens of a chunk, which share their slots; 1 for a token's own alone.
  /// - Precondition: `range` lies within the capacity, the query's shape fits the buffer and `chunk` ≥ 1.
  public init(query: Tensor, slots: SlotBuffer, range: Range<Int>, chunk: Int = 1) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= slots.capacity,
      "DepthColumns: slots \(range) of a buffer with \(slots.capacity)")
    precondition(
      query.shape.rank == 4 && query.shape[0] == slots.batch && query.shape[1] == slots.tokens
        && query.shape[2].isMultiple(of: max(1, slots.heads)) && query.shape[3] == slots.headWidth,
      "DepthColumns: query \(query.shape) against slots of \(slots.slotShape)")
    precondition(chunk >= 1, "DepthColumns: a chunk of \(chunk) tokens")
    self.query = query
    self.slots = slots
    self.range = range
    self.chunk = chunk
  }

  /// The tokens whose slots `token` sees.
  package func visibleTokens(_ token: Int) -> Range<Int> { token / chunk * chunk..<token + 1 }

  /// Whether the row kernels evaluate these slots: they know a token's own column alone.
  func isExact(_ strategy: DepthStrategy) -> Bool { strategy == .exactRows && chunk == 1 }
}

/// How depth slots are evaluated: the rungs of the paper's kernel ablation and one below them.
///
/// All give the same result but for rounding; they differ in the columns that are computed and then masked. With a tile
/// of C folded rows, G query heads for each key head, T tokens and N slots:
///
/// > Source: arXiv 2603.15619, Table 7; the project's specification, section 2.1.
public enum DepthStrategy: String, CaseIterable, Sendable, Codable {
  /// Token by token: gather, one row of concatenated scores, softmax; as one would write it with a framework's parts.
  case naive
  /// All slots as one axis of T·N columns, scanned by every tile and masked.
  case wholeAxis
  /// The same axis; a tile scans C·N columns from its first token on, as if each of its rows were a token.
  case chunkAware
  /// A tile scans the columns of its own C/G tokens.
  case groupAware
  /// Each token's G rows against its N columns, nothing masked; of chunks of several tokens, as `groupAware`.
  case exactRows
}
