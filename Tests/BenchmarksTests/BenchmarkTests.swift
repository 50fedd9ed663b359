// What benchmarks promise beside their times: names, shapes, operations, repeats. No test reads a time.
import Benchmarks
import CKernels
import Foundation
import Lab
import Tensor
import Testing

@Suite("Benchmarks")
struct BenchmarkTests {
  @Test("names of cases are unique and dotted, and each case is found by its own")
  func names() {
    let cases = BenchmarkSuite.allCases.flatMap(\.cases)
    #expect(Set(cases.map(\.id)).count == cases.count)
    for benchmark in cases {
      #expect(benchmark.id.split(separator: ".").count >= 2, "\(benchmark.id)")
      #expect(benchmark.operations > 0 && benchmark.bytes > 0, "\(benchmark.id)")
      #expect(BenchmarkCase.find(benchmark.id)?.shape == benchmark.shape)
    }
    #expect(BenchmarkCase.find("attention.fwd.f32.T7") == nil)
  }

  @Test("operations of attention count visible pairs: two products forward, five more backward")
  func operations() {
    // 4 tokens see 1 + 2 + 3 + 4 = 10 keys; 2 heads of width 8: 10·2·8 multiply-adds a product.
    var problem = AttentionProblem(tokens: 4, group: 2, heads: 1, width: 8, slots: 3)
    #expect(problem.sequenceOperations == Double(2 * 2 * 10 * 2 * 8))
    #expect(problem.depthOperations == Double(2 * 2 * (4 * 3) * 2 * 8))
    problem.backward = true
    #expect(problem.sequenceOperations == Double(2 * (2 + 5) * 10 * 2 * 8))
    #expect(problem.slotBytes == Double(4 * 2 * 4 * 3 * 8))
  }

  @Test("bodies run in turns, as often as the plan says")
  func turns() {
    var calls: [Int] = []
    let plan = RepeatPlan(warmUp: 1, least: 3, most: 3, budget: 0)
    var told: [Int] = []
    let timings = Timing.inTurns([{ calls.append(0) }, { calls.append(1) }], plan) { turn, total in
      told.append(10 * turn + total)
    }
    #expect(calls == [0, 1, 0, 1, 0, 1, 0, 1])
    #expect(timings.map(\.seconds.count) == [3, 3])
    #expect(told == [13, 23, 33])
  }

  @Test(
    "a budget buys repeats between the fewest and the most",
    arguments: [(0.0, 9), (10.0, 2), (2.0, 3), (0.001, 9)])
  func budget(seconds: Double, repeats: Int) {
    #expect(RepeatPlan(warmUp: 1, least: 2, most: 9, budget: 6).repeats(secondsEach: seconds) == repeats)
  }

  @Test("a paced case answers with its name; an unknown one with what to do")
  func paced() throws {
    var cases = PacedCases()
    let id = "rows.softmax.fwd"
    for _ in 0..<2 {
      let answer = try JSONSerialization.jsonObject(with: Data(cases.answer(id).utf8)) as? [String: Any]
      #expect(answer?["id"] as? String == id)
      #expect(answer?["seconds"] as? Double ?? 0 > 0)
    }
    #expect(cases.answer("rows.softmaxx").contains("no case 'rows.softmaxx'"))
    let header = try JSONSerialization.jsonObject(with: Data(PacedCases.header.utf8)) as? [String: Any]
    #expect(header?["threads"] as? Int == Runtime.threads)
  }

  @Test("the sweep holds every row of Table 2, and its results carry their shapes")
  func sweep() throws {
    #expect(DepthSweep.table2.count == 11)
    #expect(Set(DepthSweep.table2 + DepthSweep.curves).count == DepthSweep.table2.count + DepthSweep.curves.count)
    let plan = RepeatPlan(warmUp: 1, least: 2, most: 2, budget: 0)
    let problem = AttentionProblem(tokens: 40, group: 2, heads: 1, width: 16, slots: 3, backward: true)
    let outcome = DepthSweep(plan: plan, bandwidth: 1e9).measure(problem)
    #expect(outcome.row.id == "moda.extra.T40.G2.L3" && outcome.row.n == 2)
    #expect(outcome.row.shape == ["B": 1, "T": 40, "G": 2, "Hk": 1, "d": 16, "L": 3])
    #expect(outcome.predictedByOperations == Double(2 * 3) / 41)
    #expect(outcome.predictedWithTraffic > outcome.predictedByOperations)
    let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try ResultFile(name: "sweep", command: "test", machine: SuiteRun.machine, rows: outcome.rows).write(to: folder)
    #expect(try ResultFile(reading: folder.appending(path: "sweep.json")).rows == outcome.rows)
  }

