// Log-probabilities of all tokens of prompts: packed rows in which prompts that begin alike share their beginning.
// Not here: continuations of a context alone (Tasks/RequestScorer.swift), and continuing prompts (CompletionLoop.swift).
import NN
package import Tensor

/// Scores of a prompt's tokens from the second on, and the logits behind the last one.
package struct PromptScores {
  package fileprivate(set) var scores: [TokenScore] = []
  /// Logits behind the last token, `[V]`.
  package fileprivate(set) var nextLogits: Tensor
}

/// Prompts laid into one row: those with a common beginning are one tree.
package struct PackedPrompts {
  /// Where a token of a prompt lies in the row, prompt by prompt.
  package private(set) var rows: [[Int32]] = []
  package private(set) var tokens: [Int32] = []
  private(set) var trees: [BranchedSequence.Tree] = []

  /// The fewest tokens that are worth sharing: a tree with branches is attended to twice.
  static let fewestShared = 8

  /// Lays prompts into a row.
  ///
  /// - Precondition: every prompt has a token.
  package init(_ prompts: [[Int32]]) {
    rows = Array(repeating: [], count: prompts.count)
    let order = prompts.indices.sorted { prompts[$0].lexicographicallyPrecedes(prompts[$1]) }
    var first = 0
    while first < order.count {
      // As long as the next prompt shares at least half of this group's beginning, it joins.
      var shared = prompts[order[first]].count, end = first + 1
      while end < order.count {
        let common = Self.commonCount(prompts[order[end - 1]], prompts[order[end]])
        let joined = min(shared, common)
        guard joined >= Self.fewestShared, 2 * joined >= max(shared, prompts[order[end]].count) else { break }
        shared = joined
        end += 1
      }
      add(order[first..<end].map { $0 }, prompts, shared: end == first + 1 ? prompts[order[first]].count : shared)
      first = end
    }
  }

  private static func commonCount(_ a: [Int32], _ b: [Int32]) -> Int { zip(a, b).prefix { $0 == $1 }.count }

  private mutating func add(_ members: [Int], _ prompts: [[Int32]], shared: Int) {
    let first = Int32(tokens.count)
    tokens += prompts[members[0]][..<shared]
    var tree = BranchedSequence.Tree(trunk: shared)
    for member in members {
      let branch = prompts[member][shared...]
      rows[member] = Array(first..<first + Int32(shared))
      rows[member] += Int32(tokens.count)..<Int32(tokens.count + branch.count)
      tokens += branch
      if !branch.isEmpty { tree.branches.append(branch.count) }
    }
    trees.append(tree)
  }
}

/// Scores prompts with one model.
package struct PromptScorer {
  private let model: LanguageModel
  /// Rows whose logits are held at once.
  private static let rowsOfLogits = 256

  package init(_ model: LanguageModel) { self.model = model }

  /// The scores of prompts that go through the model as one row.
  ///
  /// - Parameters:
  ///   - prompts: each at least one token and at most the context.
  ///   - top: how many of the likeliest tokens are named, for each prompt.
  package func score(_ prompts: [[Int32]], top: [Int]) -> [PromptScores] {
    guard model.canBranch, prompts.count > 1 else {
      return zip(prompts, top).map { prompt, top in
        score(model.hidden(IndexTensor(prompt, shape: [1, prompt.count])).value, prompt, top: top)
      }
    }
    let packed = PackedPrompts(prompts)
    let hidden = model.hidden(
      IndexTensor(packed.tokens, shape: [1, packed.tokens.count]), layout: BranchedSequence(packed.trees))
    let states = hidden.reshaped(to: [packed.tokens.count, model.config.width])
    return prompts.indices.map { index in
      let rows = packed.rows[index]
      return score(
        Tensor.gatherRows(states, IndexTensor(rows, shape: [rows.count])), prompts[index], top: top[index])
    }
  }

  /// The scores of one prompt from its hidden states.
  ///
  /// - Parameters:
  ///   - hidden: `[…, D]`, T rows.
  ///   - prompt: T tokens.
  ///   - top: how many of the likeliest tokens are named.
  func score(_ hidden: Tensor, _ prompt: [Int32], top: Int) -> PromptScores {
    let states = hidden.reshaped(to: [prompt.count, model.config.width])
    var result = PromptScores(nextLogits: states)
    for first in stride(from: 0, to: prompt.count, by: Self.rowsOfLogits) {
      let rows = first..<min(prompt.count, first + Self.rowsOfLogits)
      let logits = Tensor.matmul(states[rows], model.head.value, transposeB: true)
      // The last row predicts what is not there yet.
      let scored = min(rows.upperBound, prompt.count - 1) - rows.lowerBound
      if scored > 0 {
        result.scores += TokenScore.scores(
          logits: logits[0..<scored], tokens: Array(prompt[first + 1..<first + 1 + scored]), top: top)
      }
      if rows.upperBound == prompt.count { result.nextLogits = logits[rows.count - 1] }
    }
    return result
  }
}
