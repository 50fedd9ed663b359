// Prompts packed behind each other, each followed by branches that go on from its end: who sees whom, at what position.
// Not here: the attention over them (Attention+Branches.swift).

/// A packed row of trunks with branches: `trunk 0, its branches, trunk 1, its branches, …`, without padding.
///
/// A token sees the tokens up to it in its own trunk or branch; a token of a branch sees all of its trunk as well, and
/// nothing of the other branches. A branch goes on at the position behind its trunk's last token. So the keys of a
/// prompt are computed once, however many continuations of it are scored.
public struct BranchedSequence: Sendable, Equatable {
  /// A trunk and the branches that go on from it, as numbers of tokens.
  public struct Tree: Sendable, Equatable {
    /// Tokens of the trunk, at least 1.
    public var trunk: Int
    /// Tokens of each branch, at least 1 each; empty where the trunk is all.
    public var branches: [Int]

    /// A trunk with branches.
    public init(trunk: Int, branches: [Int] = []) {
      self.trunk = trunk
      self.branches = branches
    }

    /// All tokens.
    public var tokens: Int { trunk + branches.reduce(0, +) }
  }

  /// The trees, in order.
  public let trees: [Tree]
  /// The position of every token in its own text, from 0.
  public let positions: [Int]
  /// Which tokens are of a branch.
  let isBranch: [Bool]
  /// The trunk or branch of each token.
  let segments: DocumentBoundaries
  /// What a token of a branch sees beside its segment: its trunk. Tokens of a trunk see one key, whose weight is then
  /// taken away.
  let trunks: DocumentBoundaries

  /// A row of trees.
  ///
  /// - Precondition: there is a tree, and every trunk and branch holds a token.
  public init(_ trees: [Tree]) {
    precondition(
      !trees.isEmpty && trees.allSatisfy { $0.trunk >= 1 && $0.branches.allSatisfy { $0 >= 1 } },
      "BranchedSequence: expected trunks and branches of at least 1 token, got \(trees)")
    self.trees = trees
    var positions: [Int] = [], isBranch: [Bool] = [], begin: [Int32] = [], end: [Int32] = []
    var first = 0
    for tree in trees {
      positions += 0..<tree.trunk
      isBranch += repeatElement(false, count: tree.trunk)
      end += repeatElement(Int32(first + 1), count: tree.trunk)
      for branch in tree.branches {
        positions += tree.trunk..<tree.trunk + branch
        isBranch += repeatElement(true, count: branch)
        end += repeatElement(Int32(first + tree.trunk), count: branch)
      }
      begin += repeatElement(Int32(first), count: tree.tokens)
      first += tree.tokens
    }
    self.positions = positions
    self.isBranch = isBranch
    segments = DocumentBoundaries(lengths: [trees.flatMap { [$0.trunk] + $0.branches }])
    trunks = DocumentBoundaries(
      begin: IndexTensor(begin, shape: [1, first]), end: IndexTensor(end, shape: [1, first]))
  }

  /// Tokens of the row.
  public var tokens: Int { positions.count }

  /// Whether any trunk has branches.
  public var hasBranches: Bool { trees.contains { !$0.branches.isEmpty } }
}
