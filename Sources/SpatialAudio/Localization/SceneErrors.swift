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
  public init(estimates: [Direction], truth: [Direction]) {
    let costs = truth.flatMap { source in estimates.map { source.angle(to: $0) } }
    angles = Assignment.minimumSum(costs: costs, rows: truth.count, columns: estimates.count)
      .map { costs[$0.row * estimates.count + $0.column] }
    misses = truth.count - angles.count
    falseAlarms = estimates.count - angles.count
  }

  /// True sources that an estimate comes near to.
  public func hits(within limit: Double) -> Int { angles.filter { $0 <= limit }.count }
}
