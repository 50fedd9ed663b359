// Questions about the words of a picture, and their true answers.
// Not here: the words (PictureWord.swift), which words are asked about (WordPair.swift).

import Foundation
package import Media

/// A question that the words of a picture can answer.
package enum WordQuestion: Hashable, Sendable {
  /// For the word right after a quoted one.
  case after(String)
  /// For what is written; `isOneWord` where it asks for a word or a number.
  case written(isOneWord: Bool)

  /// The question that a text asks; nil for all others.
  package init?(_ text: String) {
    if let match = text.firstMatch(of: /(?i)\bafter ["“]([^"“”]+)["”]/) {
      self = .after(String(match.1))
    } else if text.contains(/(?i)\b(?:what|which|read)\b.*\b(?:written|printed)\b/) {
      self = .written(isOneWord: text.contains(/(?i)\b(?:what|which) (?:(?:single|serial) )?(?:word|number)\b/))
    } else {
      return nil
    }
  }

  /// The question for the word after another, as text.
  package static func text(after word: String) -> String { "Which word comes right after \"\(word)\"?" }

  /// The true answer from the words whose centre lies in a part of the picture.
  ///
  /// The word after a quoted one is the next in reading order; both must be inside, and the quoted one there once.
  /// What is written is all words inside, and one word only if there is one.
  ///
  /// - Parameters:
  ///   - words: all words of the picture in reading order.
  ///   - part: what the question was asked about, in pixels.
  /// - Returns: nil where the words do not decide.
  package func answer(_ words: [PictureWord], in part: BoundingBox) -> String? {
    switch self {
    case .after(let quoted):
      let form = PictureWord(quoted, part).form
      let places = words.indices.filter { words[$0].form == form && Self.holds(part, words[$0].box) }
      guard places.count == 1, places[0] + 1 < words.count, Self.holds(part, words[places[0] + 1].box) else {
        return nil
      }
      return words[places[0] + 1].bare
    case .written(let isOneWord):
      let inside = words.filter { Self.holds(part, $0.box) }
      guard !inside.isEmpty, !isOneWord || inside.count == 1 else { return nil }
      return inside.map(\.text).joined(separator: " ")
    }
  }

  private static func holds(_ part: BoundingBox, _ box: BoundingBox) -> Bool {
    let (x, y) = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    return x >= part.left && x <= part.right && y >= part.top && y <= part.bottom
  }
}
