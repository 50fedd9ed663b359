// Lives here: scanners that cut text the way the regular expressions of published tokenizers do.
// Not here: what is done with the cuts (PreTokenizer.swift) and the scalar classes (UnicodeClasses.swift).

/// A cutting rule of a pre-tokenizer, recognised by its exact regular expression.
///
/// There is no regular-expression engine behind it: each known expression has a hand-written scanner that takes the
/// same alternatives in the same order. An expression that is not known is refused when a file is read.
///
/// > Source: expressions of the GPT-2 and GPT-4 tokenizers and of Qwen2, as their `tokenizer.json` files spell them.
enum SplitPattern: Equatable, Sendable {
  /// GPT-2, GPT-NeoX, OLMo 1: letters, numbers and the rest, each with the space before it.
  case gpt2
  /// GPT-4 (`cl100k`), OLMo 2, Llama 3: contractions in any case, numbers by up to three digits.
  case gpt4
  /// Qwen2 and its successors: as GPT-4 with one digit at a time.
  case qwen2
  /// An exact text.
  case literal(String)

  /// Expression of `gpt2`; `ByteLevel` with `use_regex` implies it.
  static let gpt2Expression = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// Expression of `gpt4`.
  static let gpt4Expression = caseInsensitiveExpression(number: #"\p{N}{1,3}"#)
  /// Expression of `qwen2`.
  static let qwen2Expression = caseInsensitiveExpression(number: #"\p{N}"#)

  private static func caseInsensitiveExpression(number: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The pattern that an expression stands for, or nil if no scanner exists for it.
  init?(expression: String) {
    switch expression {
    case Self.gpt2Expression: self = .gpt2
    case Self.gpt4Expression: self = .gpt4
    case Self.qwen2Expression: self = .qwen2
    default: return nil
    }
  }

  /// The expression as files spell it; nil for a literal text.
  var expression: String? {
    switch self {
    case .gpt2: Self.gpt2Expression
    case .gpt4: Self.gpt4Expression
    case .qwen2: Self.qwen2Expression
    case .literal: nil
    }
  }

  /// Whether every part of every text is in some match, so that there is nothing between matches.
  var coversEverything: Bool { expression != nil }

  /// Calls `body` with each stretch of `bytes` in order, and whether it is a match or lies between matches.
  func forEachStretch(of bytes: Span<UInt8>, _ body: (Range<Int>, Bool) -> Void) {
    switch self {
    case .gpt2:
      let scanner = PatternScanner(classes: UnicodeClasses.table)
      var start = 0
      while start < bytes.count {
        let end = scanner.gpt2End(of: bytes, from: start)
        body(start..<end, true)
        start = end
      }
    case .gpt4, .qwen2:
      let scanner = PatternScanner(classes: UnicodeClasses.table)
      let digits = self == .gpt4 ? 3 : 1
      var start = 0
      while start < bytes.count {
        let end = scanner.gpt4End(of: bytes, from: start, digits: digits)
        body(start..<end, true)
        start = end
      }
    case .literal(let text):
      Self.forEachStretch(of: bytes, between: Array(text.utf8), body)
    }
  }

  private static func forEachStretch(
    of bytes: Span<UInt8>, between separator: [UInt8], _ body: (Range<Int>, Bool) -> Void
  ) {
    precondition(!separator.isEmpty, "SplitPattern.literal: expected a text, got an empty one")
    var pending = 0
    var index = 0
    while index + separator.count <= bytes.count {
      var length = 0
      while length < separator.count, bytes[index + length] == separator[length] { length += 1 }
      guard length == separator.count else {
        index += 1
        continue
      }
      if pending < index { body(pending..<index, false) }
      body(index..<(index + length), true)
      index += length
      pending = index
    }
    if pending < bytes.count { body(pending..<bytes.count, false) }
  }
}
