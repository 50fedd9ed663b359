// One continuation of a prompt as it grows: which token comes next, what text that completes, and when it is over.
// Not here: where logits come from (Generator.swift for one, Serving/CompletionLoop.swift for many at once).
package import NN
import Tensor
import Text

/// How a prompt is continued.
public struct ContinuationSettings: Sendable, Equatable {
  /// The most tokens.
  public var maximumTokens: Int
  /// How tokens are chosen.
  package var sampler: Sampler
  /// Texts that end it and are no part of it.
  public var stop: [String]
  /// How many of the likeliest tokens are reported beside each; nil for no log-probabilities.
  public var top: Int?

  /// Settings.
  package init(maximumTokens: Int, sampler: Sampler, stop: [String] = [], top: Int? = nil) {
    self.maximumTokens = maximumTokens
    self.sampler = sampler
    self.stop = stop
    self.top = top
  }
}

/// One token of a continuation.
public struct ContinuationStep: Sendable, Equatable {
  /// Why a continuation is over.
  public enum Finish: String, Sendable {
    /// The model ended the text, or a stop came.
    case stop
    /// It has all the tokens that were asked for or that the context has room for.
    case length
  }

  /// The token.
  public let token: Int32
  /// Whether it is the end of the text, which is no part of the text.
  public let isEndOfText: Bool
  /// The text that is complete with it; empty within a character and where a stop may have begun.
  public let text: String
  /// Its log-probability, if asked for.
  public let score: TokenScore?
  /// Whether it was the last one, and why.
  public let finish: Finish?
}

/// A continuation between two tokens.
struct Continuation {
  private let settings: ContinuationSettings
  private let endOfText: Int32?
  private let room: Int
  private var random: RandomSource
  private var decoder: StreamingDecoder
  private var search: StopSearch
  /// The prompt and what came after it.
  private(set) var tokens: [Int32]
  private let promptTokens: Int

  /// Nothing yet.
  ///
  /// - Parameters:
  ///   - prompt: at least one token, at most the context.
  ///   - context: the most tokens that the model reads.
  ///   - random: where draws come from.
  init(
    _ prompt: [Int32], settings: ContinuationSettings, context: Int, tokenizer: any Tokenizer, random: RandomSource
  ) {
    self.settings = settings
    self.random = random
    endOfText = tokenizer.endOfText
    room = Self.room(prompt.count, settings: settings, context: context)
    decoder = StreamingDecoder(tokenizer)
    search = StopSearch(settings.stop)
    tokens = prompt
    promptTokens = prompt.count
  }

  /// Tokens that can follow a prompt: the last one need not be read.
  static func room(_ prompt: Int, settings: ContinuationSettings, context: Int) -> Int {
    precondition(prompt >= 1 && prompt <= context, "Continuation: a prompt of \(prompt) in a context of \(context)")
    return min(settings.maximumTokens, context + 1 - prompt)
  }

  /// Tokens that a cache must hold for it.
  static func capacity(_ prompt: Int, settings: ContinuationSettings, context: Int) -> Int {
    prompt + max(0, room(prompt, settings: settings, context: context) - 1)
  }

  /// Whether there is room for a token at all.
  var hasRoom: Bool { room > 0 }

  /// Chooses the next token.
  ///
  /// - Parameter logits: `[V]`.
  /// - Precondition: the step before was not the last one, and there is room.
  /// - Throws: `SamplerError` if the logits are not numbers.
  mutating func step(_ logits: Tensor) throws(SamplerError) -> ContinuationStep {
    let token = try settings.sampler.token(logits: logits, history: tokens, from: &random)
    let score = settings.top.map { TokenScore.scores(logits: logits, tokens: [token], top: $0)[0] }
    tokens.append(token)
    let isEndOfText = token == endOfText
    var text = isEndOfText ? "" : search.append(decoder.append(token))
    var finish: ContinuationStep.Finish?
    if isEndOfText || search.isFound {
      finish = .stop
    } else if tokens.count - promptTokens >= room {
      finish = .length
    }
    if finish != nil, !search.isFound {
      text += search.append(decoder.finish())
      // The rest of a character cannot complete a stop unless stops hold U+FFFD.
      if search.isFound { finish = .stop } else { text += search.finish() }
    }
    return ContinuationStep(token: token, isEndOfText: isEndOfText, text: text, score: score, finish: finish)
  }
}
