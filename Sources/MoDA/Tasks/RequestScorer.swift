// Log-likelihoods of requests: packed rows through the model, losses of the scored tokens alone.
// Not here: tokens (RequestEncoder.swift), files and tasks (TaskEvaluation.swift).
import NN
import Tensor

/// Scores requests with one model.
///
/// Requests with equal contexts share their computation, nothing is padded, and the vocabulary head runs over scored
/// tokens only. A result depends on the other requests by rounding alone.
public struct RequestScorer {
  private let model: LanguageModel
  /// Tokens of a packed row.
  public let rowTokens: Int

  /// A scorer.
  ///
  /// - Parameters:
  ///   - model: a causal model.
  ///   - rowTokens: tokens that go through the model together.
  /// - Precondition: the model is causal, the row holds a token.
  public init(_ model: LanguageModel, rowTokens: Int = 1024) {
    precondition(model.config.isCausal && rowTokens >= 1, "RequestScorer: rows of \(rowTokens), or no causal model")
    self.model = model
    self.rowTokens = rowTokens
  }

  /// The log-likelihoods of the continuations, in nats, in the order of the requests.
  ///
  /// - Precondition: context and continuation have at most one token more than the model's context.
  public func score(_ requests: [EncodedRequest]) -> [Double] {
    var sums = [Double](repeating: 0, count: requests.count)
    guard model.canBranch else {
      for (index, request) in requests.enumerated() { sums[index] = scoreAlone(request) }
      return sums
    }
    for row in PackedRequests.pack(requests, most: rowTokens) {
      let hidden = model.hidden(
        IndexTensor(row.tokens, shape: [1, row.tokens.count]), layout: BranchedSequence(row.trees))
      let losses = self.losses(hidden, rows: row.targets.map(\.row), tokens: row.targets.map(\.token))
      for (target, loss) in zip(row.targets, losses) { sums[target.request] -= Double(loss) }
    }
    return sums
  }

  /// One request as a sequence of its own.
  private func scoreAlone(_ request: EncodedRequest) -> Double {
    let input = Array(request.input)
    let hidden = model.hidden(IndexTensor(input, shape: [1, input.count])).value
    let first = Int32(request.context.count - 1)
    let rows = (0..<Int32(request.continuation.count)).map { first + $0 }
    return -losses(hidden, rows: rows, tokens: request.continuation).reduce(0) { $0 + Double($1) }
  }

  private func losses(_ hidden: Tensor, rows: [Int32], tokens: [Int32]) -> [Float] {
    let states = Tensor.gatherRows(
      hidden.reshaped(to: [hidden.shape.rows, hidden.shape.columns]), IndexTensor(rows, shape: [rows.count]))
    return linearCrossEntropy(
      Variable(states), weight: model.head, targets: IndexTensor(tokens, shape: [tokens.count])
    ).losses.elements
  }
}

@available(*, unavailable) extension RequestScorer: Sendable {}
