// What depth slots cost over attention without them: the rows of the paper's Table 2, and the curves around them.
// Not here: peers (Scripts/peers) and the rungs of Table 7 (DepthRungs).
public import Lab
import Tensor

/// Problems with slots, each measured in turns with the same problem without.
///
/// > Source: arXiv 2603.15619, Table 2; Hk = 1, d = 64, forward and backward.
public struct DepthSweep: Sendable {
  /// What one problem measured.
  public struct Outcome: Sendable {
    /// The problem with slots.
    public let problem: AttentionProblem
    /// Seconds without and with slots.
    public let plain, moda: Timing
    /// Extra time that the slots' arithmetic alone explains, at the rate of plain attention.
    public let predictedByOperations: Double
    /// The same plus the time to move the slots at the read bandwidth of this machine.
    public let predictedWithTraffic: Double

    /// Extra seconds over those of plain attention, of medians.
    public var extra: Double { moda.median / plain.median - 1 }

    /// The rows of the results file: the extra time, and what was predicted.
    public var rows: [ResultRow] {
      [row]
        + [("operations", predictedByOperations), ("traffic", predictedWithTraffic)].map { name, value in
          ResultRow(
            id: "moda.predicted.\(problem.name).\(name)", value: value, unit: "ratio", n: 1,
            spread: Interval(lower: value, upper: value), shape: problem.shape)
        }
    }

    /// The measured extra time.
    public var row: ResultRow {
      let extras = zip(moda.seconds, plain.seconds).map { $0 / $1 - 1 }
      return ResultRow(
        id: "moda.extra.\(problem.name)", value: extra, unit: "ratio", n: extras.count,
        spread: Statistics.interquartileRange(extras), ours: moda.median, peer: plain.median,
        peerName: "our attention without slots", threads: Runtime.threads, shape: problem.shape)
    }
  }

  /// The rows of Table 2.
  public static let table2: [AttentionProblem] =
    [4096, 8192, 16384, 32768, 65536].map { moda(tokens: $0) }
    + [2, 4, 16, 32].map { moda(tokens: 16384, group: $0) }
    + [128, 256].map { moda(tokens: 16384, slots: $0) }

  /// Further points of the curves over T, G and L, of sizes that take seconds.
  public static let curves: [AttentionProblem] =
    [1024, 2048].map { moda(tokens: $0) } + [1, 2, 4, 16, 32].map { moda(tokens: 4096, group: $0) }
    + [8, 16, 32, 128].map { moda(tokens: 4096, slots: $0) }

  private static func moda(tokens: Int, group: Int = 8, slots: Int = 64) -> AttentionProblem {
    AttentionProblem(tokens: tokens, group: group, heads: 1, slots: slots, backward: true)
  }

  /// How often problems repeat.
  public var plan: RepeatPlan
  /// Bytes a second that the machine reads.
  public var bandwidth: Double

  /// A sweep.
  public init(plan: RepeatPlan, bandwidth: Double) {
    self.plan = plan
    self.bandwidth = bandwidth
  }

  /// Measures one problem in turns with the same problem without slots.
  public func measure(_ problem: AttentionProblem, progress: (Int, Int) -> Void = { _, _ in }) -> Outcome {
    var plain = problem
    plain.slots = 0
    let timings = Timing.inTurns([plain.prepare(), problem.prepare()], plan, progress: progress)
    let arithmetic = problem.depthOperations / problem.sequenceOperations
    return Outcome(
      problem: problem, plain: timings[0], moda: timings[1], predictedByOperations: arithmetic,
      predictedWithTraffic: arithmetic + problem.depthTraffic / bandwidth / timings[0].median)
  }
}

extension AttentionProblem {
  /// The problem with slots as results name it, such as `T4096.G8.L64`.
  public var name: String { "T\(tokens).G\(group).L\(slots)" }
}
