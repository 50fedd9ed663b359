// Requests of the completions interface: what is asked for, checked field by field.
// Not here: answering them (CompletionEngine.swift), their replies (CompletionReply.swift).
import Foundation
public import Lab
import NN

/// A field of a request that cannot be used.
public struct CompletionRequestError: LabError, Equatable {
  /// The field.
  public let field: String
  /// What would be right, and what came.
  public let message: String
  /// A word for programs; empty for none.
  public var code = ""

  /// The field, what was expected and what came.
  public var description: String { "\(field): \(message)" }
}

/// A request for completions.
///
/// A field that the interface does not know is refused by its name, since what it asks for would not be done. Of the
/// fields that the interface knows, those that say nothing about the completion are passed over, and those that this
/// server cannot honour are refused. `top_k`, `min_p` and `repetition_penalty` are taken as other servers take them.
public struct CompletionRequest: Equatable, Sendable {
  /// One text or its tokens.
  public enum Prompt: Equatable, Sendable {
    /// A text.
    case text(String)
    /// Token ids.
    case tokens([Int32])
  }

  /// What is continued; one or more.
  public var prompts: [Prompt]
  /// Most tokens of each continuation.
  public var maximumTokens: Int
  /// 0 takes the likeliest token.
  public var temperature: Double
  /// Mass of the likeliest tokens to draw from.
  public var topP: Double
  /// How many of the likeliest tokens to draw from; 0 for all.
  public var topK: Int
  /// The share of the largest probability that a token needs to be drawn.
  public var minP: Double
  /// What logits of tokens that occurred before are divided by; 1 for none.
  public var repetitionPenalty: Double
  /// Continuations of each prompt.
  public var count: Int
  /// Likeliest tokens to report at each place beside the token itself; nil for no log-probabilities.
  public var logProbabilities: Int?
  /// Whether the reply begins with the prompt.
  public var echo: Bool
  /// Texts that end a continuation, and are no part of it.
  public var stop: [String]
  /// Equal seeds draw equal tokens; nil for one of the server's.
  public var seed: UInt64?
  /// Whether pieces are sent as they come.
  public var stream: Bool
  /// Whether a stream ends with the counts of tokens.
  public var streamUsage: Bool
  /// The model's name as the client gave it; empty for none.
  public var model: String

  /// Reads a request's body.
  ///
  /// - Throws: ``CompletionRequestError``.
  public init(body: [UInt8]) throws(CompletionRequestError) {
    let parsed: Body
    do {
      parsed = try JSONDecoder().decode(Body.self, from: Data(body))
    } catch let error as CompletionRequestError {
      throw error
    } catch let error as DecodingError {
      throw Self.explained(error)
    } catch {
      throw CompletionRequestError(field: "body", message: "expected a JSON object, got an error: \(error)")
    }
    let form = parsed.form
    prompts = form.prompt?.prompts ?? [.text("")]
    maximumTokens = form.max_tokens ?? 16
    temperature = form.temperature ?? 1
    topP = form.top_p ?? 1
    topK = form.top_k ?? 0
    minP = form.min_p ?? 0
    repetitionPenalty = form.repetition_penalty ?? 1
    count = form.n ?? 1
    logProbabilities = form.logprobs?.count
    echo = form.echo ?? false
    stop = form.stop?.texts ?? []
    seed = form.seed.map { UInt64(bitPattern: $0) }
    stream = form.stream ?? false
    streamUsage = form.stream_options?.include_usage ?? false
    model = form.model ?? ""
    try check(form)
  }

  private func check(_ form: Form) throws(CompletionRequestError) {
    func require(_ condition: Bool, _ field: String, _ expected: String, _ got: Any) throws(CompletionRequestError) {
      if !condition { throw CompletionRequestError(field: field, message: "expected \(expected), got \(got)") }
    }
    try require((1...1024).contains(prompts.count), "prompt", "1 to 1024 prompts", prompts.count)
    try require((0...1_000_000).contains(maximumTokens), "max_tokens", "0 to 1000000", maximumTokens)
    try require((0...100).contains(temperature), "temperature", "0 to 100", temperature)
    try require(Float(topP) > 0 && topP <= 1, "top_p", "above 0, at most 1", topP)
    try require((0...1_000_000).contains(topK), "top_k", "0 to 1000000", topK)
    try require((0...1).contains(minP), "min_p", "0 to 1", minP)
    try require((0.01...100).contains(repetitionPenalty), "repetition_penalty", "0.01 to 100", repetitionPenalty)
    try require((1...128).contains(count), "n", "1 to 128", count)
    try require(prompts.count * count <= 1024, "n", "at most 1024 for all prompts together", prompts.count * count)
    try require((0...100).contains(logProbabilities ?? 0), "logprobs", "0 to 100", logProbabilities ?? 0)
    try require(stop.count <= 16 && !stop.contains(""), "stop", "at most 16 texts, none of them empty", stop)
    try require((form.best_of ?? 1) <= count, "best_of", "nothing, or at most n", form.best_of ?? 1)
    try require((form.suffix ?? "").isEmpty, "suffix", "nothing: this server only continues", form.suffix ?? "")
    for (name, value) in [("presence_penalty", form.presence_penalty), ("frequency_penalty", form.frequency_penalty)] {
      try require((value ?? 0) == 0, name, "0: this server has no penalties", value ?? 0)
    }
    try require((form.logit_bias ?? [:]).isEmpty, "logit_bias", "nothing", "\(form.logit_bias?.count ?? 0) entries")
  }

