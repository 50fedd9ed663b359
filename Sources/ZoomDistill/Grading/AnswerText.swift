// Answers cut into words: the part of normalization that looks at characters.
// Not here: what words mean (AnswerNumbers.swift, AnswerUnits.swift, AnswerNormalization.swift).

import Foundation

/// One word, number or symbol of an answer.
struct AnswerToken: Equatable {
  /// The word in lower case.
  var text: String
  /// Whether it was written in capitals only.
  var isUpper = false
}

/// Cuts text into words.
enum AnswerText {
  /// Longer texts are no short answers; what is beyond is not looked at.
  static let limit = 4096

  /// Characters that stay where they join two letters or digits.
  private static let joiners: Set<Unicode.Scalar> = [".", ",", "'", "-", ":", "/", "&", "_", "@", "*", "^", "+", "="]

  /// The words of a text, punctuation dropped where it carries no meaning.
  static func tokens(_ text: String) -> [AnswerToken] {
    var scanner = TokenScanner(scalars: prepared(text))
    return scanner.scan().map(withoutAcronymDots)
  }

  /// Compatibility forms, plain quotes and dashes, ASCII digits, no invisible characters, no LaTeX wrappers.
  static func prepared(_ text: String) -> [Unicode.Scalar] {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar {
      // Exponents and fractions would melt into the number before them.
      case "\u{B2}", "\u{B3}", "\u{B9}", "\u{2070}"..."\u{2079}": kept.append("^")
      case "\u{BC}"..."\u{BE}", "\u{2150}"..."\u{215E}": kept.append(" ")
      default: break
      }
      if scalar.properties.generalCategory != .format { kept.append(scalar) }
    }
    let composed = withoutMarkup(String(kept).precomposedStringWithCompatibilityMapping)
    return composed.unicodeScalars.map(plain)
  }

  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}", "\u{2032}", "\u{B4}", "`": return "'"
    case "\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "\u{2033}", "\u{AB}", "\u{BB}": return "\""
    case "\u{2010}"..."\u{2015}", "\u{2212}": return "-"
    case "\u{2044}": return "/"
    default: break
    }
    guard scalar.value > 0x7F, scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue
    else { return scalar }
    return Unicode.Scalar(UInt8(0x30 + Int(value)))
  }

  /// Drops the LaTeX that models wrap short answers in; braces go with the punctuation.
  private static func withoutMarkup(_ text: String) -> String {
    var result = text
    if result.contains("\\") {
      for (command, plain) in [
        ("^{\\circ}", "°"), ("^\\circ", "°"), ("\\$", "$"), ("\\%", "%"), ("\\text", " "), ("\\mathrm", " "),
        ("\\mathbf", " "), ("\\textbf", " "), ("\\textit", " "), ("\\mathit", " "), ("\\,", " "),
      ].sorted(by: { $0.0.count > $1.0.count }) {
        result = result.replacing(command, with: plain)
      }
    }
    let trimmed = result.trimmingCharacters(in: .whitespacesAndNewlines)
    let isFormula = trimmed.count > 2 && trimmed.hasPrefix("$") && trimmed.hasSuffix("$")
    return isFormula ? String(trimmed.drop { $0 == "$" }.reversed().drop { $0 == "$" }.reversed()) : result
  }

  /// `u.s.a` becomes `usa`, `3.5` and `www.site.org` stay.
  private static func withoutAcronymDots(_ token: AnswerToken) -> AnswerToken {
    let parts = token.text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, parts.allSatisfy({ $0.count == 1 && ($0.first?.isLetter ?? false) }) else { return token }
    return AnswerToken(text: parts.joined(), isUpper: token.isUpper)
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isDigit(scalar) || isLetter(scalar) }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber: return true
    default: return scalar.properties.isAlphabetic
    }
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      ? ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) : isWord(scalar) && !isDigit(scalar)
  }

  /// Whether `joiner` stays between two characters, as in `3.5`, `10:30`, `km/h`, `9**9`.
  static func joins(_ joiner: Unicode.Scalar, _ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    guard joiners.contains(joiner) else { return false }
    switch joiner {
    case ",", ":": return isDigit(left) && isDigit(right)
    case "-": return isDigit(left) || isDigit(right)
    // Inside a word it is spelling, behind a digit it is a unit.
    case "'": return !isDigit(left)
    default: return true
    }
  }
}

/// One pass over the characters of an answer.
private struct TokenScanner {
  let scalars: [Unicode.Scalar]
  private var tokens: [AnswerToken] = []
  private var position = 0
  private var opensDouble = false
  private var opensSingle = false

  init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func scan() -> [AnswerToken] {
    while position < scalars.count {
      let scalar = scalars[position]
      if AnswerText.isWord(scalar) || startsNumber {
        word()
      } else {
        symbol(scalar)
        position += 1
      }
    }
    return tokens
  }

  private func at(_ index: Int) -> Unicode.Scalar? { scalars.indices.contains(index) ? scalars[index] : nil }

  private var previousIsWord: Bool { at(position - 1).map(AnswerText.isWord) ?? false }

  /// A sign or a decimal point right before a digit and after no word: `-5`, `.5`.
  private var startsNumber: Bool {
    guard !previousIsWord, let next = at(position + 1) else { return false }
    let previousIsPoint = at(position - 1) == "." || at(position - 1) == "-"
    switch scalars[position] {
    case "-":
      return !previousIsPoint
        && (AnswerText.isDigit(next) || next == "." && (at(position + 2).map(AnswerText.isDigit) ?? false))
    case ".": return at(position - 1) != "." && AnswerText.isDigit(next)
    default: return false
    }
  }

  private mutating func word() {
    var word = String.UnicodeScalarView()
    if scalars[position] == "-" {
      word.append("-")
      position += 1
    }
    if scalars[position] == "." {
      word.append(contentsOf: "0.".unicodeScalars)
      position += 1
    }
    while let scalar = at(position) {
      if AnswerText.isWord(scalar) {
        word.append(scalar)
        position += 1
      } else if let end = joinerEnd(), let left = word.last, let right = at(end),
        AnswerText.joins(scalar, left, right)
      {
        if scalar != "'" { word.append(contentsOf: scalars[position..<end]) }
        position = end
      } else {
        break
      }
    }
    while at(position) == "+" {
      word.append("+")
      position += 1
    }
    let text = String(word)
    let isUpper = text.contains(where: \.isLetter) && text == text.uppercased()
    tokens.append(AnswerToken(text: text.lowercased(), isUpper: isUpper))
  }

  /// The end of a run of joiners that a word character follows.
  private func joinerEnd() -> Int? {
    guard let first = at(position) else { return nil }
    var end = position + 1
    while first == "*" && at(end) == "*" { end += 1 }
    return at(end).map(AnswerText.isWord) == true ? end : nil
  }

  private mutating func symbol(_ scalar: Unicode.Scalar) {
    let followsDigit = at(position - 1).map(AnswerText.isDigit) ?? false
    switch scalar {
    case "\"":
      if followsDigit && !opensDouble { return tokens.append(AnswerToken(text: "inch")) }
      opensDouble.toggle()
    case "'":
      if followsDigit && !opensSingle { return tokens.append(AnswerToken(text: "foot")) }
      opensSingle.toggle()
    case "%": tokens.append(AnswerToken(text: "%"))
    case "&": tokens.append(AnswerToken(text: "and"))
    case "°":
      // The letter of the scale belongs to the sign.
      if let next = at(position + 1), "cCfF".unicodeScalars.contains(next),
        !(at(position + 2).map(AnswerText.isWord) ?? false)
      {
        position += 1
        tokens.append(AnswerToken(text: "°" + String(next).lowercased()))
      } else {
        tokens.append(AnswerToken(text: "°"))
      }
    case "|", "^", "`", "\\": break
    default:
      switch scalar.properties.generalCategory {
      case .currencySymbol, .mathSymbol, .otherSymbol: tokens.append(AnswerToken(text: String(scalar)))
      default: break
      }
    }
  }
}
