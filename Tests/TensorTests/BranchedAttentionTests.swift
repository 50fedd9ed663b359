// Packed trunks with branches against each trunk and branch as a sequence of its own, and rotation to any positions.
import Tensor
import TestSupport
import Testing

@Suite struct BranchedAttentionTests {
  static let layouts: [[BranchedSequence.Tree]] = [
    [.init(trunk: 1, branches: [1])], [.init(trunk: 5)], [.init(trunk: 1, branches: [3, 1, 70])],
    [.init(trunk: 33, branches: [7, 1]), .init(trunk: 2), .init(trunk: 17, branches: [4, 90, 2, 2])],
    [.init(trunk: 130, branches: [1, 2, 3, 4, 5]), .init(trunk: 1, branches: [1, 1])],
  ]

  @Test(arguments: InstructionSet.available, layouts)
  func branchesSeeTheirTrunkAndThemselves(level: InstructionSet, trees: [BranchedSequence.Tree]) {
    let layout = BranchedSequence(trees), (heads, keyHeads, width) = (6, 2, 24)
    var random = RandomSource(seed: 5).split("branches")
    func tensor(_ heads: Int) -> Tensor {
      let shape: Shape = [1, layout.tokens, heads, width]
      return Tensor((0..<shape.count).map { _ in Float(random.normal()) }, shape: shape)
    }
    let query = tensor(heads), key = tensor(keyHeads), value = tensor(keyHeads)
    func rows(_ tensor: Tensor, _ indices: [Int]) -> Tensor {
      let row = tensor.shape[2] * width
      return Tensor(
        indices.flatMap { tensor.elements[$0 * row..<($0 + 1) * row] },
        shape: [1, indices.count, tensor.shape[2], width])
    }
    Runtime.with(instructionSet: level) {
      let packed = Tensor.branchedAttention(query: query, key: key, value: value, layout: layout, scale: 0.2)
      var first = 0
      for tree in trees {
        let trunk = Array(first..<first + tree.trunk)
        first += tree.trunk
        var texts = [trunk]
        for branch in tree.branches {
          texts.append(trunk + Array(first..<first + branch))
          first += branch
        }
        for text in texts {
          let alone = Tensor.attention(
            query: rows(query, text), key: rows(key, text), value: rows(value, text), mask: .causal, scale: 0.2
          ).output
          let error = zip(alone.elements, rows(packed, text).elements).map { abs($0 - $1) }.max() ?? 0
          #expect(error <= 4e-6, "text \(text), \(level)")
          #expect(text.map { layout.positions[$0] } == Array(text.indices))
        }
      }
    }
  }

  @Test func gatheredAnglesAreThoseOfTheirPositions() {
    let table = RotaryTable(positions: 40, headWidth: 8, base: 10_000)
    let positions = [0, 1, 2, 39, 3, 3, 4]
    let gathered = table.gathered(positions)
    #expect(gathered.positions == 7 && gathered.headWidth == 8)
    for (row, position) in positions.enumerated() {
      #expect(gathered.cosines[row].elements == table.cosines[position].elements)
      #expect(gathered.sines[row].elements == table.sines[position].elements)
    }
  }
}
