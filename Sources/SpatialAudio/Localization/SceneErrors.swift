// The errors of one scene: the one place where estimates meet truth.
// Not here: averages over scenes (DatasetStudy.swift), frame-wise metrics of detection (Metrics).

/// How far estimates are from true directions under the assignment that serves them best.
public struct SceneErrors: Codable, Equatable, Sendable {
  /// The angle of each matched true source in degrees, in the order of the truth; unmatched ones are left out.
  public var angles: [Double]
  /// True sources without an estimate.
  public var misses: Int
  /// Estimates without a true source.
  public var falseAlarms: Int

  /// Assigns estimates to sources: as many as possible, with the least sum of angles.
  ///
  /// All assignments are tried, so this is for a handful of sources.
  /// - Precondition: at most 8 sources or estimates on the smaller side.
  public init(estimates: [Direction], truth: [Direction]) {
    let angles = truth.map { source in estimates.map { source.angle(to: $0) } }
    var search = AssignmentSearch(angles: angles, estimates: estimates.count)
    search.assign(0, sum: 0)
    self.angles = search.best
    misses = truth.count - search.best.count
    falseAlarms = estimates.count - search.best.count
  }

  /// True sources that an estimate comes near to.
  public func hits(within limit: Double) -> Int { angles.filter { $0 <= limit }.count }
}

/// Depth-first search over all assignments of `min(rows, columns)` pairs.
private struct AssignmentSearch {
  let angles: [[Double]]
  let columns: Int
  var best: [Double] = []
  private var bestSum = Double.infinity
  private var used: [Bool]
  private var chosen: [Double] = []

  init(angles: [[Double]], estimates: Int) {
    self.angles = angles
    columns = estimates
    used = [Bool](repeating: false, count: estimates)
    precondition(
      min(angles.count, estimates) <= 8, "SceneErrors: expected at most 8 pairs, got \(min(angles.count, estimates))")
  }

  mutating func assign(_ row: Int, sum: Double) {
    guard sum < bestSum else { return }
    if row == angles.count {
      (best, bestSum) = (chosen, sum)
      return
    }
    let missing = angles.count - columns
    let skipped = row - chosen.count
    if skipped < missing { assign(row + 1, sum: sum) }
    for column in 0..<columns where !used[column] {
      used[column] = true
      chosen.append(angles[row][column])
      assign(row + 1, sum: sum + angles[row][column])
      chosen.removeLast()
      used[column] = false
    }
  }
}
