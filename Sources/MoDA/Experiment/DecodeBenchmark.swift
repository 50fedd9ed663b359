// Decoding of a configuration with random weights: one token at a time behind a prompt of random ids.
// Not here: timing and the limit of memory (Experiments/moda-lm).
import NN
import Tensor

/// Steps of decoding that can be repeated and timed: each begins behind the same prompt.
public struct DecodeBenchmark {
  /// Tokens of the prompt.
  public let promptTokens: Int
  private let model: LanguageModel
  private let cache: GenerationCache
  private let ids: [Int32]

  /// A benchmark of `config`; a vocabulary of 0 becomes 4,096.
  ///
  /// - Parameters:
  ///   - config: the model.
  ///   - seed: of the initial values and of the prompt.
  ///   - promptTokens: tokens before the first that is decoded.
  ///   - tokens: tokens of one call of `run`.
  /// - Precondition: prompt and tokens are at least 1 and fit the context.
  public init(_ config: ModelConfig, seed: UInt64, promptTokens: Int, tokens: Int) {
    precondition(promptTokens >= 1 && tokens >= 1, "DecodeBenchmark: \(promptTokens) and \(tokens) tokens")
    var config = config
    if config.vocabulary == 0 { config.vocabulary = 4096 }
    self.promptTokens = promptTokens
    model = LanguageModel(config, seed: seed)
    cache = GenerationCache(config, capacity: promptTokens + tokens)
    var random = RandomSource(seed: seed).split("benchmark")
    ids = (0..<promptTokens + tokens).map { _ in Int32(random.integer(below: config.vocabulary)) }
    _ = model.nextLogits(IndexTensor(Array(ids.prefix(promptTokens)), shape: [1, promptTokens]), cache: cache)
  }

  /// Tokens of one call of `run`.
  public var tokens: Int { ids.count - promptTokens }

  /// Parameters of the model.
  public var parameters: Int { model.parameters.count }

  /// The vocabulary V.
  public var vocabulary: Int { model.config.vocabulary }

  /// Bytes of the weights that every token reads: all but an embedding table that is not the head as well.
  public var weightBytes: Double {
    let table = model.config.tiedEmbeddings ? 0 : model.config.vocabulary * model.config.width
    return Double(4 * (parameters - table))
  }

  /// Decodes the tokens, and forgets them.
  public func run() {
    for id in ids.dropFirst(promptTokens) { _ = model.nextLogits(IndexTensor([id], shape: [1, 1]), cache: cache) }
    cache.truncate(to: promptTokens)
  }
}

@available(*, unavailable) extension DecodeBenchmark: Sendable {}
