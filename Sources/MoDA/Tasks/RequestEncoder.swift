// From texts to tokens: where the context ends and the continuation begins, and what is cut where both are too long.
// Not here: the model (RequestScorer.swift).
public import Text

/// A text as tokens: the scored ones, and those before them.
public struct EncodedRequest: Sendable, Equatable {
  /// The tokens before, at least 1.
  public let context: [Int32]
  /// The scored tokens, at least 1.
  public let continuation: [Int32]

  /// A request.
  ///
  /// - Precondition: neither part is empty.
  public init(context: [Int32], continuation: [Int32]) {
    precondition(!context.isEmpty && !continuation.isEmpty, "EncodedRequest: empty context or continuation")
    self.context = context
    self.continuation = continuation
  }

  /// The tokens that the model reads: all but the last.
  var input: ArraySlice<Int32> { (context + continuation).dropLast() }
}

/// Tokenises requests as lm-evaluation-harness does.
///
/// White space at the end of a context belongs to the continuation. The tokens of the continuation are those of the
/// whole text behind as many as the context has alone; the model reads the context's own tokens before them. Both have
/// the tokens that the tokenizer puts around texts, unless the text begins with the token that stands for an empty
/// context. What exceeds the model's context goes from the left.
///
/// > Source: lm-evaluation-harness 0.4, `TemplateLM._encode_pair` and `HFLM._loglikelihood_tokens`.
public struct RequestEncoder: Sendable {
  private let tokenizer: any Tokenizer
  private let context: Int
  private let prefix: Int32?
  private let prefixText: String?

  /// An encoder for one model.
  ///
  /// - Parameters:
  ///   - tokenizer: the model's.
  ///   - context: the most tokens that the model reads.
  ///   - prefix: the token that stands for an empty context; the tokenizer's end of text if nil.
  public init(_ tokenizer: any Tokenizer, context: Int, prefix: Int32? = nil) {
    self.tokenizer = tokenizer
    self.context = context
    self.prefix = prefix ?? tokenizer.endOfText
    prefixText = self.prefix.map { tokenizer.decode([$0]) }
  }

  private func tokens(_ text: String, surrounding: Bool) -> [Int32] {
    (tokenizer as? BytePairEncoding)?.encode(text, addingSurroundingTokens: surrounding) ?? tokenizer.encode(text)
  }

  /// What is wrong with a text for this model, or its tokens.
  public func encode(_ text: TaskText) -> Result<EncodedRequest, UnscorableText> {
    var (before, after): ([Int32], [Int32])
    if text.context.isEmpty {
      guard let prefix else { return .failure(.noPrefix) }
      after = tokens(text.continuation, surrounding: false)
      before = [prefix]
      // A text that begins with the token itself needs no second one.
      if after.first == prefix { after.removeFirst() }
    } else {
      let spaces = text.context.unicodeScalars.reversed().prefix { $0.properties.isWhitespace }.count
      let stripped = String(String.UnicodeScalarView(text.context.unicodeScalars.dropLast(spaces)))
      let surrounding = !(prefixText.map { text.context.hasPrefix($0) } ?? false)
      before = tokens(stripped, surrounding: surrounding)
      after = Array(tokens(text.context + text.continuation, surrounding: surrounding).dropFirst(before.count))
      if before.isEmpty, let prefix { before = [prefix] }
    }
    guard !after.isEmpty else { return .failure(.empty) }
    guard !before.isEmpty else { return .failure(.noPrefix) }
    guard after.count <= context else { return .failure(.tooLong(tokens: after.count, context: context)) }
    return .success(
      EncodedRequest(context: Array(before.suffix(context + 1 - after.count)), continuation: after))
  }
}

/// Why a text has no likelihood.
public enum UnscorableText: Error, Equatable, Sendable {
  /// The continuation has no token of its own.
  case empty
  /// The context is empty and the tokenizer has no token that begins a text.
  case noPrefix
  /// The continuation alone exceeds the model's context.
  case tooLong(tokens: Int, context: Int)

  /// What was expected and what there is, for ``TaskError/cannotScore(task:document:expected:got:)``.
  var parts: (expected: String, got: String) {
    switch self {
    case .empty: ("a continuation of at least one token", "none")
    case .noPrefix: ("a tokenizer with an end-of-text token, for an empty context", "none")
    case .tooLong(let tokens, let context): ("a continuation of at most \(context) tokens", "\(tokens)")
    }
  }
}
