// Lives here: from the bytes of one piece to its tokens, by merging the pair of lowest rank until none is left.
// Not here: cutting text into pieces (PreTokenizer.swift).

internal import HeapModule

extension BytePairVocabulary {
  /// Pieces up to this many bytes are merged by scanning for the lowest rank, longer ones with a heap.
  private static let longestScan = 64

  /// Appends the tokens of one piece.
  ///
  /// - Complexity: O(n²) for n ≤ 64 bytes (a scan beats a heap there), O(n log n) above.
  func appendTokens(
    of piece: Span<UInt8>, to output: inout [Int32], workspace: inout EncodingWorkspace
  ) {
    guard piece.count > 1 else {
      if piece.count == 1 { output.append(byteTokens[Int(piece[0])]) }
      return
    }
    guard piece.count <= EncodingWorkspace.longestWord else { return appendMerged(piece, to: &output) }
    let hash = ByteStringTable.hash(piece)
    if workspace.appendTokens(of: piece, hash: hash, to: &output) { return }
    let start = output.count
    appendMerged(piece, to: &output)
    workspace.remember(piece, hash: hash, tokens: output[start...])
  }

  private func appendMerged(_ piece: Span<UInt8>, to output: inout [Int32]) {
    if options.ignoresMerges, let token = identifier(ofBytes: piece) {
      output.append(token)
    } else if piece.count <= Self.longestScan {
      mergeByScanning(piece, to: &output)
    } else {
      mergeByHeap(piece, to: &output)
    }
  }

  /// The merge of two neighbours: rank above, result below; `Int.max` if they do not merge.
  @inline(__always)
  private func merge(_ left: Int32, _ right: Int32) -> Int { ranks[TokenPair(left, right)] ?? .max }

  private func mergeByScanning(_ piece: Span<UInt8>, to output: inout [Int32]) {
    var tokens = InlineArray<64, Int32>(repeating: 0)
    // merges[i] is the merge of tokens[i] and tokens[i + 1].
    var merges = InlineArray<64, Int>(repeating: .max)
    var count = piece.count
    for index in 0..<count { tokens[index] = byteTokens[Int(piece[index])] }
    for index in 0..<(count - 1) { merges[index] = merge(tokens[index], tokens[index + 1]) }
    while true {
      var best = Int.max
      var place = 0
      for index in 0..<(count - 1) where merges[index] < best { (best, place) = (merges[index], index) }
      guard best != .max else { break }
      tokens[place] = Int32(truncatingIfNeeded: best)
      count -= 1
      for index in (place + 1)..<max(place + 1, count) {
        tokens[index] = tokens[index + 1]
        merges[index] = merges[index + 1]
      }
      merges[count - 1] = .max
      if place > 0 { merges[place - 1] = merge(tokens[place - 1], tokens[place]) }
      if place + 1 < count { merges[place] = merge(tokens[place], tokens[place + 1]) }
    }
    for index in 0..<count { output.append(tokens[index]) }
  }

  /// The same result with a queue.
  private func mergeByHeap(_ piece: Span<UInt8>, to output: inout [Int32]) {
    var merger = HeapMerger(tokens: piece.indices.map { byteTokens[Int(piece[$0])] }, ranks: ranks)
    merger.run()
    merger.appendTokens(to: &output)
  }
}

/// Merges a long piece with a queue of (rank, place): lowest rank first, leftmost among equal ones.
private struct HeapMerger {
  private var tokens: [Int32]
  private let ranks: PairTable
  /// Place behind a token and before it; the number of places and -1 at the ends.
  private var next: [Int]
  private var previous: [Int]
  /// Merge of the token at a place with the one behind it; .max if there is none or the place was swallowed.
  private var merges: [Int]
  private var queue = Heap<UInt64>()

  /// - Precondition: there is at least one token.
  init(tokens: [Int32], ranks: PairTable) {
    self.tokens = tokens
    self.ranks = ranks
    next = Array(1...tokens.count)
    previous = Array(-1..<(tokens.count - 1))
    merges = [Int](repeating: .max, count: tokens.count)
  }

  mutating func run() {
    for place in tokens.indices { queueMerge(at: place) }
    while let entry = queue.popMin() {
      let place = Int(entry & 0xFFFF_FFFF)
      // Entries are not removed when a neighbour changes; those are recognised by their rank.
      guard merges[place] != .max, merges[place] >> 32 == Int(entry >> 32) else { continue }
      let swallowed = next[place]
      tokens[place] = Int32(truncatingIfNeeded: merges[place])
      next[place] = next[swallowed]
      merges[swallowed] = .max
      if next[place] < tokens.count { previous[next[place]] = place }
      queueMerge(at: place)
      if previous[place] >= 0 { queueMerge(at: previous[place]) }
    }
  }

  private mutating func queueMerge(at place: Int) {
    merges[place] = next[place] < tokens.count ? ranks[TokenPair(tokens[place], tokens[next[place]])] ?? .max : .max
    if merges[place] != .max { queue.insert(UInt64(merges[place] >> 32) << 32 | UInt64(place)) }
  }

  func appendTokens(to output: inout [Int32]) {
    var place = 0
    while place < tokens.count {
      output.append(tokens[place])
      place = next[place]
    }
  }
}
