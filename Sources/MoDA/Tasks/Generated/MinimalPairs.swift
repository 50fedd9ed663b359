// Pairs of sentences that differ in one word, of which one is grammatical.
// Not here: words of other tasks (GeneratedTask.swift).
import Tensor

/// Minimal pairs of English grammar, from small lexica.
///
/// The context is what both sentences share, so that comparing continuations compares sentences.
///
/// > Source: the paradigms follow arXiv 1912.00582; sentences and lexica are this project's.
enum MinimalPairs {
  /// What both sentences begin with, and how the right and the wrong one go on.
  struct Pair: Equatable {
    let context: String
    let right: String
    let wrong: String
  }

  /// Nouns of people: one, several.
  static let nouns = [
    ("boy", "boys"), ("girl", "girls"), ("king", "kings"), ("teacher", "teachers"), ("doctor", "doctors"),
    ("soldier", "soldiers"), ("friend", "friends"), ("brother", "brothers"), ("student", "students"),
    ("farmer", "farmers"), ("writer", "writers"), ("servant", "servants"),
  ]
  /// Verbs without object: one does, several do.
  static let verbs = [
    ("sings", "sing"), ("walks", "walk"), ("sleeps", "sleep"), ("laughs", "laugh"), ("waits", "wait"),
    ("works", "work"), ("speaks", "speak"), ("lives", "live"),
  ]
  static let manners = ["every day", "in the house", "near the river", "at night", "with great care", "in the city"]
  static let adjectives = ["old", "young", "good", "poor", "great", "happy", "strange", "tall"]
  /// Past tense, past participle.
  static let irregular = [
    ("went", "gone"), ("saw", "seen"), ("took", "taken"), ("wrote", "written"), ("gave", "given"), ("ate", "eaten"),
    ("broke", "broken"), ("spoke", "spoken"), ("forgot", "forgotten"), ("chose", "chosen"),
  ]
  /// Persons whose pronoun is clear, with reflexives that fit and that do not.
  static let reflexive = [
    ("man", "himself", "herself"), ("king", "himself", "itself"), ("woman", "herself", "himself"),
    ("queen", "herself", "itself"), ("men", "themselves", "himself"), ("women", "themselves", "herself"),
  ]
  /// Words that begin with a vowel's sound, and with a consonant's.
  static let vowelWords = ["apple", "old man", "egg", "animal", "island", "evil king", "open door", "idea"]
  static let consonantWords = ["book", "young man", "tree", "dog", "house", "great king", "door", "word"]

  /// The paradigms by name, in the order in which documents take turns.
  static let paradigms: [(name: String, make: @Sendable (inout RandomSource) -> Pair)] = [
    ("agreement", { agreement(&$0, between: "") }),
    ("agreement_prepositional", prepositional), ("agreement_relative", relative), ("article", article),
    ("auxiliary", auxiliary), ("copula", copula), ("demonstrative", demonstrative), ("participle", participle),
    ("pronoun_case", pronounCase), ("reflexive", reflexives),
  ]

  /// A document: the paradigms take turns.
  static func document(number: Int, random: inout RandomSource) -> TaskDocument {
    let paradigm = paradigms[number % paradigms.count]
    let pair = paradigm.make(&random)
    let (choices, label) = random.mixed(" " + pair.right, [" " + pair.wrong])
    return TaskDocument(
      number: number, group: paradigm.name, context: pair.context, continuations: choices, label: label)
  }

  /// A subject, something between, and a verb that agrees with it or not.
  private static func agreement(
    _ random: inout RandomSource, subject: (one: String, several: String)? = nil, isOne: Bool? = nil, between: String
  ) -> Pair {
    let noun = subject ?? random.pick(nouns), isOne = isOne ?? (random.integer(below: 2) == 0)
    let verb = random.pick(verbs), rest = random.pick(manners)
    let (right, wrong) = isOne ? (verb.0, verb.1) : (verb.1, verb.0)
    return Pair(
      context: "The \(random.pick(adjectives)) \(isOne ? noun.0 : noun.1)\(between)", right: "\(right) \(rest).",
      wrong: "\(wrong) \(rest).")
  }

