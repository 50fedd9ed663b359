// Units and currencies of answers: which names are one unit, and which units measure the same quantity exactly.
// Not here: the numbers before them (AnswerNumbers.swift).

import Foundation

/// A number with what it counts.
struct AnswerQuantity: Equatable {
  /// The number in canonical digits.
  var number: String
  /// The canonical name of a unit, a counted noun in the singular, or empty.
  var unit: String
  /// Whether ``unit`` is a unit of measurement or a currency.
  var isMeasured: Bool { AnswerUnits.isUnit(unit) }

  /// How two quantities stand to each other.
  enum Comparison { case same, different, open }

  /// Compares exactly; centimetres and metres are one kind of quantity, metres and feet are not.
  func comparison(_ other: AnswerQuantity) -> Comparison {
    if unit == other.unit { return number == other.number ? .same : .different }
    if let a = AnswerUnits.measures[unit], let b = AnswerUnits.measures[other.unit], a.kind == b.kind,
      let left = Decimal(string: number), let right = Decimal(string: other.number)
    {
      return left * a.factor == right * b.factor ? .same : .different
    }
    guard number == other.number else { return .different }
    // A pound is a mass or money.
    if Set([unit, other.unit]) == ["pound", "£"] { return .open }
    return isMeasured && other.isMeasured ? .different : .open
  }
}

/// The table of units.
enum AnswerUnits {
  /// A unit as an exact multiple of the smallest of its kind.
  struct Measure {
    var kind: String
    var factor: Decimal
  }

  /// Units that convert exactly.
  static let measures: [String: Measure] = {
    var table: [String: Measure] = [:]
    func add(_ kind: String, _ units: KeyValuePairs<String, Decimal>) {
      for (unit, factor) in units { table[unit] = Measure(kind: kind, factor: factor) }
    }
    add("metric length", ["millimeter": 1, "centimeter": 10, "meter": 1000, "kilometer": 1_000_000])
    add("imperial length", ["inch": 1, "foot": 12, "yard": 36, "mile": 63_360])
    add("metric mass", ["milligram": 1, "gram": 1000, "kilogram": 1_000_000])
    add("metric volume", ["milliliter": 1, "liter": 1000])
    add("time", ["second": 1, "minute": 60, "hour": 3600, "day": 86_400])
    add("dollar", ["¢": 1, "$": 100])
    return table
  }()

  private static let names: [String: [String]] = [
    "millimeter": ["mm", "millimetre"], "centimeter": ["cm", "centimetre"], "meter": ["m", "metre"],
    "kilometer": ["km", "kilometre"], "inch": ["in"], "foot": ["ft", "feet"], "yard": ["yd"], "mile": ["mi"],
    "milligram": ["mg"], "gram": ["g", "gramme"], "kilogram": ["kg", "kilo"], "tonne": ["ton"],
    "pound": ["lb", "lbs"], "ounce": ["oz"], "milliliter": ["ml", "millilitre"], "liter": ["l", "litre"],
    "gallon": ["gal"], "second": ["s", "sec"], "minute": ["min"], "hour": ["h", "hr", "hrs"], "day": [], "week": [],
    "month": [], "year": ["yr", "yrs"], "%": ["percent", "per cent", "pct"], "°": ["degree", "deg"],
    "°c": ["celsius", "degree celsius", "c"], "°f": ["fahrenheit", "degree fahrenheit", "f"],
    "mph": ["mile per hour", "mi/h"], "km/h": ["kph", "kmh", "kilometer per hour", "kilometre per hour"],
    "square meter": ["m^2", "m2", "sqm", "square metre"], "square foot": ["sq ft", "ft^2", "square feet"],
    "$": ["dollar", "usd", "us$", "us dollar"], "¢": ["cent"], "€": ["euro", "eur"], "£": ["gbp"],
    "¥": ["yen", "jpy"], "₹": ["rupee", "inr"], "watt": ["w"], "kilowatt": ["kw"], "volt": ["v"],
    "hertz": ["hz"], "kilohertz": ["khz"], "megahertz": ["mhz"], "gigahertz": ["ghz"], "gigabyte": ["gb"],
    "megabyte": ["mb"], "terabyte": ["tb"], "pixel": ["px"], "am": [], "pm": [],
  ]

  private static let canonical: [String: String] = {
    var table: [String: String] = [:]
    for (unit, aliases) in names {
      table[unit] = unit
      for alias in aliases { table[alias] = unit }
    }
    return table
  }()

  /// Short names that are written right after the digits: `10kg`, `10:30am`.
  private static let attached: Set<String> = [
    "mm", "cm", "m", "km", "in", "ft", "yd", "mi", "mg", "g", "kg", "lb", "lbs", "oz", "ml", "l", "s", "sec", "min",
    "h",
    "hr", "hrs", "mph", "kph", "km/h", "kmh", "usd", "eur", "w", "kw", "v", "hz", "khz", "mhz", "ghz", "gb", "mb", "tb",
    "px", "am", "pm",
  ]

  static let currencies: Set<String> = ["$", "€", "£", "¥", "₹", "¢"]

  static func isUnit(_ name: String) -> Bool { names[name] != nil }

  /// The canonical unit of a name of one or more words in any number.
  static func unit(_ words: [String]) -> String? {
    let name = words.joined(separator: " ")
    if let unit = canonical[name] { return unit }
    guard let last = words.last else { return nil }
    let singular = words.dropLast().map { AnswerPlurals.singular($0) } + [AnswerPlurals.singular(last)]
    return canonical[singular.joined(separator: " ")]
  }

  /// `10kg` as `10`, `kg`; other tokens as they are.
  static func detached(_ token: AnswerToken) -> [AnswerToken] {
    let head = token.text.prefix { $0.isNumber || ".,:-".contains($0) }
    let tail = String(token.text.dropFirst(head.count))
    guard let last = head.last, last.isNumber, attached.contains(tail) else { return [token] }
    return [AnswerToken(text: String(head)), AnswerToken(text: tail)]
  }

  /// `$ 5` and `us$ 5` with the currency behind the number.
  static func withCurrencyBehind(_ tokens: [AnswerToken]) -> [AnswerToken] {
    var result = tokens
    var index = 0
    while index + 1 < result.count {
      if currencies.contains(result[index].text), AnswerNumbers.canonical(result[index + 1].text) != nil {
        result.swapAt(index, index + 1)
        if index > 0, result[index + 1].text == "$", result[index - 1].text == "us" { result.remove(at: index - 1) }
        index += 1
      }
      index += 1
    }
    return result
  }
}

/// Singular forms of English nouns, used for what is counted only.
enum AnswerPlurals {
  private static let irregular: [String: String] = [
    "people": "person", "persons": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot",
    "teeth": "tooth", "mice": "mouse", "geese": "goose", "leaves": "leaf", "knives": "knife", "wolves": "wolf",
    "shelves": "shelf", "loaves": "loaf", "inches": "inch", "lbs": "pound", "movies": "movie", "cookies": "cookie",
  ]

  /// The singular of a word, or the word itself where the ending tells nothing.
  static func singular(_ word: String) -> String {
    if let known = irregular[word] { return known }
    guard word.count >= 4, word.hasSuffix("s"), word.allSatisfy(\.isLetter),
      !["ss", "us", "is"].contains(where: { word.hasSuffix($0) })
    else { return word }
    if word.hasSuffix("ies") && word.count > 4 { return word.dropLast(3) + "y" }
    for ending in ["ches", "shes", "xes", "sses", "zes"] where word.hasSuffix(ending) {
      return String(word.dropLast(2))
    }
    return String(word.dropLast())
  }
}
