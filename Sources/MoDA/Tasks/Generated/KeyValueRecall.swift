// Recall of a value by its key: pairs told before, one of them asked for.
// Not here: chains of keys (PointerChasing.swift).
import Tensor

/// Persons, and the thing that each has.
///
/// > Source: the associative recall of arXiv 2312.04927, section 3, in words.
struct KeyValueRecall {
  static let standardPairs = 8

  /// Different persons with different things, in the order in which they are told.
  let pairs: [(name: String, thing: String)]

  init(pairs count: Int = standardPairs, random: inout RandomSource) {
    pairs = Array(zip(random.sample(TaskWords.names, count), random.sample(TaskWords.things, count)))
      .map { (name: $0.0, thing: $0.1) }
  }

  /// The pairs as text.
  var story: String { pairs.map { "\($0.name) has the \($0.thing)." }.joined(separator: " ") }

  /// One pair asked for; the wrong things are those of others.
  func document(number: Int, random: inout RandomSource) -> TaskDocument {
    let asked = random.integer(below: pairs.count)
    let others = random.sample(pairs.indices.filter { $0 != asked }, 3).map { " " + pairs[$0].thing }
    let (choices, label) = random.mixed(" " + pairs[asked].thing, others)
    return TaskDocument(
      number: number, context: "\(story) \(pairs[asked].name) has the", continuations: choices, label: label)
  }

  /// The pairs, and then all of them again in another order: text to learn the task from.
  func text(random: inout RandomSource) -> String {
    let again = random.shuffled(pairs).map { "\($0.name) has the \($0.thing)." }
    return ([story] + again).joined(separator: " ")
  }
}
