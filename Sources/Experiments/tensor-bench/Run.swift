// tensor-bench run: one suite, a table of it, and its results file.
import ArgumentParser
import Benchmarks
import Foundation
import Lab
import Tensor

struct Run: LabCommand {
  static let configuration = CommandConfiguration(abstract: "Runs a suite and prints its table.")

  @Argument(help: "The suite: attention, matrices or rows.") var suite: BenchmarkSuite

  @OptionGroup var options: ThreadOptions

  @Option(help: "Only cases whose name starts with this.") var only = ""

  @Option(help: "Seconds that a case may repeat beyond seven times.") var budget = 6.0

  @Option(help: "Writes bench-<suite>.json into this directory.", completion: .directory) var json: String?

  func validate() throws {
    guard suite.cases.contains(where: { $0.id.hasPrefix(only) }) else {
      throw ValidationError("no case of '\(suite.rawValue)' starts with '\(only)'; `tensor-bench list` names them")
    }
  }

  func run(in environment: CommandEnvironment) throws {
    options.apply()
    let cases = suite.cases.filter { $0.id.hasPrefix(only) }
    let console = Console(output: environment.standardError, time: environment.time)
    var results: [CaseResult] = []
    SuiteRun(plan: RepeatPlan(budget: budget))(cases, ceilings: Ceilings()) { benchmark, turn, turns in
      console.setStatus("\(results.count + 1)/\(cases.count) \(benchmark.id) \(turn)/\(turns)")
    } finished: {
      results.append($0)
    }
    console.setStatus("")
    environment.standardOutput.write(Report(title: title, blocks: [.table(table(results))]).plainText)
    if let json {
      let name = "bench-\(suite.rawValue)"
      let command = "tensor-bench " + environment.arguments.dropFirst().joined(separator: " ")
      try ResultFile(name: name, command: command, machine: SuiteRun.machine, rows: results.map(\.row))
        .write(to: URL(fileURLWithPath: json))
      environment.standardOutput.write("wrote \(json)/\(name).json\n")
    }
  }

  private var title: String {
    "\(suite.rawValue): \(Runtime.threads) threads, \(Runtime.instructionSet), \(Runtime.matrixBackend)"
  }

  private func table(_ results: [CaseResult]) -> Table {
    Table(
      columns: [
        .text("case"), .number("ms"), .number("n"), .number("Gflop/s"), .number("GB/s"), .number("share (%)"),
        .text("of"),
      ],
      rows: results.map { result in
        let unit = result.benchmark.limit == .memory ? "GB/s" : "Gflop/s"
        return [
          .init(stringLiteral: result.benchmark.id), .number(1000 * result.time.median, decimals: 3),
          .integer(result.time.seconds.count), .number(result.gigaOperations, decimals: 1),
          .number(result.gigaBytes, decimals: 1), .number(100 * result.share, decimals: 1),
          .init(stringLiteral: String(format: "%.1f %@", result.ceilingRate, unit)),
        ]
      })
  }
}
