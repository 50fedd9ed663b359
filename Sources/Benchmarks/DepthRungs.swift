// The rungs of the paper's kernel ablation on this machine.
public import Lab
public import Tensor

/// The ways to evaluate depth slots, timed in turns on one problem.
///
/// > Source: arXiv 2603.15619, Table 7; T = 1,024, G = 8, L = 64, d = 64, forward and backward, here with Hk = 1.
public struct DepthRungs: Sendable {
  /// What one rung measured.
  public struct Rung: Sendable {
    /// The strategy.
    public let strategy: DepthStrategy
    /// Its seconds.
    public let time: Timing
  }

  /// The published problem with one key head.
  public static let problem = AttentionProblem(tokens: 1024, group: 8, heads: 1, slots: 64, backward: true)

  /// The problem.
  public var problem: AttentionProblem
  /// How often rungs repeat.
  public var plan: RepeatPlan

  /// Rungs of a problem.
  public init(_ problem: AttentionProblem = Self.problem, plan: RepeatPlan) {
    self.problem = problem
    self.plan = plan
  }

  /// Times the same problem without slots, then every rung, in turns.
  public func measure(progress: (Int, Int) -> Void = { _, _ in }) -> (plain: Timing, rungs: [Rung]) {
    var plain = problem
    plain.slots = 0
    let bodies =
      [plain.prepare()]
      + DepthStrategy.allCases.map { strategy in
        var rung = problem
        rung.strategy = strategy
        return rung.prepare()
      }
    let timings = Timing.inTurns(bodies, plan, progress: progress)
    return (timings[0], zip(DepthStrategy.allCases, timings.dropFirst()).map { Rung(strategy: $0, time: $1) })
  }

  /// The rows of the results file: each rung's time, and that of the depth part alone over exact rows'.
  public func rows(plain: Timing, rungs: [Rung]) -> [ResultRow] {
    guard let exact = rungs.first(where: { $0.strategy == .exactRows }) else { return [] }
    func row(_ id: String, _ value: Double, _ unit: String, _ samples: [Double]) -> ResultRow {
      ResultRow(
        id: id, value: value, unit: unit, n: samples.count, spread: Statistics.interquartileRange(samples),
        threads: Runtime.threads, shape: problem.shape)
    }
    var rows = rungs.map { rung in
      row("moda.rungs.\(rung.strategy).seconds", rung.time.median, "s", rung.time.seconds)
    }
    rows.append(row("moda.rungs.withoutSlots.seconds", plain.median, "s", plain.seconds))
    for rung in rungs where rung.strategy != .exactRows {
      let ratios = zip(rung.time.seconds, exact.time.seconds).map { $0 / $1 }
      let name = rung.strategy == .wholeAxis ? "fullaxis" : rung.strategy.rawValue
      var ratio = row("moda.rungs.\(name)_over_exact", rung.time.median / exact.time.median, "ratio", ratios)
      (ratio.ours, ratio.peer, ratio.peerName) = (exact.time.median, rung.time.median, "our \(rung.strategy) rung")
      rows.append(ratio)
    }
    return rows
  }
}
