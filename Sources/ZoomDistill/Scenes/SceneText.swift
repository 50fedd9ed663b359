// What is written on labels.
// Not here: drawing it (ScenePainter.swift).

import Tensor

/// A text of a label.
public struct SceneText: Codable, Hashable, Sendable {
  /// What kind of text it is, which is how questions call it.
  public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
    /// An English word in capitals.
    case word
    /// Letters and digits without those that look alike.
    case serial
    /// Four digits.
    case number
  }

  /// Its kind.
  public let kind: Kind
  /// The characters.
  public let text: String

  /// A text of a kind.
  public init(kind: Kind, text: String) {
    self.kind = kind
    self.text = text
  }

  /// A text drawn at random.
  static func drawn(_ random: inout RandomSource) -> SceneText {
    let kind = Kind.allCases[random.integer(below: Kind.allCases.count)]
    return SceneText(kind: kind, text: drawn(kind, &random))
  }

  /// Three other texts of its kind; serials and numbers differ from it in one or two characters.
  func others(_ random: inout RandomSource) -> [String] {
    var others: [String] = []
    while others.count < 3 {
      let other = kind == .word ? Self.drawn(.word, &random) : varied(&random)
      if other != text, !others.contains(other) { others.append(other) }
    }
    return others
  }

  private static func drawn(_ kind: Kind, _ random: inout RandomSource) -> String {
    func letters(_ count: Int, _ alphabet: [Character], _ random: inout RandomSource) -> String {
      String((0..<count).map { _ in alphabet[random.integer(below: alphabet.count)] })
    }
    switch kind {
    case .word: return words[random.integer(below: words.count)]
    case .serial: return letters(2, capitals, &random) + "-" + letters(4, digits, &random)
    case .number: return letters(1, Array("2346789"), &random) + letters(3, digits, &random)
    }
  }

  private func varied(_ random: inout RandomSource) -> String {
    var characters = Array(text)
    for _ in 0...random.integer(below: 2) {
      let place = random.integer(below: characters.count)
      let alphabet = characters[place].isNumber ? Self.digits : characters[place].isLetter ? Self.capitals : []
      if !alphabet.isEmpty { characters[place] = alphabet[random.integer(below: alphabet.count)] }
    }
    return String(characters)
  }

  private static let capitals = Array("ACEFHJKLMNPRTUVWXY")
  private static let digits = Array("234679")

  private static let words = [
    "ANCHOR", "AUTUMN", "BASKET", "BRIDGE", "BUTTER", "CANDLE", "CASTLE", "CIRCUS", "COFFEE", "COPPER", "DESERT",
    "DINNER", "ENGINE", "FALCON", "FOREST", "GARDEN", "GINGER", "HAMMER", "HARBOR", "ISLAND", "JACKET", "JUNGLE",
    "KETTLE", "LADDER", "LEMON", "MARBLE", "MARKET", "MEADOW", "MIRROR", "MUSEUM", "NAPKIN", "NICKEL", "ORCHID",
    "PALACE", "PEPPER", "PLANET", "POCKET", "RIBBON", "RIVER", "SADDLE", "SALMON", "SPRING", "SUMMER",
    "TEMPLE", "TICKET", "TUNNEL", "VALLEY", "VELVET", "WALNUT", "WINDOW", "WINTER", "ZIPPER",
  ]
}
