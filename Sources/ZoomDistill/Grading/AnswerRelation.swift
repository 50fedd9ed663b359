// How two answers stand to each other: the same, different, or open to someone who understands words.
// Not here: normal forms (AnswerNormalization.swift), groups of many answers (AnswerCluster.swift).

/// Why rules alone cannot tell whether two answers are the same.
public enum AnswerDoubt: String, Codable, Hashable, Sendable {
  /// One contains the other: `red`, `red and white`; `Sun`, `Sunday`.
  case containment
  /// They are spelt almost alike, or differ in spaces and punctuation only.
  case spelling
  /// The same number, where a unit is missing or unknown.
  case units
  /// Different words, which may be synonyms.
  case wording
}

/// How two answers stand to each other.
public enum AnswerRelation: Hashable, Sendable {
  /// The same answer.
  case same
  /// Answers that exclude each other: two numbers, two colours, yes and no.
  case different
  /// Rules cannot tell.
  case open(AnswerDoubt)

  /// Compares two answers by their normal forms.
  public init(_ first: String, _ second: String) {
    self.init(
      AnalyzedAnswer(first), AnalyzedAnswer(second))
  }

  /// Compares two answers that were analysed before.
  init(_ a: AnalyzedAnswer, _ b: AnalyzedAnswer) {
    if a.form == b.form {
      self = .same
    } else if let x = a.quantity, let y = b.quantity {
      switch x.comparison(y) {
      case .same: self = .same
      case .different: self = .different
      case .open: self = .open(.units)
      }
    } else if Self.excludes(a, b) {
      self = .different
    } else if a.squeezed == b.squeezed {
      self = .open(.spelling)
    } else if Self.contains(a, b) || Self.contains(b, a) {
      self = .open(.containment)
    } else if Self.isAlmost(a.squeezed, b.squeezed) {
      self = .open(.spelling)
    } else {
      self = .open(.wording)
    }
  }

  /// Words of which only one can be right.
  private static let vocabularies: [Set<String>] = [
    AnswerNormalization.colors, ["yes", "no"], ["true", "false"], ["left", "right"], ["top", "bottom"], ["up", "down"],
    ["horizontal", "vertical"], ["open", "closed"], ["north", "south", "east", "west"],
  ]

  private static func excludes(_ a: AnalyzedAnswer, _ b: AnalyzedAnswer) -> Bool {
    if vocabularies.contains(where: { $0.contains(a.form) && $0.contains(b.form) }) { return true }
    let colors = (Set(a.words), Set(b.words))
    if colors.0.union(colors.1).isSubset(of: AnswerNormalization.colors) {
      return !colors.0.isSubset(of: colors.1) && !colors.1.isSubset(of: colors.0)
    }
    // Letters and digits read off a sign are right or wrong.
    if a.form.count == 1 && b.form.count == 1 { return true }
    guard a.squeezed != b.squeezed else { return false }
    if !a.numbers.isEmpty && !b.numbers.isEmpty {
      return !isSubset(a.numbers, b.numbers) && !isSubset(b.numbers, a.numbers)
    }
    return !a.digits.isEmpty && !b.digits.isEmpty && !a.digits.contains(b.digits) && !b.digits.contains(a.digits)
  }

  private static func isSubset(_ part: [String], _ whole: [String]) -> Bool {
    var left = whole
    for number in part {
      guard let index = left.firstIndex(of: number) else { return false }
      left.remove(at: index)
    }
    return true
  }

  /// Whether the words of one stand together in the other, or its letters begin or fill a longer word.
  private static func contains(_ long: AnalyzedAnswer, _ short: AnalyzedAnswer) -> Bool {
    guard !short.words.isEmpty, long.words.count >= short.words.count else { return false }
    if (0...(long.words.count - short.words.count)).contains(where: { start in
      long.words[start..<(start + short.words.count)].elementsEqual(short.words)
    }) {
      return true
    }
    return short.squeezed.count >= 3 && long.squeezed.contains(short.squeezed)
  }

  /// One difference in words of at least four letters, two from eight letters on.
  private static func isAlmost(_ a: String, _ b: String) -> Bool {
    let length = min(a.count, b.count)
    guard length >= 4, max(a.count, b.count) <= 64 else { return false }
    return editDistance(Array(a), Array(b)) <= (length >= 8 ? 2 : 1)
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other.
  ///
  /// > Source: Damerau, "A technique for computer detection and correction of spelling errors", 1964; the restricted
  /// > form, in which no part is edited twice.
  package static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}

/// An answer with everything that comparisons look at.
struct AnalyzedAnswer {
  let form: String
  let words: [String]
  let quantity: AnswerQuantity?
  let numbers: [String]
  /// Letters and digits alone.
  let squeezed: String
  /// The digits alone.
  let digits: String

  init(_ text: String) {
    form = AnswerNormalization.form(of: text)
    words = AnswerNormalization.words(of: text)
    quantity = AnswerNormalization.quantity(words)
    numbers = AnswerNormalization.numbers(words)
    let letters = form.filter { $0.isLetter || $0.isNumber }
    squeezed = letters.isEmpty ? form : letters
    digits = form.filter(\.isNumber)
  }
}