  @Test("curves are drawn from rows of several files, each axis from the rows that differ in it alone")
  func curves() {
    func rows(_ tokens: Int, _ group: Int, _ slots: Int, extra: Double) -> [ResultRow] {
      let name = "T\(tokens).G\(group).L\(slots)", shape = ["T": tokens, "G": group, "L": slots]
      return [("moda.extra.\(name)", extra), ("moda.predicted.\(name).operations", extra / 2)].map { id, value in
        ResultRow(id: id, value: value, unit: "ratio", n: 7, spread: Interval(lower: value, upper: value), shape: shape)
      } + [
        ResultRow(
          id: "moda.predicted.\(name).traffic", value: extra, unit: "ratio", n: 1,
          spread: Interval(lower: extra, upper: extra), shape: shape)
      ]
    }
    let first = rows(4096, 8, 64, extra: 0.07) + rows(4096, 2, 64, extra: 0.2), second = rows(65536, 8, 64, extra: 0.01)
    #expect(CostCurves(first).plots.map(\.name) == ["moda-extra-group"])
    let both = CostCurves(first + second).plots
    #expect(both.map(\.name) == ["moda-extra-tokens", "moda-extra-group"])
    #expect(both.first?.plot.series.map { $0.points.map(\.x) } == Array(repeating: [4096, 65536], count: 3))
    #expect(CostCurves([]).plots.isEmpty)
  }

  @Test("the rungs are all timed, and their rows name them")
  func rungs() {
    let plan = RepeatPlan(warmUp: 1, least: 2, most: 2, budget: 0)
    let rungs = DepthRungs(AttentionProblem(tokens: 24, group: 2, heads: 1, slots: 3, backward: true), plan: plan)
    let (plain, timed) = rungs.measure()
    #expect(timed.map(\.strategy) == DepthStrategy.allCases)
    let rows = rungs.rows(plain: plain, rungs: timed)
    #expect(rows.count == 5 + 1 + 4 && Set(rows.map(\.id)).count == rows.count)
    #expect(rows.contains { $0.id == "moda.rungs.fullaxis_over_exact" && $0.peer != nil })
  }

  @Test("the ceilings do what they count")
  func ceilings() {
    Runtime.with(threads: 2) {
      let ceilings = Ceilings(megabytes: 1)
      #expect(ceilings.bytes == Double(1 << 20) && ceilings.operations() > 0)
      ceilings.multiplyAdds()
      ceilings.read()
    }
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        let peak = Runtime.kernels.peak
        // Chain i of twelve begins at i and grows by factor·term a step.
        #expect(peak.multiply_add(100, 0.5, 0.25) == Float(peak.multiply_adds) * (100 * 0.5 * 0.25 + 5.5))
        if let pairs = Runtime.kernels.bfloat16?.peak {  // two products a lane
          #expect(pairs.multiply_add(100, 0.5, 0.25) == Float(pairs.multiply_adds) / 2 * (200 * 0.5 * 0.25 + 5.5))
        }
        let ones = [Float](repeating: 1, count: 3072)
        #expect(ones.withUnsafeBufferPointer { peak.read($0.baseAddress!, 3072) } == 3072)
      }
    }
  }

  @Test("a suite's result holds the share of its ceiling")
  func share() {
    let benchmark = BenchmarkCase("a.b", shape: [:], operations: 30, bytes: 5, limit: .arithmetic()) { {} }
    let result = CaseResult(
      benchmark: benchmark, time: Timing([1, 2, 3]), ceiling: Timing([1, 1, 1]), ceilingAmount: 60)
    #expect(result.share == 0.25 && result.row.value == 0.25 && result.row.id == "a.b.peak_share")
  }
}
