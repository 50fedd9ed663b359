// Perplexity by domain over held-out tokens, with the loss of every window kept for paired comparisons.
import Foundation
import NN
import Tensor
import Text

/// The held-out loss of one domain.
public struct DomainLoss: Codable, Sendable, Equatable {
  /// The domain.
  public let domain: String
  /// Tokens predicted.
  public let tokens: Int
  /// Bytes of text that these tokens stand for.
  public let bytes: Int
  /// Mean loss of each window, in nats a token, in the order of the text.
  public let windows: [Double]

  /// Mean loss in nats a token.
  public var nats: Double { windows.isEmpty ? .nan : windows.reduce(0, +) / Double(windows.count) }
  /// `exp` of the mean loss.
  public var perplexity: Double { exp(nats) }
  /// Bits for each byte of text, comparable across tokenizers.
  public var bitsPerByte: Double { nats * Double(tokens) / log(2) / Double(bytes) }
}

/// The held-out loss of a model over all domains.
public struct Evaluation: Codable, Sendable, Equatable {
  /// Steps of training behind the model.
  public let step: Int
  /// Tokens of a window.
  public let length: Int
  /// One entry for each domain.
  public let domains: [DomainLoss]

  /// Mean loss over all windows of all domains, in nats a token.
  public var nats: Double {
    let windows = domains.flatMap(\.windows)
    return windows.reduce(0, +) / Double(windows.count)
  }
  /// `exp` of the mean loss over all windows.
  public var perplexity: Double { exp(nats) }
  /// The mean of the domains' perplexities, as the paper averages its Table 5.
  public var meanPerplexity: Double {
    domains.map(\.perplexity).reduce(0, +) / Double(domains.count)
  }
}

/// Measures held-out loss.
public struct Evaluator {
  private let corpus: TokenizedCorpus
  /// Tokens of a window.
  public let length: Int
  /// Windows evaluated at once.
  public let batch: Int
  /// The most tokens of one domain; 0 for all.
  public let maximumTokens: Int

  /// An evaluator over the validation split of `corpus`.
  public init(_ corpus: TokenizedCorpus, length: Int, batch: Int, maximumTokens: Int = 0) {
    self.corpus = corpus
    self.length = length
    self.batch = max(1, batch)
    self.maximumTokens = maximumTokens
  }

  /// The number of windows that `evaluate` computes.
  public var windowCount: Int { corpus.validation.reduce(0) { $0 + windows(of: $1.shard) } }

  private func windows(of shard: TokenShard) -> Int {
    let all = max(0, shard.count - 1) / length
    return maximumTokens > 0 ? min(all, max(1, maximumTokens / length)) : all
  }

  /// The loss of `model` on every domain.
  ///
  /// Windows do not overlap: each token is predicted once, from at most `length − 1` tokens before it.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - step: recorded in the result.
  ///   - progress: receives the number of windows done.
  public func evaluate(_ model: LanguageModel, step: Int, progress: (Int) -> Void = { _ in }) -> Evaluation {
    var done = 0
    let domains = corpus.validation.map { entry in
      let count = windows(of: entry.shard)
      var losses: [Double] = []
      var bytes = 0
      for first in stride(from: 0, to: count, by: batch) {
        let windows = (first..<min(count, first + batch)).map {
          entry.shard.window(at: $0 * length, length: length + 1)
        }
        bytes += windows.reduce(0) { $0 + corpus.byteCount(of: $1.dropFirst()) }
        let batch = makeBatch(windows, length: length)
        let rows = model.loss(batch.tokens, targets: batch.targets).losses.elements
        for window in 0..<windows.count {
          let sum = rows[window * length..<(window + 1) * length].reduce(0.0) { $0 + Double($1) }
          losses.append(sum / Double(length))
        }
        done += windows.count
        progress(done)
      }
      return DomainLoss(domain: entry.domain, tokens: count * length, bytes: bytes, windows: losses)
    }
    return Evaluation(step: step, length: length, domains: domains)
  }
}
