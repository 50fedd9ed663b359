// moda-kernel table2: forward and backward with slots over the same without, by T, G and L.
import ArgumentParser
import Benchmarks
import Foundation
import Lab
import Tensor

struct Table2: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Extra time of slots over plain attention, forward and backward, in the rows of Table 2.",
    discussion: """
      Each row runs in turns with the same attention without slots. The full table takes about half an hour, most of \
      it in the row of 65,536 tokens, which needs 12 GB of memory; --limit leaves long rows out.
      """)

  @Option(help: "Threads; 0 takes every processor.") var threads = 0

  @Option(help: "Leaves out rows with more tokens.") var limit = 65536

  @Option(help: "Only rows whose name starts with this, such as T65536.") var only: String?

  @Option(help: "The name of the results file that --json writes.") var name = "bench-moda"

  @Flag(help: "Adds points for the curves over T, G and L.") var curves = false

  @Option(help: "Repeats of each row at least; 65,536 tokens take minutes a repeat.") var repeats = 7

  @Option(help: "Seconds that a row may repeat beyond that.") var budget = 6.0

  @Option(help: "Writes bench-moda.json, or --name, into this directory.", completion: .directory) var json: String?

  @Option(help: "Writes the curves as SVG into this directory.", completion: .directory) var plots: String?

  func validate() throws {
    guard repeats >= 1 else { throw ValidationError("expected --repeats of at least 1, got \(repeats)") }
    guard limit >= 1024 else { throw ValidationError("expected --limit of at least 1024, got \(limit)") }
  }

  func run(in environment: CommandEnvironment) throws {
    if threads > 0 { Runtime.configure(threads: threads) }
    let console = Console(output: environment.standardError, time: environment.time)
    let ceilings = Ceilings()
    let read = Timing.inTurns([{ ceilings.read() }], RepeatPlan())[0]
    let sweep = DepthSweep(
      plan: RepeatPlan(warmUp: 1, least: repeats, most: max(31, repeats), budget: budget),
      bandwidth: ceilings.bytes / read.median)
    let problems = (DepthSweep.table2 + (curves ? DepthSweep.curves : [])).filter {
      $0.tokens <= limit && $0.name.hasPrefix(only ?? "")
    }
    guard !problems.isEmpty else { throw ValidationError("no row of the table starts with '\(only ?? "")'") }
    var outcomes: [DepthSweep.Outcome] = []
    for (index, problem) in problems.enumerated() {
      let outcome = sweep.measure(problem) { turn, turns in
        console.setStatus("\(index + 1)/\(problems.count) T=\(problem.tokens) G=\(problem.group) \(turn)/\(turns)")
      }
      console.setStatus("")
      outcomes.append(outcome)
      environment.standardOutput.write(outcome.line)
    }
    if let json {
      let command = "moda-kernel " + environment.arguments.dropFirst().joined(separator: " ")
      try ResultFile(
        name: name, command: command, machine: SuiteRun.machine, rows: outcomes.flatMap(\.rows)
      ).write(to: URL(fileURLWithPath: json))
      environment.standardOutput.write("wrote \(json)/\(name).json\n")
    }
    if let plots {
      for path in try CostCurves(outcomes.flatMap(\.rows)).write(to: URL(fileURLWithPath: plots)) {
        environment.standardOutput.write("wrote \(path)\n")
      }
    }
  }
}

extension DepthSweep.Outcome {
  /// One line of text.
  var line: String {
    String(
      format: "T=%5d G=%2d L=%3d  plain %9.2f ms  with slots %9.2f ms  extra %6.2f%%  (operations %.2f%%, with "
        + "traffic %.2f%%)  n=%d\n",
      problem.tokens, problem.group, problem.slots, 1000 * plain.median, 1000 * moda.median, 100 * extra,
      100 * predictedByOperations, 100 * predictedWithTraffic, plain.seconds.count)
  }
}
