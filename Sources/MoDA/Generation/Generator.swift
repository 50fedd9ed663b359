// Text from a model: prefill, then one token at a time through the cache.
import Lab
public import NN
import Tensor
public import Text

/// Continues a prompt, yielding text as it becomes complete.
public struct Generator {
  let model: LanguageModel
  let tokenizer: any Tokenizer

  /// A generator for a model and its tokenizer.
  public init(_ model: LanguageModel, tokenizer: any Tokenizer) {
    self.model = model
    self.tokenizer = tokenizer
  }

  /// What a generation did.
  public struct Summary: Sendable {
    /// The generated text, prompt excluded.
    public let text: String
    /// Tokens generated.
    public let tokens: Int
    /// Tokens of the prompt.
    public let promptTokens: Int
    /// Seconds for the prompt.
    public let prefillSeconds: Double
    /// Seconds for the generated tokens.
    public let decodeSeconds: Double
  }

  /// Generates up to `count` tokens after `prompt`.
  ///
  /// The prompt's last tokens are used if it exceeds the context; generation ends at the end-of-text token or when the
  /// context is full. A server gives the same tokens (Serving/CompletionLoop.swift).
  ///
  /// - Parameters:
  ///   - prompt: the text to continue; an empty one starts from the end-of-text token.
  ///   - count: the most tokens.
  ///   - sampler: how tokens are chosen.
  ///   - seed: equal seeds draw equal tokens.
  ///   - emit: receives each piece of text as soon as it is valid UTF-8; return false to stop.
  /// - Throws: `SamplerError` if the model's logits are not numbers.
  public func generate(
    prompt: String, count: Int, sampler: Sampler, seed: UInt64, emit: (String) -> Bool = { _ in true }
  ) throws -> Summary {
    let clock = ContinuousClock()
    let context = model.config.context
    let ids = Array(Self.tokens(of: prompt, tokenizer: tokenizer).suffix(context))
    let settings = ContinuationSettings(maximumTokens: count, sampler: sampler)
    var continuation = Continuation(
      ids, settings: settings, context: context, tokenizer: tokenizer, random: Self.random(seed: seed))
    let cache = GenerationCache(
      model.config, capacity: Continuation.capacity(ids.count, settings: settings, context: context))
    let start = clock.now
    var logits = model.nextLogits(IndexTensor(ids, shape: [1, ids.count]), cache: cache)
    let prefilled = clock.now
    var text = "", produced = 0
    while continuation.hasRoom {
      let step = try continuation.step(logits)
      if !step.isEndOfText { produced += 1 }
      text += step.text
      guard step.text.isEmpty || emit(step.text), step.finish == nil else { break }
      logits = model.nextLogits([step.token], caches: [cache])[0]
    }
    return Summary(
      text: text, tokens: produced, promptTokens: ids.count,
      prefillSeconds: start.duration(to: prefilled).seconds, decodeSeconds: prefilled.duration(to: clock.now).seconds)
  }

  /// The tokens of a prompt; of an empty one the end of text, behind which a text begins.
  static func tokens(of prompt: String, tokenizer: any Tokenizer) -> [Int32] {
    let ids = tokenizer.encode(prompt)
    return ids.isEmpty ? [tokenizer.endOfText ?? 0] : ids
  }

  /// Where the draws of a continuation come from.
  static func random(seed: UInt64) -> RandomSource { RandomSource(seed: seed).split("sampling") }
}
