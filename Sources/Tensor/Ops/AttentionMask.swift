// Which keys a query of attention sees: causal, full, a sliding window, documents packed into one row.
// Not here: how the kernels skip what is hidden (CKernels), and depth slots (their own range).

/// Which keys a query sees.
public enum AttentionMask: Sendable, Equatable {
  /// Query t of T sees the keys 0…(S − T + t) of S: with S > T the queries are the last T positions, as in decoding.
  case causal
  /// Every query sees every key.
  case full
  /// Of what `.causal` shows, the last `keys` keys: a sliding window that includes the query's own position.
  case window(Int)
  /// Of what another mask shows, the keys of the query's own document. Needs as many keys as queries.
  indirect case documents(DocumentBoundaries, within: AttentionMask)

  /// The boundaries, if any, and the mask that they narrow.
  var parts: (documents: DocumentBoundaries?, mask: AttentionMask) {
    guard case .documents(let boundaries, let mask) = self else { return (nil, self) }
    return (boundaries, mask)
  }

  /// The keys that query `token` of batch entry `batch` sees.
  ///
  /// - Precondition: `token` < `tokens` ≤ `keys` for every mask but `.full`.
  package func visibleKeys(batch: Int, token: Int, tokens: Int, keys: Int) -> Range<Int> {
    switch self {
    case .causal: 0..<keys - tokens + token + 1
    case .full: 0..<keys
    case .window(let window): max(0, keys - tokens + token + 1 - window)..<keys - tokens + token + 1
    case .documents(let boundaries, let mask):
      mask.visibleKeys(batch: batch, token: token, tokens: tokens, keys: keys)
        .clamped(to: boundaries.document(batch: batch, token: token))
    }
  }
}

/// Where the documents of packed rows begin and end: sequences of variable length in one `[B, T]` batch.
public struct DocumentBoundaries: Sendable, Equatable {
  /// Of every token, the first token of its document and the one after its last, `[B, T]` each.
  let begin, end: IndexTensor

  init(begin: IndexTensor, end: IndexTensor) {
    self.begin = begin
    self.end = end
  }

  /// Documents by their lengths.
  ///
  /// - Parameter lengths: the lengths of the documents of each row, in order.
  /// - Precondition: every length is at least 1, and those of each row sum to the same number of tokens.
  public init(lengths: [[Int]]) {
    let tokens = lengths.first?.reduce(0, +) ?? 0
    precondition(
      lengths.allSatisfy { row in row.allSatisfy { $0 >= 1 } && row.reduce(0, +) == tokens },
      "DocumentBoundaries: expected positive lengths with equal sums, got \(lengths.map { $0.reduce(0, +) })")
    var begin: [Int32] = [], end: [Int32] = []
    for row in lengths {
      var first = 0
      for length in row {
        begin += repeatElement(Int32(first), count: length)
        end += repeatElement(Int32(first + length), count: length)
        first += length
      }
    }
    self.begin = IndexTensor(begin, shape: [lengths.count, tokens])
    self.end = IndexTensor(end, shape: [lengths.count, tokens])
  }

  /// Rows and tokens, `[B, T]`.
  public var shape: Shape { begin.shape }

  /// The tokens of the document that holds `token`.
  package func document(batch: Int, token: Int) -> Range<Int> {
    let at = batch * shape[1] + token
    return begin.withElements { Int($0[at]) }..<end.withElements { Int($0[at]) }
  }

  /// Equal boundaries.
  public static func == (a: DocumentBoundaries, b: DocumentBoundaries) -> Bool {
    a.shape == b.shape && a.begin.elements == b.begin.elements && a.end.elements == b.end.elements
  }
}
