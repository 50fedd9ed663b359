// The last word of a passage of held-out text, among words of similar frequency.
// Not here: the corpus itself (Data/TextCorpus.swift).
import Foundation
import Tensor
import Text

/// Passages of held-out documents that end with a sentence.
///
/// > Source: after arXiv 1606.06031, as a choice among four.
struct LastWord {
  /// Words of the context.
  static let words = 30...60
  /// Wrong words come from this many ranks of frequency on either side.
  static let ranks = 40

  private struct Passage {
    let context: String
    let word: String
    let domain: String
  }

  private let path: String
  private let passages: [Passage]
  /// Words by falling frequency, ties by spelling; and their ranks.
  private let ranked: [String]
  private let rank: [String: Int]

  /// Reads the test split of every domain, or the validation split where there is no test split.
  ///
  /// - Throws: `CorpusError` and errors of reading.
  init(corpus path: String) throws {
    let corpus = try TextCorpus(path: path)
    var passages: [Passage] = []
    var counts: [String: Int] = [:]
    for domain in corpus.domains {
      for document in try corpus.heldOut(domain) {
        let words = document.split(whereSeparator: \.isWhitespace).map(String.init)
        for word in words { if let plain = Self.plain(word) { counts[plain, default: 0] += 1 } }
        passages += Self.passages(of: words, domain: domain)
      }
    }
    self.path = path
    self.passages = passages
    ranked = counts.keys.sorted { (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1) }
    rank = Dictionary(uniqueKeysWithValues: ranked.enumerated().map { ($1, $0) })
  }

  /// A word in lower case of three letters or more, without punctuation behind it; nil for anything else.
  static func plain(_ word: String) -> String? {
    let bare = word.hasSuffix(",") || word.hasSuffix(".") ? String(word.dropLast()) : word
    return bare.utf8.count >= 3 && bare.utf8.allSatisfy { (0x61...0x7A).contains($0) } ? bare : nil
  }

  /// One passage for each end of a sentence that has enough words before it, without overlap.
  private static func passages(of words: [String], domain: String) -> [Passage] {
    var found: [Passage] = []
    var start = 0
    for (index, word) in words.enumerated() where word.hasSuffix(".") {
      let count = index - start
      if count >= words.count || count < Self.words.lowerBound { continue }
      if let last = plain(word) {
        found.append(
          Passage(
            context: words[max(start, index - Self.words.upperBound)..<index].joined(separator: " "), word: last,
            domain: domain))
      }
      start = index + 1
    }
    return found
  }

  /// Documents in a random order of the passages.
  ///
  /// - Throws: ``TaskError/tooLittleText(task:path:documents:wanted:)`` where there are fewer passages.
  func documents(count: Int, random: RandomSource) throws -> [TaskDocument] {
    var source = random.split("order")
    let order = source.shuffled(passages)
    // A corpus may be smaller than the standard number; a tenth of it still says something.
    guard order.count >= min(count, GeneratedTask.standardCount / 10), ranked.count > 3 else {
      throw TaskError.tooLittleText(
        task: GeneratedTask.lastWord.rawValue, path: path, documents: order.count, wanted: count)
    }
    return order.prefix(count).enumerated().map { number, passage in
      var random = random.split(number)
      let place = rank[passage.word] ?? 0
      // At either end of the list the window moves inwards.
      let first = max(0, min(place - Self.ranks, ranked.count - 2 * Self.ranks - 1))
      let near = ranked[first..<min(ranked.count, first + 2 * Self.ranks + 1)].filter { $0 != passage.word }
      let (choices, label) = random.mixed(
        " \(passage.word)", random.sample(Array(near), 3).map { " \($0)" })
      return TaskDocument(
        number: number, group: passage.domain, context: passage.context, continuations: choices, label: label)
    }
  }
}
