// Which option a reply chooses. A letter is read where it is the answer, never where it merely occurs.
// Not here: finding the answer in a reply (ReplyGrammar+Extraction.swift).

import Foundation

/// The option that a reply chooses.
public struct OptionReading: Codable, Hashable, Sendable {
  /// The index of the option; -1 if the reply chooses none that could be read.
  public var option: Int
  /// The rule that read it.
  public var rule: GradingRule

  /// A reply without a readable choice.
  static let unparsed = OptionReading(option: -1, rule: .none)
}

extension ReplyGrammar {
  /// Reads the chosen option in this order: inside answer tags (or a box); a letter that is the whole answer; the last
  /// `answer is` or `answer:` with a letter; the text of exactly one option; the only isolated capital of an option in
  /// the last line. Two letters, or a letter with the text of another option, are no choice.
  ///
  /// - Parameters:
  ///   - reply: the raw reply.
  ///   - options: the texts of the options; empty if only letters are known.
  ///   - count: number of letters that name options, at most 26.
  public static func option(in reply: String, options: [String], count: Int) -> OptionReading {
    let body = withoutReasoning(reply)
    let reader = OptionReader(options: options, count: min(count, AnswerKey.mostOptions))
    if let answer = scoped(body) {
      return answer.source == .none ? .unparsed : reader.read(answer.text.precomposedStringWithCompatibilityMapping)
    }
    return reader.read(body.precomposedStringWithCompatibilityMapping)
  }

  /// The index of a text that is nothing but the letter of an option: `B`, `(b)`, `B.`, `Option B`.
  static func bareLetter(_ text: String, count: Int) -> Int? {
    var rest = Substring(unwrapped(text))
    for word in ["option", "choice", "answer", "letter"] where rest.lowercased().hasPrefix(word) {
      let after = rest.dropFirst(word.count)
      guard after.first == " " || after.first == ":" else { continue }
      rest = after.drop { $0 == " " || $0 == ":" }
    }
    rest = rest.drop { "([{*".contains($0) }
    while let last = rest.last, ".):]}*,;!".contains(last) || last == " " { rest = rest.dropLast() }
    guard rest.count == 1, let letter = rest.first else { return nil }
    return index(of: letter, count: count)
  }

  /// The index of a letter in either case.
  static func index(of letter: Character, count: Int) -> Int? {
    guard letter.isASCII, letter.isLetter, let value = letter.uppercased().utf8.first else { return nil }
    let index = Int(value) - 65
    return index < count ? index : nil
  }
}

/// Reads choices among given options.
private struct OptionReader {
  let options: [String]
  let count: Int
  private let words: [[String]]

  init(options: [String], count: Int) {
    self.options = options
    self.count = count
    words = options.map { AnswerNormalization.words(of: $0) }
  }

  func read(_ text: String) -> OptionReading {
    if let letter = ReplyGrammar.bareLetter(text, count: count) { return OptionReading(option: letter, rule: .letter) }
    let lines = ReplyGrammar.lines(text)
    guard let last = lines.last, let first = lines.first else { return .unparsed }
    if lines.count == 1, let reading = labelled(first) { return reading }
    if let tail = ReplyGrammar.answerPhrases(in: text, words: ["answer", "option", "choice"]).last {
      return phrase(tail)
    }
    if let letter = ReplyGrammar.bareLetter(last, count: count) { return OptionReading(option: letter, rule: .letter) }
    let labels = lines.compactMap { labelled($0) }
    if labels.count == 1, labelled(last) ?? labelled(first) != nil { return labels[0] }
    if labels.count > 1 { return .unparsed }
    if let letter = ReplyGrammar.bareLetter(first, count: count) {
      let other = isolated(last)
      return other == nil || other == letter ? OptionReading(option: letter, rule: .letter) : .unparsed
    }
    if let option = optionText(last) { return OptionReading(option: option, rule: .optionText) }
    if let option = isolated(last) { return OptionReading(option: option, rule: .isolatedLetter) }
    return .unparsed
  }

  // MARK: Labels

