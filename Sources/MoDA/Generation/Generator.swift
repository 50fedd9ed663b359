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
  /// context is full.
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
    var random = RandomSource(seed: seed).split("sampling")
    let clock = ContinuousClock()
    var ids = tokenizer.encode(prompt)
    let endOfText = tokenizer.endOfText
    if ids.isEmpty { ids = [endOfText ?? 0] }
    ids = Array(ids.suffix(max(1, model.config.context - 1)))
    let room = min(count, model.config.context - ids.count)
    let cache = GenerationCache(model.config, capacity: ids.count + max(0, room))
    let start = clock.now
    var logits = model.nextLogits(IndexTensor(ids, shape: [1, ids.count]), cache: cache)
    let prefilled = clock.now
    var decoder = StreamingDecoder(tokenizer)
    var text = ""
    var produced = 0
    var history = ids
    while produced < room {
      let next = try sampler.token(logits: logits, history: history, from: &random)
      if next == endOfText { break }
      produced += 1
      history.append(next)
      let piece = decoder.append(next)
      text += piece
      guard piece.isEmpty || emit(piece), produced < room else { break }
      logits = model.nextLogits(IndexTensor([next], shape: [1, 1]), cache: cache)
    }
    let rest = decoder.finish()
    if !rest.isEmpty { _ = emit(rest) }
    return Summary(
      text: text + rest, tokens: produced, promptTokens: ids.count,
      prefillSeconds: start.duration(to: prefilled).seconds, decodeSeconds: prefilled.duration(to: clock.now).seconds)
  }
}
