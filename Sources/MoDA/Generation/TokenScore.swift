// Log-probabilities of tokens, and of the likeliest ones beside them.
// Not here: which tokens those are (Continuation.swift, Serving/PromptScorer.swift).
public import Tensor

/// How likely a token was, and which ones were likeliest at its place.
public struct TokenScore: Sendable, Equatable {
  /// A token with its log-probability in nats.
  public struct Ranked: Sendable, Equatable {
    /// The token.
    public let token: Int32
    /// Its log-probability, in nats; no number where the logits are none.
    public let logProbability: Double
  }

  /// The token itself.
  public let chosen: Ranked
  /// The likeliest, best first; of equal ones the lower token first.
  public let top: [Ranked]

  /// Whether the model's distribution was one.
  public var isNumber: Bool { !chosen.logProbability.isNaN }

  /// The lowest log-probability that is reported; what is impossible has it too.
  public static let floor = -9999.0

  /// Scores of one token for each row of logits: the model's own distribution, whatever is drawn from it.
  ///
  /// - Parameters:
  ///   - logits: `[T, V]`.
  ///   - tokens: T tokens.
  ///   - top: how many of the likeliest are named.
  /// - Precondition: as many tokens as rows, all in the vocabulary.
  /// - Complexity: O(T·V) for a small `top`.
  public static func scores(logits: Tensor, tokens: [Int32], top: Int) -> [TokenScore] {
    let (rows, columns) = (logits.shape.rows, logits.shape.columns)
    precondition(
      rows == tokens.count && top >= 0 && tokens.allSatisfy { $0 >= 0 && $0 < columns },
      "TokenScore: \(tokens.count) tokens for logits \(logits.shape)")
    let sums = logits.reshaped(to: [rows, columns]).logSumExp().elements
    return logits.withElements { all in
      (0..<rows).map { row in
        let values = UnsafeBufferPointer(rebasing: all[row * columns..<(row + 1) * columns])
        func ranked(_ token: Int32) -> Ranked {
          let value = Double(values[Int(token)] - sums[row])
          return Ranked(token: token, logProbability: value.isNaN ? .nan : max(floor, min(0, value)))
        }
        return TokenScore(chosen: ranked(tokens[row]), top: largest(min(top, columns), of: values).map(ranked))
      }
    }
  }

  /// The places of the largest numbers, the largest first; NaN is never among the first of others.
  private static func largest(_ count: Int, of values: UnsafeBufferPointer<Float>) -> [Int32] {
    guard count > 0 else { return [] }
    var kept: [Int32] = []
    var least = -Float.infinity
    for index in values.indices {
      let value = values[index]
      guard kept.count < count || value > least else { continue }
      if kept.count == count { kept.removeLast() }
      var place = kept.count
      while place > 0, value > values[Int(kept[place - 1])] { place -= 1 }
      kept.insert(Int32(index), at: place)
      if kept.count == count, let last = kept.last { least = values[Int(last)] }
    }
    return kept
  }
}
