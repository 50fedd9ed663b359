// Nested brackets of several types: which one must close next.
// Not here: other generated tasks.
import Tensor

/// The beginning of a word of the Dyck language with brackets open.
///
/// > Source: the Dyck-k languages of arXiv 2105.11115.
struct BracketClosing {
  static let types: [(open: String, close: String)] = [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">")]
  static let lengths = 8..<25

  /// The brackets, each open or closed correctly.
  let prefix: [String]
  /// The types of those that are open, outermost first: at least two different ones.
  let open: [Int]

  init(random: inout RandomSource) {
    let length = Self.lengths.lowerBound + random.integer(below: Self.lengths.count)
    var prefix: [String] = [], stack: [Int] = []
    // At the end at least two types must be open, so that there is a wrong bracket that is open as well.
    while prefix.count < length || Set(stack).count < 2 {
      if prefix.count < length, let last = stack.last, random.uniform() < 0.45 {
        prefix.append(Self.types[last].close)
        stack.removeLast()
      } else {
        stack.append(random.integer(below: Self.types.count))
        prefix.append(Self.types[stack[stack.count - 1]].open)
      }
    }
    (self.prefix, open) = (prefix, stack)
  }

  /// The bracket that closes the innermost open one, against that of another open one.
  func document(number: Int, random: inout RandomSource) -> TaskDocument {
    let right = open[open.count - 1]
    let wrong = random.pick(Array(Set(open.filter { $0 != right })).sorted())
    let (choices, label) = random.mixed(" " + Self.types[right].close, [" " + Self.types[wrong].close])
    return TaskDocument(
      number: number, context: prefix.joined(separator: " "), continuations: choices, label: label)
  }

  /// The brackets with all of them closed: text to learn the task from.
  var text: String { (prefix + open.reversed().map { Self.types[$0].close }).joined(separator: " ") }
}
