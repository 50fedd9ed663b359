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

  /// The same result with a queue of (rank, place): lowest rank first, leftmost among equal ones.
  private func mergeByHeap(_ piece: Span<UInt8>, to output: inout [Int32]) {
    let count = piece.count
    var tokens = piece.indices.map { byteTokens[Int(piece[$0])] }
    var next = Array(1...count)
    var previous = Array(-1..<(count - 1))
    // Merge of the token at a place with the one behind it; .max also marks places that were swallowed.
    var merges = [Int](repeating: .max, count: count)
    var queue = Heap<UInt64>()
    queue.reserveCapacity(count)
    let update = { (place: Int, merges: inout [Int], tokens: [Int32], next: [Int], queue: inout Heap<UInt64>) in
      merges[place] = next[place] < count ? merge(tokens[place], tokens[next[place]]) : .max
      if merges[place] != .max { queue.insert(UInt64(merges[place] >> 32) << 32 | UInt64(place)) }
    }
    for place in 0..<count { update(place, &merges, tokens, next, &queue) }
    while let entry = queue.popMin() {
      let place = Int(entry & 0xFFFF_FFFF)
      // Entries are not removed when a neighbour changes; those are recognised by their rank.
      guard merges[place] != .max, merges[place] >> 32 == Int(entry >> 32) else { continue }
      let swallowed = next[place]
      tokens[place] = Int32(truncatingIfNeeded: merges[place])
      next[place] = next[swallowed]
      merges[swallowed] = .max
      if next[place] < count { previous[next[place]] = place }
      update(place, &merges, tokens, next, &queue)
      if previous[place] >= 0 { update(previous[place], &merges, tokens, next, &queue) }
    }
    var place = 0
    while place < count {
      output.append(tokens[place])
      place = next[place]
    }
  }
}
