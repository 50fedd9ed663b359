// Chains of links: where some steps lead, when each link is told once and in no order.
// Not here: single pairs (KeyValueRecall.swift).
import Tensor

/// A ring of names, each of which points to the next; the links are told shuffled.
///
/// A model without room to chain look-ups answers one step and guesses the others, so the tasks of 1 to 4 steps tell
/// how deep it can look.
///
/// > Source: the k-hop induction of arXiv 2402.09268, section 5, with the links told apart.
struct PointerChasing {
  static let standardNodes = 8
  static let mostHops = 4

  /// The ring: each points to the one behind it, the last to the first.
  let ring: [String]
  /// The order in which the links are told.
  let order: [Int]

  init(nodes: Int = standardNodes, random: inout RandomSource) {
    ring = random.sample(TaskWords.names, nodes)
    order = random.permutation(nodes)
  }

  /// Where `hops` steps from entry `start` lead.
  func target(from start: Int, hops: Int) -> String { ring[(start + hops) % ring.count] }

  /// A question without its answer: an arrow for each step.
  func question(from start: Int, hops: Int) -> String {
    ring[start] + String(repeating: " ->", count: hops)
  }

  /// The links as lines.
  var links: String {
    order.map { "\(question(from: $0, hops: 1)) \(target(from: $0, hops: 1))\n" }.joined()
  }

  /// One question; the wrong names are where other numbers of steps lead.
  ///
  /// - Precondition: fewer steps than names.
  func document(number: Int, hops: Int, random: inout RandomSource) -> TaskDocument {
    precondition(hops >= 1 && hops < ring.count, "PointerChasing: \(hops) steps along \(ring.count) names")
    let start = random.integer(below: ring.count)
    let others = random.sample((1..<ring.count).filter { $0 != hops }, 3).map {
      " " + target(from: start, hops: $0)
    }
    let (choices, label) = random.mixed(" " + target(from: start, hops: hops), others)
    return TaskDocument(
      number: number, context: "\(links)\n\(question(from: start, hops: hops))", continuations: choices, label: label)
  }

  /// The links, and questions of 1 to 4 steps with their answers: text to learn the tasks from.
  func text(questions: Int = 8, random: inout RandomSource) -> String {
    let answered = (0..<questions).map { _ in
      let start = random.integer(below: ring.count), hops = 1 + random.integer(below: Self.mostHops)
      return "\(question(from: start, hops: hops)) \(target(from: start, hops: hops))\n"
    }
    return links + "\n" + answered.joined()
  }
}
