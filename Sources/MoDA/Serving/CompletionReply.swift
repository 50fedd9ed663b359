// Replies of the completions interface, and how tokens are written in them.
// Not here: requests (CompletionRequest.swift), what is replied (CompletionService.swift).
import Foundation
import Text

/// A reply, or one piece of a streamed one.
struct CompletionReply: Encodable {
  /// One continuation.
  struct Choice: Encodable {
    let index: Int
    let text: String
    let logprobs: ReplyLogProbabilities?
    let finish: ContinuationStep.Finish?

    private enum CodingKeys: String, CodingKey { case index, text, logprobs, finish_reason }

    // Written by hand: what is not there is null, not left out.
    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(index, forKey: .index)
      try fields.encode(text, forKey: .text)
      if let logprobs {
        try fields.encode(logprobs, forKey: .logprobs)
      } else {
        try fields.encodeNil(forKey: .logprobs)
      }
      if let finish {
        try fields.encode(finish.rawValue, forKey: .finish_reason)
      } else {
        try fields.encodeNil(forKey: .finish_reason)
      }
    }
  }

  /// Counts of tokens.
  struct Usage: Encodable {
    let prompt_tokens, completion_tokens: Int
    let total_tokens: Int

    init(prompt: Int, completion: Int) {
      (prompt_tokens, completion_tokens, total_tokens) = (prompt, completion, prompt + completion)
    }
  }

  let id: String
  let object = "text_completion"
  let created: Int
  let model: String
  let choices: [Choice]
  let usage: Usage?

  private enum CodingKeys: String, CodingKey { case id, object, created, model, choices, usage }
}

/// Log-probabilities as the interface writes them, place by place.
struct ReplyLogProbabilities: Encodable, Equatable {
  /// Characters (code points) before each token, those of the prompt included.
  private(set) var text_offset: [Int] = []
  /// Nil for a token without any before it.
  private(set) var token_logprobs: [Double?] = []
  private(set) var tokens: [String] = []
  /// The likeliest tokens and the token itself.
  private(set) var top_logprobs: [[String: Double]?] = []

  /// Adds a token.
  ///
  /// - Parameters:
  ///   - token: the token.
  ///   - score: its score; nil where it has none.
  ///   - offset: characters before it.
  mutating func append(_ token: Int32, score: TokenScore?, offset: Int, tokenizer: any Tokenizer) {
    text_offset.append(offset)
    tokens.append(Self.text(of: token, tokenizer))
    token_logprobs.append(score?.chosen.logProbability)
    top_logprobs.append(
      score.map { score in
        // Of tokens with one text the likelier counts; it comes first.
        Dictionary(
          (score.top + [score.chosen]).map { (Self.text(of: $0.token, tokenizer), $0.logProbability) },
          uniquingKeysWith: { first, _ in first })
      })
  }

  /// A token's text; its bytes in hexadecimal where they are no text.
  static func text(of token: Int32, _ tokenizer: any Tokenizer) -> String {
    let bytes = tokenizer.bytes(of: token) ?? []
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return "bytes:" + bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Follows the text of a choice from token to token, for the places at which tokens begin.
struct OffsetCounter {
  private var decoder: StreamingDecoder
  /// Characters (code points) that are complete.
  private(set) var characters = 0

  init(_ tokenizer: any Tokenizer) { decoder = StreamingDecoder(tokenizer) }

  /// Takes a token, and returns the characters before it.
  @discardableResult
  mutating func append(_ token: Int32) -> Int {
    defer { characters += decoder.append(token).unicodeScalars.count }
    return characters
  }
}
