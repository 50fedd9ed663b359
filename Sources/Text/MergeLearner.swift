// Lives here: learning merges from word counts, with the queue and the tie-breaking of the reference library.
// Not here: counting words (WordCounts.swift) and what a vocabulary is (BytePairVocabulary.swift).

internal import HeapModule

/// Learns merges: takes the most frequent pair, joins it in every word that has it, and adjusts the counts around it.
///
/// A queue entry holds the words in which its pair was seen when the entry was made. A pair that comes up again later
/// (because two merges give the same text) gets a further entry with only the new words, and the count of a merged
/// pair is kept; both decide what the reference learns from then on, so both are done here.
///
/// > Source: `BpeTrainer::do_train` of the reference library, version 0.23.
struct MergeLearner {
  /// A pair that can be merged; the greatest has the highest count, then the smallest pair, then is the oldest.
  private struct Candidate: Comparable {
    var count: Int
    let pair: TokenPair
    let places: Int

    static func < (first: Candidate, second: Candidate) -> Bool {
      if first.count != second.count { return first.count < second.count }
      if first.pair != second.pair { return first.pair > second.pair }
      return first.places > second.places
    }
  }

  /// Token texts by identifier.
  private(set) var texts: [String]
  /// Learned merges in order.
  private(set) var merges: [TokenPair] = []

  private var strings = ByteStringTable()
  /// Tokens of all words, one behind the other; a word shrinks in its place.
  private var tokens: [Int32] = []
  private var starts: [Int] = []
  private var lengths: [Int] = []
  private let counts: [Int]
  private var pairCounts = PairTable()
  private var queue = Heap<Candidate>()
  /// Words of each queue entry; emptied when the entry is done.
  private var places: [[Int32]] = []
  /// Index into `places` + 1 of pairs that came up since the queue was last fed; 0 for others.
  private var openPlaces = PairTable()
  private var openPairs: [TokenPair] = []

  /// - Parameters:
  ///   - counts: pieces and how often they occur.
  ///   - byteTokens: identifier of each byte.
  ///   - texts: token texts that exist already.
  init(counts: WordCounts, byteTokens: [Int32], texts: [String]) {
    self.texts = texts
    self.counts = counts.counts
    for text in texts { _ = strings.insert(text.utf8.span) }
    tokens = counts.words.joined.map { byteTokens[Int($0)] }
    for word in 0..<counts.words.count {
      let range = counts.words.range(of: word)
      starts.append(range.lowerBound)
      lengths.append(range.count)
      for index in range.dropLast() {
        change(TokenPair(tokens[index], tokens[index + 1]), by: 1, in: word)
      }
    }
  }

  /// Learns until the vocabulary has the size, or no pair is frequent enough.
  mutating func learn(
    vocabularySize: Int, minimumFrequency: Int, progress: ((BytePairTrainer.Progress) -> Void)?
  ) {
    let total = vocabularySize - texts.count
    feedQueue()
    while texts.count < vocabularySize, var candidate = queue.popMax() {
      let count = pairCounts[candidate.pair] ?? 0
      if candidate.count != count {
        candidate.count = count
        queue.insert(candidate)
        continue
      }
      guard count >= 1, count >= minimumFrequency else { break }
      let result = join(candidate.pair)
      merges.append(candidate.pair)
      let words = places[candidate.places]
      places[candidate.places] = []
      for word in words { merge(candidate.pair, into: result, word: Int(word)) }
      feedQueue()
      progress?(BytePairTrainer.Progress(merges: total - (vocabularySize - texts.count), total: total))
    }
  }

  /// Identifier of the token that a pair makes; new unless its text exists already.
  private mutating func join(_ pair: TokenPair) -> Int32 {
    let text = texts[Int(pair.left)] + texts[Int(pair.right)]
    let (index, isNew) = strings.insert(text.utf8.span)
    if isNew { texts.append(text) }
    return Int32(index)
  }

  /// Changes the count of a pair by occurrences in a word; a pair that gains is to be queued with that word.
  private mutating func change(_ pair: TokenPair, by occurrences: Int, in word: Int) {
    _ = pairCounts.add(occurrences * counts[word], to: pair)
    guard occurrences > 0 else { return }
    var index = (openPlaces[pair] ?? 0) - 1
    if index < 0 {
      index = places.count
      places.append([])
      openPlaces.set(pair, to: index + 1)
      openPairs.append(pair)
    }
    if places[index].last != Int32(word) { places[index].append(Int32(word)) }
  }

  /// Queues the pairs that came up since the last call.
  private mutating func feedQueue() {
    for pair in openPairs {
      let index = (openPlaces[pair] ?? 0) - 1
      openPlaces.set(pair, to: 0)
      let count = pairCounts[pair] ?? 0
      if count > 0 {
        queue.insert(Candidate(count: count, pair: pair, places: index))
      } else {
        places[index] = []
      }
    }
    openPairs.removeAll(keepingCapacity: true)
  }

  /// Joins a pair wherever it stands in a word, from left to right, and adjusts the counts of its neighbours.
  private mutating func merge(_ pair: TokenPair, into result: Int32, word: Int) {
    let start = starts[word]
    let end = start + lengths[word]
    let (left, right) = (pair.left, pair.right)
    var read = start
    var write = start
    while read < end {
      guard tokens[read] == left, read + 1 < end, tokens[read + 1] == right else {
        tokens[write] = tokens[read]
        read += 1
        write += 1
        continue
      }
      if write > start {
        change(TokenPair(tokens[write - 1], left), by: -1, in: word)
        change(TokenPair(tokens[write - 1], result), by: 1, in: word)
      }
      if read + 2 < end {
        change(TokenPair(right, tokens[read + 2]), by: -1, in: word)
        change(TokenPair(result, tokens[read + 2]), by: 1, in: word)
      }
      tokens[write] = result
      read += 2
      write += 1
    }
    lengths[word] = write - start
  }
}
