// The least sum of an assignment against all permutations, with ties, and its shape.
import SpatialAudio
import TestSupport
import Testing

/// The least sum over all ways to give each row a column of its own; `rows ≤ columns`.
private func leastSum(_ costs: [[Double]]) -> Double {
  func best(_ row: Int, _ taken: Set<Int>) -> Double {
    guard row < costs.count else { return 0 }
    return costs[row].indices.filter { !taken.contains($0) }
      .map { costs[row][$0] + best(row + 1, taken.union([$0])) }.min() ?? .infinity
  }
  return best(0, [])
}

@Suite("Assignment")
struct AssignmentTests {
  @Test("the sum is the least of all permutations, up to 6 × 6, with ties and negative costs")
  func leastOfAll() {
    forAll(300, seed: 41) { random, seed in
      let (rows, columns) = (Int.random(in: 1...6, using: &random), Int.random(in: 1...6, using: &random))
      let kind = Int.random(in: 0..<3, using: &random)
      let costs = (0..<rows * columns).map { _ -> Double in
        switch kind {
        case 0: Double(Int.random(in: 0...3, using: &random))
        case 1: Double.random(in: -10...10, using: &random)
        default: Double(Int.random(in: -2...2, using: &random)) * 1e6
        }
      }
      let pairs = Assignment.minimumSum(costs: costs, rows: rows, columns: columns)
      #expect(pairs.count == min(rows, columns), "seed \(seed)")
      #expect(Set(pairs.map(\.row)).count == pairs.count && Set(pairs.map(\.column)).count == pairs.count)
      #expect(pairs.map(\.row) == pairs.map(\.row).sorted(), "seed \(seed)")
      let sum = pairs.reduce(0) { $0 + costs[$1.row * columns + $1.column] }
      let matrix =
        rows <= columns
        ? (0..<rows).map { row in (0..<columns).map { costs[row * columns + $0] } }
        : (0..<columns).map { column in (0..<rows).map { costs[$0 * columns + column] } }
      #expect(abs(sum - leastSum(matrix)) <= 1e-9 * max(1, abs(sum)), "seed \(seed): \(sum) of \(costs)")
    }
  }

  @Test("equal costs pair equal numbers")
  func constant() {
    for (rows, columns) in [(1, 1), (3, 3), (2, 5), (5, 2)] {
      let pairs = Assignment.minimumSum(
        costs: Array(repeating: 7, count: rows * columns), rows: rows, columns: columns)
      #expect(pairs == (0..<min(rows, columns)).map { Assignment.Pair(row: $0, column: $0) })
    }
  }

  @Test("nothing to assign")
  func empty() {
    #expect(Assignment.minimumSum(costs: [], rows: 0, columns: 3).isEmpty)
    #expect(Assignment.minimumSum(costs: [], rows: 3, columns: 0).isEmpty)
  }

  @Test("40 × 55 fulfils the conditions of an optimum: no exchange of two columns lowers the sum")
  func larger() {
    var random = TestRandom(seed: 5)
    let (rows, columns) = (40, 55)
    let costs = (0..<rows * columns).map { _ in Double.random(in: 0..<1, using: &random) }
    let pairs = Assignment.minimumSum(costs: costs, rows: rows, columns: columns)
    let cost = { (row: Int, column: Int) in costs[row * columns + column] }
    let used = Set(pairs.map(\.column))
    for a in pairs {
      for b in pairs where b.row > a.row {
        let now = cost(a.row, a.column) + cost(b.row, b.column)
        #expect(now <= cost(a.row, b.column) + cost(b.row, a.column) + 1e-12)
      }
      for column in 0..<columns where !used.contains(column) {
        #expect(cost(a.row, a.column) <= cost(a.row, column) + 1e-12)
      }
    }
  }
}
