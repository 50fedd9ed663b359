// The normal form of short answers: texts that say the same in the same words have one form.
// Not here: how two different forms stand to each other (AnswerRelation.swift).

import Foundation

/// Brings short answers into a form in which equal answers are equal texts.
///
/// What is made equal: letter case, Unicode compatibility forms, quotes, punctuation at the edges of words, articles,
/// number words and digits (`three`, `3`, `3.0`), thousands separators, names of units and currencies and where they
/// stand, British and American spellings of colours, the order of colours in a list, synonyms of yes and no.
///
/// What stays different on purpose: units (5 meters, 5 feet), words that contain each other (`Sunday`, `Sun`), ordinals
/// and numbers, accents, digits of codes (`007`, `7`), different colours however near (`crimson`, `red`), singular and
/// plural. The plural is dropped only for a noun that a number counts (`3 birds`, `3 bird`): there nothing is lost,
/// while among names and read texts the `s` is part of the answer (`Wells`, `Well`).
public enum AnswerNormalization {
  /// Names of plain colours.
  static let colors: Set<String> = [
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray",
  ]
  private static let shades: Set<String> = ["light", "dark", "bright", "pale", "deep"]
  private static let spellings: [String: String] = [
    "grey": "gray", "greyish": "grayish", "colour": "color", "colours": "color", "colors": "color",
    "coloured": "colored", "centre": "center", "yeah": "yes", "yep": "yes", "yup": "yes", "nope": "no", "nah": "no",
    "offwhite": "off white",
  ]

  /// The normal form of an answer; empty only for a text without any visible character.
  public static func form(of answer: String) -> String {
    let words = words(of: answer)
    if !words.isEmpty { return words.joined(separator: " ") }
    // Nothing but punctuation: then the punctuation is the answer.
    return answer.prefix(AnswerText.limit).lowercased().filter { !$0.isWhitespace }
  }

  /// The words of the normal form.
  static func words(of answer: String) -> [String] {
    var tokens = AnswerText.tokens(answer).flatMap(AnswerUnits.detached).flatMap(spelled)
    tokens = AnswerNumbers.replacingWords(tokens)
    tokens = AnswerUnits.withCurrencyBehind(tokens)
    let words = counted(withoutArticles(tokens).map(\.text))
    return colored(words) ?? words
  }

  /// The answer as one number with a unit or a counted noun; nil if it is anything else.
  static func quantity(_ answer: String) -> AnswerQuantity? { quantity(words(of: answer)) }

  /// The words of a normal form as one number with a unit or a counted noun.
  static func quantity(_ words: [String]) -> AnswerQuantity? {
    guard let first = words.first, let number = AnswerNumbers.canonical(first) else { return nil }
    let rest = words.dropFirst()
    guard rest.count <= 3, rest.allSatisfy({ AnswerNumbers.canonical($0) == nil }) else { return nil }
    return AnswerQuantity(number: number, unit: rest.joined(separator: " "))
  }

  /// All numbers of an answer in canonical digits.
  static func numbers(_ words: [String]) -> [String] { words.compactMap { AnswerNumbers.canonical($0) } }

  private static func spelled(_ token: AnswerToken) -> [AnswerToken] {
    if let known = spellings[token.text] {
      return known.split(separator: " ").map { AnswerToken(text: String($0), isUpper: token.isUpper) }
    }
    for shade in ["light", "dark"] where token.text.hasPrefix(shade) {
      let rest = String(token.text.dropFirst(shade.count))
      let color = spellings[rest] ?? rest
      if colors.contains(color) { return [AnswerToken(text: shade), AnswerToken(text: color)] }
    }
    return [token]
  }

  /// `a` is an article in front of a word of several letters, at the beginning or in lower case; in a text of
  /// capitals it may be a name.
  private static func withoutArticles(_ tokens: [AnswerToken]) -> [AnswerToken] {
    let isCapitals = tokens.allSatisfy { $0.isUpper || !$0.text.contains(where: \.isLetter) }
    return tokens.enumerated().filter { index, token in
      guard index + 1 < tokens.count else { return true }
      switch token.text {
      case "the", "an": return false
      case "a":
        let next = tokens[index + 1].text
        guard next.count > 1, next.allSatisfy(\.isLetter), !isCapitals else { return true }
        return token.isUpper && index > 0
      default: return true
      }
    }.map(\.element)
  }

  /// A number in front: the unit in its canonical name, or the counted noun in the singular.
  private static func counted(_ words: [String]) -> [String] {
    guard words.count > 1, words[0].contains(where: \.isNumber) else { return words }
    if let unit = AnswerUnits.unit(Array(words.dropFirst())) { return [words[0], unit] }
    guard let last = words.last, AnswerNumbers.canonical(words[0]) != nil else { return words }
    return words.dropLast() + [AnswerPlurals.singular(last)]
  }

  /// A list of colours in alphabetical order without filling words; nil for anything else.
  private static func colored(_ words: [String]) -> [String]? {
    let filling: Set<String> = ["color", "colored", "in", "and"]
    let parts = words.flatMap { $0.split(separator: "/").map { spellings[String($0)] ?? String($0) } }
    let named = parts.filter { !filling.contains($0) }
    guard named.contains(where: colors.contains), named.allSatisfy({ colors.contains($0) || shades.contains($0) })
    else { return nil }
    guard !named.contains(where: shades.contains) else {
      // A shade belongs to the colour behind it: only one such name has no order.
      return named.filter(colors.contains).count == 1 ? named : nil
    }
    return Array(Set(named)).sorted()
  }
}
