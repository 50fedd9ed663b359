// Numbers in answers: digits with separators, and number words. Text is read, nothing is ever computed from it.
// Not here: units (AnswerUnits.swift).

import Foundation

/// Reads numbers among the words of an answer.
enum AnswerNumbers {
  /// More digits than this are a code, not a quantity.
  private static let mostDigits = 24

  private static let small: [String: Int] = [
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
  ]
  private static let tens: [String: Int] = [
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
  ]
  private static let scales: [String: Decimal] = ["thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000]

  /// The canonical text of a number in digits (`1,234.50` → `1234.5`), or nil. Leading zeros mark a code: nil.
  static func canonical(_ token: String) -> String? {
    var digits = Substring(token)
    let isNegative = digits.hasPrefix("-")
    if isNegative { digits = digits.dropFirst() }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = integer(parts[0]) else { return nil }
    guard whole.count == 1 || !whole.hasPrefix("0") else { return nil }
    var fraction: Substring = ""
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      fraction = parts[1]
      while fraction.hasSuffix("0") { fraction = fraction.dropLast() }
    }
    guard whole.count + fraction.count <= mostDigits else { return nil }
    let text = fraction.isEmpty ? whole : whole + "." + fraction
    return isNegative && text != "0" ? "-" + text : text
  }

  /// Digits, in groups of three where there are commas.
  private static func integer(_ text: Substring) -> String? {
    let groups = text.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = groups.first, !first.isEmpty, groups.count == 1 || first.count <= 3,
      groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return nil }
    let digits = groups.joined()
    return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? digits : nil
  }

  /// The tokens with numbers in canonical digits and number words replaced by them; ordinals stay words.
  static func replacingWords(_ tokens: [AnswerToken]) -> [AnswerToken] {
    var result: [AnswerToken] = []
    var index = 0
    while index < tokens.count {
      if let (value, next) = number(tokens, index) {
        result.append(AnswerToken(text: value))
        index = next
      } else {
        result.append(tokens[index])
        index += 1
      }
    }
    return result
  }

  /// A number that begins at a token, and the token after it.
  private static func number(_ tokens: [AnswerToken], _ start: Int) -> (String, Int)? {
    let total: Decimal
    var next = start
    if let digits = canonical(tokens[start].text) {
      guard start + 1 < tokens.count, let scale = scale(tokens[start + 1].text), let value = Decimal(string: digits)
      else { return (digits, start + 1) }
      total = value * scale
      next = start + 2
    } else {
      guard var (value, end) = belowThousand(tokens, start).map({ (Decimal($0.0), $0.1) }) else { return nil }
      var sum: Decimal = 0
      var lastScale = Decimal.greatestFiniteMagnitude
      while end < tokens.count, let scale = scales[tokens[end].text], scale < lastScale {
        sum += value * scale
        lastScale = scale
        value = 0
        end += 1
        if let (more, after) = belowThousand(tokens, end) { (value, end) = (Decimal(more), after) }
      }
      total = sum + value
      next = end
    }
    return canonical("\(total)").map { ($0, next) }
  }

  private static func scale(_ word: String) -> Decimal? { word == "hundred" ? 100 : scales[word] }

  /// `one hundred and five`, `twenty one`, `a hundred`.
  private static func belowThousand(_ tokens: [AnswerToken], _ start: Int) -> (Int, Int)? {
    guard start < tokens.count else { return nil }
    var hundreds = 1
    var next = start
    if let (value, end) = belowHundred(tokens, start) {
      guard end < tokens.count, tokens[end].text == "hundred", value > 0 else { return (value, end) }
      (hundreds, next) = (value, end)
    } else {
      guard tokens[start].text == "a", start + 1 < tokens.count, tokens[start + 1].text == "hundred" else { return nil }
      next = start + 1
    }
    next += 1
    let skipped = next < tokens.count && tokens[next].text == "and" ? next + 1 : next
    if let (rest, end) = belowHundred(tokens, skipped) { return (100 * hundreds + rest, end) }
    return (100 * hundreds, next)
  }

  private static func belowHundred(_ tokens: [AnswerToken], _ start: Int) -> (Int, Int)? {
    guard start < tokens.count else { return nil }
    if let value = small[tokens[start].text] { return (value, start + 1) }
    guard let value = tens[tokens[start].text] else { return nil }
    if start + 1 < tokens.count, let unit = small[tokens[start + 1].text], (1...9).contains(unit) {
      return (value + unit, start + 2)
    }
    return (value, start + 1)
  }
}