  /// `B. red`, `(B) red`, `B: red`, `B - red`, `Option B: red`. Unparsed if the text is that of another option.
  private func labelled(_ line: String) -> OptionReading? {
    var rest = Substring(ReplyGrammar.unwrapped(line)).drop { "-*•# ".contains($0) }
    if rest.lowercased().hasPrefix("option ") { rest = rest.dropFirst(7) }
    let isBracketed = rest.first == "(" || rest.first == "["
    if isBracketed { rest = rest.dropFirst() }
    guard let letter = rest.first, letter.isUppercase || isBracketed,
      let option = ReplyGrammar.index(of: letter, count: count)
    else { return nil }
    rest = rest.dropFirst()
    if isBracketed {
      guard rest.first == ")" || rest.first == "]" else { return nil }
      rest = rest.dropFirst()
    } else if rest.hasPrefix(" - ") {
      rest = rest.dropFirst(2)
    } else {
      guard let mark = rest.first, ".):".contains(mark) else { return nil }
      rest = rest.dropFirst()
    }
    rest = rest.drop { $0 == "*" }
    guard rest.first == " " else { return nil }
    let text = rest.trimmingCharacters(in: .whitespaces)
    return agrees(option, with: text) ? OptionReading(option: option, rule: .labelledOption) : .unparsed
  }

  /// Whether what follows a letter neither is another option's text nor offers another letter.
  private func agrees(_ option: Int, with text: String) -> Bool {
    let trimmed = text.trimmingCharacters(in: CharacterSet(charactersIn: " .:()[]*-\u{2013}\u{2014},"))
    guard !trimmed.isEmpty else { return true }
    for candidate in [trimmed, ReplyGrammar.firstSentence(trimmed)] {
      let form = AnswerNormalization.words(of: candidate)
      guard !form.isEmpty else { continue }
      if options.indices.contains(option), words[option] == form { return true }
      if words.indices.contains(where: { $0 != option && words[$0] == form }) { return false }
    }
    return !offersAnother(than: option, ReplyGrammar.firstSentence(trimmed))
  }

  /// `or C`, `and C`, `/C`, `, C`.
  private func offersAnother(than option: Int, _ text: String) -> Bool {
    let characters = Array(text)
    return letters(characters).contains { index, letter in
      guard letter != option else { return false }
      let before = String(characters[..<index]).lowercased().trimmingCharacters(in: CharacterSet(charactersIn: " (*"))
      return before.isEmpty || ["or", "and", "/", ",", "&", "maybe", "possibly"].contains { before.hasSuffix($0) }
    }
  }

  // MARK: Phrases

  /// What stands after `answer is`.
  private func phrase(_ tail: String) -> OptionReading {
    if let letter = ReplyGrammar.bareLetter(tail, count: count) { return OptionReading(option: letter, rule: .phrase) }
    var rest = Substring(tail)
    let isLower = { (character: Character) in character.isLetter && character.isLowercase }
    rest = rest.drop { "*([{\"'`$\\ ".contains($0) }
    for word in ["text{", "boxed{"] where rest.hasPrefix(word) { rest = rest.dropFirst(word.count) }
    for word in ["option ", "choice ", "letter "] where rest.lowercased().hasPrefix(word) {
      rest = rest.dropFirst(word.count).drop { "*([{\"'`$ ".contains($0) }
    }
    if let letter = rest.first, let option = ReplyGrammar.index(of: letter, count: count) {
      let after = rest.dropFirst()
      let isAlone = after.first.map { !($0.isLetter || $0.isNumber || "'\u{2019}-_+".contains($0)) } ?? true
      let isMarked = after.first.map { ".)]}:*,\"`$".contains($0) } ?? true
      if isAlone, isLower(letter) ? isMarked : isMarked || confirms(after, letter) {
        let text = String(after).trimmingCharacters(in: CharacterSet(charactersIn: ".)]}:*,\"`$ "))
        let sentence = ReplyGrammar.firstSentence(String(after))
        let agreed = agrees(option, with: text) && !offersAnother(than: option, sentence)
        return agreed ? OptionReading(option: option, rule: .phrase) : .unparsed
      }
    }
    for text in [tail, ReplyGrammar.firstSentence(tail)] {
      if let option = optionText(text) { return OptionReading(option: option, rule: .optionText) }
    }
    return isolated(ReplyGrammar.firstSentence(tail)).map { OptionReading(option: $0, rule: .phrase) } ?? .unparsed
  }