  /// The noun between subject and verb has the other number.
  private static func prepositional(_ random: inout RandomSource) -> Pair {
    let isOne = random.integer(below: 2) == 0
    let two = random.sample(nouns, 2)
    let other = isOne ? two[1].1 : two[1].0
    return agreement(
      &random, subject: (two[0].0, two[0].1), isOne: isOne, between: " near the \(other)")
  }

  private static func relative(_ random: inout RandomSource) -> Pair {
    let isOne = random.integer(below: 2) == 0
    let two = random.sample(nouns, 2)
    let other = isOne ? "\(two[1].1) know" : "\(two[1].0) knows"
    return agreement(&random, subject: (two[0].0, two[0].1), isOne: isOne, between: " that the \(other)")
  }

  private static func article(_ random: inout RandomSource) -> Pair {
    let isVowel = random.integer(below: 2) == 0
    let word = random.pick(isVowel ? vowelWords : consonantWords)
    let (right, wrong) = isVowel ? ("an", "a") : ("a", "an")
    return Pair(
      context: "\(random.pick(TaskWords.names)) saw", right: "\(right) \(word).", wrong: "\(wrong) \(word).")
  }

  private static func auxiliary(_ random: inout RandomSource) -> Pair {
    number(&random, one: "has", several: "have", rest: "\(random.pick(irregular).1) it.")
  }

  private static func copula(_ random: inout RandomSource) -> Pair {
    number(&random, one: "was", several: "were", rest: "very \(random.pick(adjectives)).")
  }

  private static func number(_ random: inout RandomSource, one: String, several: String, rest: String) -> Pair {
    let isOne = random.integer(below: 2) == 0, noun = random.pick(nouns)
    let (right, wrong) = isOne ? (one, several) : (several, one)
    return Pair(
      context: "The \(isOne ? noun.0 : noun.1)", right: "\(right) \(rest)", wrong: "\(wrong) \(rest)")
  }

  private static func demonstrative(_ random: inout RandomSource) -> Pair {
    let pair = random.pick([("this", "these"), ("that", "those")]), noun = random.pick(nouns)
    let isOne = random.integer(below: 2) == 0
    let (right, wrong) = isOne ? (noun.0, noun.1) : (noun.1, noun.0)
    let rest = random.pick(manners)
    return Pair(
      context: "\(random.pick(TaskWords.names)) saw \(isOne ? pair.0 : pair.1)", right: "\(right) \(rest).",
      wrong: "\(wrong) \(rest).")
  }

  private static func participle(_ random: inout RandomSource) -> Pair {
    let verb = random.pick(irregular), isPerfect = random.integer(below: 2) == 0
    let name = random.pick(TaskWords.names)
    return isPerfect
      ? Pair(context: "\(name) had", right: "\(verb.1) it.", wrong: "\(verb.0) it.")
      : Pair(context: "Yesterday \(name)", right: "\(verb.0) it.", wrong: "\(verb.1) it.")
  }

  private static func pronounCase(_ random: inout RandomSource) -> Pair {
    let pair = random.pick([("he", "him"), ("she", "her"), ("they", "them"), ("we", "us")])
    let place = random.pick(manners), name = random.pick(TaskWords.names)
    return random.integer(below: 2) == 0
      ? Pair(context: "\(name) spoke to", right: "\(pair.1) \(place).", wrong: "\(pair.0) \(place).")
      : Pair(
        context: "\(name) said that", right: "\(pair.0) had gone away.", wrong: "\(pair.1) had gone away.")
  }

  private static func reflexives(_ random: inout RandomSource) -> Pair {
    let (noun, right, wrong) = random.pick(reflexive)
    let place = random.pick(manners), verb = random.pick(["saw", "loved", "praised", "hurt", "called"])
    return Pair(
      context: "The \(random.pick(adjectives)) \(noun) \(verb)", right: "\(right) \(place).",
      wrong: "\(wrong) \(place).")
  }
}
