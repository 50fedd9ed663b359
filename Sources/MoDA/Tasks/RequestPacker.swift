// Which requests share a prompt, and how prompts with their continuations are laid into rows for the model.
// Not here: the forward pass (RequestScorer.swift).
import Tensor

/// A packed row: what the model reads, and which rows predict which tokens.
struct PackedRequests {
  /// One scored token.
  struct Target {
    /// The request.
    let request: Int
    /// The row of the hidden states that predicts it.
    let row: Int32
    /// The token.
    let token: Int32
  }

  private(set) var tokens: [Int32] = []
  private(set) var trees: [BranchedSequence.Tree] = []
  private(set) var targets: [Target] = []

  /// Rows of at most `most` tokens, unless one request alone is longer; requests with equal contexts share them.
  ///
  /// The order of requests decides only which share a row, not what they score.
  static func pack(_ requests: [EncodedRequest], most: Int) -> [PackedRequests] {
    var order: [[Int32]] = []
    var members: [[Int32]: [Int]] = [:]
    for (index, request) in requests.enumerated() {
      if members[request.context] == nil { order.append(request.context) }
      members[request.context, default: []].append(index)
    }
    var rows: [PackedRequests] = []
    var row = PackedRequests()
    for context in order {
      var waiting = (members[context] ?? [])[...]
      while !waiting.isEmpty {
        // A prompt with all of its continuations, or as many as fit a row of their own.
        var size = context.count
        var taken: [Int] = []
        while let next = waiting.first {
          let added = requests[next].continuation.count - 1
          guard taken.isEmpty || size + added <= most else { break }
          size += added
          taken.append(next)
          waiting.removeFirst()
        }
        if !row.tokens.isEmpty && row.tokens.count + size > most {
          rows.append(row)
          row = PackedRequests()
        }
        row.add(context, taken, of: requests)
      }
    }
    if !row.tokens.isEmpty { rows.append(row) }
    return rows
  }

  private mutating func add(_ context: [Int32], _ members: [Int], of requests: [EncodedRequest]) {
    let last = Int32(tokens.count + context.count - 1)
    tokens += context
    // A single continuation goes on in the trunk: then no token has to look at a second segment.
    let isAlone = members.count == 1
    var tree = BranchedSequence.Tree(trunk: context.count)
    for member in members {
      let continuation = requests[member].continuation
      let first = Int32(tokens.count)
      for (index, token) in continuation.enumerated() {
        targets.append(Target(request: member, row: index == 0 ? last : first + Int32(index) - 1, token: token))
      }
      tokens += continuation.dropLast()
      if continuation.count > 1 {
        if isAlone { tree.trunk += continuation.count - 1 } else { tree.branches.append(continuation.count - 1) }
      }
    }
    trees.append(tree)
  }
}