  /// How tokens are chosen.
  var sampler: Sampler {
    Sampler(
      temperature: Float(temperature), topK: topK, topP: Float(topP), minP: Float(minP),
      repetitionPenalty: Float(repetitionPenalty))
  }

  private static func explained(_ error: DecodingError) -> CompletionRequestError {
    func name(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "body" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .typeMismatch(let type, let context):
      return CompletionRequestError(
        field: name(context.codingPath), message: "expected \(Self.word(for: type)), got another type")
    case .valueNotFound(_, let context):
      return CompletionRequestError(field: name(context.codingPath), message: "expected a value, got null")
    case .dataCorrupted(let context):
      return CompletionRequestError(
        field: name(context.codingPath), message: "expected valid JSON, got an error: \(context.debugDescription)")
    case .keyNotFound(let key, _):
      return CompletionRequestError(field: key.stringValue, message: "expected a value, got nothing")
    @unknown default: return CompletionRequestError(field: "body", message: "expected valid JSON, got \(error)")
    }
  }

  private static func word(for type: Any.Type) -> String {
    switch type {
    case is Int.Type, is Int64.Type, is Int32.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    default: "an object"
    }
  }

  /// The fields as they are sent; the names are the interface's.
  private struct Form: Decodable {
    struct Options: Decodable {
      let include_usage: Bool?
      let include_obfuscation: Bool?
    }
    let prompt: PromptForm?
    let stop: StopForm?
    let logprobs: CountForm?
    let max_tokens, n, best_of, top_k: Int?
    let temperature, top_p, min_p, repetition_penalty, presence_penalty, frequency_penalty: Double?
    let echo, stream: Bool?
    let seed: Int64?
    let suffix, model, user: String?
    let stream_options: Options?
    let logit_bias: [String: Double]?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case prompt, stop, logprobs, max_tokens, n, best_of, top_k, temperature, top_p, min_p, repetition_penalty
      case presence_penalty, frequency_penalty, echo, stream, seed, suffix, model, user, stream_options, logit_bias
    }
  }

  /// The form, and a look at its fields' names.
  private struct Body: Decodable {
    let form: Form

    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue).sorted()
      let known = Form.CodingKeys.allCases.map(\.rawValue)
      if let other = names.first(where: { !known.contains($0) }) {
        throw CompletionRequestError(
          field: other, message: "expected a field of the completions interface, got an unknown one",
          code: "unknown_field")
      }
      form = try Form(from: decoder)
    }
  }

  /// A text, texts, tokens, or lists of tokens.
  private struct PromptForm: Decodable {
    let prompts: [Prompt]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        prompts = [.text(text)]
      } else if let texts = try? value.decode([String].self) {
        prompts = texts.map { .text($0) }
      } else if let tokens = try? value.decode([Int32].self) {
        prompts = [.tokens(tokens)]
      } else if let lists = try? value.decode([[Int32]].self) {
        prompts = lists.map { .tokens($0) }
      } else {
        throw CompletionRequestError(
          field: "prompt",
          message: "expected a text, a list of texts, token ids or lists of token ids, got something else")
      }
    }
  }

  /// A text or texts.
  private struct StopForm: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        texts = [text]
      } else if let several = try? value.decode([String].self) {
        texts = several
      } else {
        throw CompletionRequestError(field: "stop", message: "expected a text or a list of texts, got something else")
      }
    }
  }

  /// A number, or true for 1 and false for nothing, as some clients send it.
  private struct CountForm: Decodable {
    let count: Int?

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let flag = try? value.decode(Bool.self) {
        count = flag ? 1 : nil
      } else if let number = try? value.decode(Int.self) {
        count = number
      } else {
        throw CompletionRequestError(field: "logprobs", message: "expected a whole number, got something else")
      }
    }
  }
}
