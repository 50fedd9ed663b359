// Tasks that small models can do, made from a seed: which there are, and how many questions.
// Not here: how each is made (the files beside this one) and training text (TaskCorpus.swift).
import Tensor

/// A task that is generated: equal seeds give equal bytes, and document n does not depend on how many there are.
public enum GeneratedTask: String, CaseIterable, Sendable {
  /// Which thing a person has, of those told before.
  case recall
  /// Where one step of a chain leads.
  case pointer1 = "pointer_1"
  /// Where two steps lead.
  case pointer2 = "pointer_2"
  /// Where three steps lead.
  case pointer3 = "pointer_3"
  /// Where four steps lead.
  case pointer4 = "pointer_4"
  /// Which bracket closes next.
  case brackets
  /// Which of two sentences is grammatical.
  case minimalPairs = "minimal_pairs"
  /// The last word of a passage of held-out text.
  case lastWord = "last_word"

  /// Documents where nothing else is asked for.
  public static let standardCount = 1000

  /// Goes up with every change to a form or a lexicon.
  public var version: Int { 1 }

  /// What the task asks, in a line.
  public var about: String {
    switch self {
    case .recall: "which thing a person has, of \(KeyValueRecall.standardPairs) told before"
    case .pointer1, .pointer2, .pointer3, .pointer4:
      "where \(hops) step\(hops == 1 ? "" : "s") lead\(hops == 1 ? "s" : "") along shuffled links"
    case .brackets: "which bracket closes next, of \(BracketClosing.types.count) types"
    case .minimalPairs: "which of two sentences is grammatical, of \(MinimalPairs.paradigms.count) kinds"
    case .lastWord: "the last word of a held-out passage, among words as frequent"
    }
  }

  private var hops: Int {
    switch self {
    case .pointer2: 2
    case .pointer3: 3
    case .pointer4: 4
    default: 1
    }
  }

  /// The task.
  ///
  /// - Parameters:
  ///   - count: documents.
  ///   - seed: equal seeds give equal documents.
  ///   - corpus: a folder of text, for the last words.
  /// - Throws: `CorpusError`, ``TaskError``; only where text is read.
  public func make(count: Int, seed: UInt64, corpus: String) throws -> DownstreamTask {
    let random = RandomSource(seed: seed).split("evaluation").split(rawValue)
    func documents(_ make: (Int, inout RandomSource) -> TaskDocument) -> [TaskDocument] {
      (0..<count).map { number in
        var source = random.split(number)
        return make(number, &source)
      }
    }
    let made: [TaskDocument] =
      switch self {
      case .recall: documents { KeyValueRecall(random: &$1).document(number: $0, random: &$1) }
      case .pointer1, .pointer2, .pointer3, .pointer4:
        documents { PointerChasing(random: &$1).document(number: $0, hops: hops, random: &$1) }
      case .brackets: documents { BracketClosing(random: &$1).document(number: $0, random: &$1) }
      case .minimalPairs: documents { MinimalPairs.document(number: $0, random: &$1) }
      case .lastWord: try LastWord(corpus: corpus).documents(count: count, random: random)
      }
    return DownstreamTask(name: rawValue, version: version, primary: .sum, documents: made)
  }
}

/// Words that generated tasks are made of.
enum TaskWords {
  static let names = [
    "Anna", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Irene", "Jack", "Kate", "Louis", "Mary",
    "Nathan", "Olive", "Peter", "Ruth", "Simon", "Thomas", "Ursula", "Victor", "Walter", "Alice", "Edward",
  ]
  static let things = [
    "book", "lamp", "ring", "coin", "sword", "letter", "horse", "table", "bottle", "key", "flower", "stone", "knife",
    "chair", "clock", "basket", "candle", "mirror", "ribbon", "hammer", "apple", "boat", "drum", "shoe", "wheel",
    "rope", "cup", "map", "bell", "feather", "hat", "box",
  ]
}

extension RandomSource {
  /// `count` different entries of a list, in random order.
  mutating func sample<Item>(_ items: [Item], _ count: Int) -> [Item] { Array(shuffled(items).prefix(count)) }

  /// One entry of a list.
  ///
  /// - Precondition: the list is not empty.
  mutating func pick<Item>(_ items: [Item]) -> Item { items[integer(below: items.count)] }

  /// The right answer among wrong ones, in random order, and where it stands.
  mutating func mixed(_ right: String, _ wrong: [String]) -> (choices: [String], label: Int) {
    let label = integer(below: wrong.count + 1)
    var choices = wrong
    choices.insert(right, at: label)
    return (choices, label)
  }
}
