// Pairs of neighbouring words that a question can be asked about without a region: the first occurs once.
// Not here: the question (WordQuestion.swift), items and crops (BundleWriter+Pages.swift).

import Foundation
package import Media
package import Tensor

/// A word that occurs once in its picture, with the one after it in the same line.
package struct WordPair: Hashable, Sendable {
  /// The word that a question quotes.
  package let quoted: PictureWord
  /// The word that it asks for.
  package let answer: PictureWord

  /// Where both words are, in pixels.
  package var box: BoundingBox {
    BoundingBox(
      left: min(quoted.box.left, answer.box.left), top: min(quoted.box.top, answer.box.top),
      right: max(quoted.box.right, answer.box.right), bottom: max(quoted.box.bottom, answer.box.bottom))
  }

  /// The height of the higher word in pixels.
  package var height: Double { max(quoted.box.height, answer.box.height) }

  /// All pairs of a picture. They stand in one line with less than two heights between them, and lie in the picture. The
  /// quoted word is letters alone, so that there is one way to write it, and no second half of a divided word; the answer
  /// is letters with hyphens or apostrophes inside, and marks behind. Both have 2 to 20 letters.
  package static func all(_ words: [PictureWord], in size: ImageSize) -> [WordPair] {
    let counts = Dictionary(words.map { ($0.form, 1) }, uniquingKeysWith: +)
    return words.indices.dropLast().compactMap { index in
      let pair = WordPair(quoted: words[index], answer: words[index + 1])
      let isDivided = index > 0 && words[index - 1].text.last == "-" || pair.answer.text.last == "-"
      guard counts[pair.quoted.form] == 1, !isDivided, pair.hasPlainWords, pair.isOneLine,
        pair.box.left >= 0, pair.box.top >= 0, pair.box.right <= Double(size.width),
        pair.box.bottom <= Double(size.height)
      else { return nil }
      return pair
    }
  }

  private var hasPlainWords: Bool {
    let bare = answer.bare
    return (2...20).contains(quoted.text.count) && (2...20).contains(bare.count)
      && quoted.text.allSatisfy { $0.isASCII && $0.isLetter }
      && bare.allSatisfy { $0.isASCII && $0.isLetter || "-'’".contains($0) }
      && answer.text.hasPrefix(bare) && answer.text.dropFirst(bare.count).allSatisfy { ".,;:!?)".contains($0) }
  }

  private var isOneLine: Bool {
    let shared = min(quoted.box.bottom, answer.box.bottom) - max(quoted.box.top, answer.box.top)
    let gap = answer.box.left - quoted.box.right
    let least = min(quoted.box.height, answer.box.height)
    return least > 0 && shared > least / 2 && gap >= 0 && gap < 2 * height
  }

  /// Pairs of different heights in different places: one of each part of the heights, of eight draws the one that lies
  /// farthest from those before it. Two of them never share a word.
  ///
  /// - Parameters:
  ///   - pairs: what there is to draw from.
  ///   - count: how many at most.
  ///   - random: the draws.
  package static func drawn(_ pairs: [WordPair], count: Int, random: inout RandomSource) -> [WordPair] {
    precondition(count >= 1, "WordPair.drawn: expected a pair or more, got \(count)")
    let sorted = pairs.enumerated().sorted { ($0.element.height, $0.offset) < ($1.element.height, $1.offset) }
      .map(\.element)
    var chosen: [WordPair] = []
    for part in 0..<count {
      let range = sorted.count * part / count..<sorted.count * (part + 1) / count
      let free = random.shuffled(Array(sorted[range])).filter { pair in
        !chosen.contains { pair.box.intersection($0.box).area > 0 }
      }
      func distance(_ pair: WordPair) -> Double {
        chosen.map { hypot(pair.middle.x - $0.middle.x, pair.middle.y - $0.middle.y) }.min() ?? 0
      }
      let best = free.prefix(8).enumerated().max {
        (distance($0.element), -$0.offset) < (distance($1.element), -$1.offset)
      }
      if let best { chosen.append(best.element) }
    }
    return chosen
  }

  private var middle: (x: Double, y: Double) { ((box.left + box.right) / 2, (box.top + box.bottom) / 2) }
}