  /// Whether a capital before this text stands for an option and not for an article or a pronoun.
  private func confirms(_ after: Substring, _ letter: Character) -> Bool {
    guard letter == "A" || letter == "I" else { return true }
    let next = after.drop { $0 == " " }
    guard let first = next.first, first.isLetter || first.isNumber else { return true }
    let word = next.prefix { $0.isLetter }.lowercased()
    return letter == "A" && ["is", "was", "because", "since", "as", "or", "and", "but", "not"].contains(word)
  }

  // MARK: Texts

  /// The one option whose text this is, or whose text alone occurs in it.
  func optionText(_ text: String) -> Int? {
    let said = AnswerNormalization.words(of: text)
    guard !said.isEmpty, !options.isEmpty else { return nil }
    let equal = words.indices.filter { words[$0] == said }
    if !equal.isEmpty { return equal.count == 1 ? equal[0] : nil }
    if let first = said.first, ["yes", "no"].contains(first), !said.contains(first == "yes" ? "no" : "yes") {
      let matches = words.indices.filter { words[$0] == [first] }
      if matches.count == 1 { return matches[0] }
    }
    let negations: Set<String> = [
      "not", "isnt", "arent", "dont", "doesnt", "cannot", "cant", "wasnt", "never", "neither", "nor", "no", "without",
    ]
    guard negations.isDisjoint(with: said) else { return nil }
    var matches: [(option: Int, range: Range<Int>)] = []
    for option in words.indices where !words[option].isEmpty && words[option].count <= said.count {
      for start in 0...(said.count - words[option].count)
      where said[start..<(start + words[option].count)].elementsEqual(words[option]) {
        matches.append((option, start..<(start + words[option].count)))
      }
    }
    // `dark red` says `dark red`, not `red`.
    let maximal = matches.filter { match in
      !matches.contains { $0.range.count > match.range.count && $0.range.contains(match.range) }
    }
    let found = Set(maximal.map(\.option))
    return found.count == 1 ? found.first : nil
  }

  // MARK: Isolated capitals

  /// The only option whose capital stands alone in a line; `not A` rules that letter out, any other negation the line.
  private func isolated(_ line: String) -> Int? {
    let characters = Array(line)
    var found: Set<Int> = []
    var ruledOut = 0
    for (place, option) in letters(characters) {
      let before = characters[..<place].split(whereSeparator: { $0 == " " || $0 == "(" || $0 == "*" })
      if Self.isNegation(String(before.last ?? [])) { ruledOut += 1 } else { found.insert(option) }
    }
    let negations = line.split(separator: " ").filter { Self.isNegation(String($0)) }.count
    return found.count == 1 && negations == ruledOut ? found.first : nil
  }

  private static func isNegation(_ word: String) -> Bool {
    let word = word.lowercased()
    return word == "not" || word == "never" || word.hasSuffix("n't") || word.hasSuffix("n\u{2019}t")
  }

  /// Capitals of options that no letter, digit or joining mark touches; no articles, pronouns and initials.
  private func letters(_ characters: [Character]) -> [(place: Int, option: Int)] {
    func at(_ index: Int) -> Character? { characters.indices.contains(index) ? characters[index] : nil }
    func joins(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || "'\u{2019}-_+&#".contains($0) } ?? false
    }
    return characters.indices.compactMap { index in
      let letter = characters[index]
      guard letter.isUppercase, let option = ReplyGrammar.index(of: letter, count: count), !joins(at(index - 1)),
        !joins(at(index + 1))
      else { return nil }
      // `D.C.`
      if at(index + 1) == ".", at(index + 2)?.isLetter == true { return nil }
      if at(index - 1) == ".", at(index - 2)?.isLetter == true { return nil }
      return confirms(Substring(String(characters[(index + 1)...])), letter) ? (index, option) : nil
    }
  }
}
