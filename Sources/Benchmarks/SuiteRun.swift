// A suite run from end to end: every case in turns with the ceiling that limits it.
// Not here: the command line (Experiments/tensor-bench).
public import Lab
import Tensor

/// What one case measured.
public struct CaseResult: Sendable {
  /// The case.
  public let benchmark: BenchmarkCase
  /// Seconds of the case.
  public let time: Timing
  /// Seconds of the ceiling's loop, measured in turns with the case.
  public let ceiling: Timing
  /// What one call of the ceiling's loop does: operations or bytes.
  let ceilingAmount: Double

  /// A result of seconds measured in turns.
  package init(benchmark: BenchmarkCase, time: Timing, ceiling: Timing, ceilingAmount: Double) {
    self.benchmark = benchmark
    self.time = time
    self.ceiling = ceiling
    self.ceilingAmount = ceilingAmount
  }

  private var amount: Double { benchmark.limit == .memory ? benchmark.bytes : benchmark.operations }

  /// Giga-operations a second.
  public var gigaOperations: Double { benchmark.operations / time.median / 1e9 }
  /// Gigabytes a second.
  public var gigaBytes: Double { benchmark.bytes / time.median / 1e9 }
  /// The ceiling in giga-operations, or gigabytes, a second.
  public var ceilingRate: Double { ceilingAmount / ceiling.median / 1e9 }
  /// The share of the ceiling that the case reaches, of medians.
  public var share: Double { amount / time.median / (ceilingAmount / ceiling.median) }

  /// The figures of the results file: the share, and the seconds it is made of.
  public var row: ResultRow {
    let shares = zip(time.seconds, ceiling.seconds).map { amount / $0 / (ceilingAmount / $1) }
    let name = benchmark.limit == .memory ? "bandwidth_share" : "peak_share"
    return ResultRow(
      id: "\(benchmark.id).\(name)", value: share, unit: "ratio", n: time.seconds.count,
      spread: Statistics.interquartileRange(shares), ours: time.median, threads: Runtime.threads,
      shape: benchmark.shape)
  }
}

/// Runs cases and tells about them.
public struct SuiteRun: Sendable {
  /// How often cases repeat.
  public var plan: RepeatPlan

  /// A run.
  public init(plan: RepeatPlan = RepeatPlan()) { self.plan = plan }

  /// The machine, as results files name it.
  public static var machine: ResultMachine {
    ResultMachine(isa: "\(Runtime.instructionSet)", blas: "\(Runtime.matrixBackend) \(Runtime.blasDescription)")
  }

  /// Measures cases one after the other, each in turns with its ceiling.
  ///
  /// - Parameters:
  ///   - cases: what to measure.
  ///   - ceilings: the limits of this machine, at the same number of threads.
  ///   - progress: called after each repeat with the case, the repeat and the number of repeats.
  ///   - finished: called with each result.
  public func callAsFunction(
    _ cases: [BenchmarkCase], ceilings: Ceilings, progress: (BenchmarkCase, Int, Int) -> Void = { _, _, _ in },
    finished: (CaseResult) -> Void
  ) {
    for benchmark in cases {
      let (ceiling, amount): (Timing.Body, Double) =
        switch benchmark.limit {
        case .arithmetic(let precision): ({ ceilings.multiplyAdds(precision) }, ceilings.operations(precision))
        case .memory: ({ ceilings.read() }, ceilings.bytes)
        }
      let timings = Timing.inTurns(
        [benchmark.prepare(), ceiling], plan, progress: { progress(benchmark, $0, $1) })
      finished(
        CaseResult(
          benchmark: benchmark, time: timings[0], ceiling: timings[1],
          ceilingAmount: amount))
    }
  }
}
