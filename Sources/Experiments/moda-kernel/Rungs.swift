// moda-kernel rungs: every way to evaluate depth slots on one problem.
import ArgumentParser
import Benchmarks
import Foundation
import Lab
import Tensor

struct Rungs: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times the rungs of Table 7: naive, whole axis, chunk-aware, group-aware, exact rows.",
    discussion: """
      T = 1,024, G = 8, Hk = 1, L = 64, d = 64, forward and backward, all rungs in turns. The rungs compute the same \
      numbers and differ in the masked columns that they compute beside them.
      """)

  @Option(help: "Threads; 0 takes every processor.") var threads = 0

  @Option(help: "Repeats of each rung.") var repeats = 7

  @Option(help: "Writes bench-rungs.json into this directory.", completion: .directory) var json: String?

  func validate() throws {
    guard repeats >= 1 else { throw ValidationError("expected --repeats of at least 1, got \(repeats)") }
  }

  func run(in environment: CommandEnvironment) throws {
    if threads > 0 { Runtime.configure(threads: threads) }
    let console = Console(output: environment.standardError, time: environment.time)
    let rungs = DepthRungs(plan: RepeatPlan(warmUp: 1, least: repeats, most: repeats, budget: 0))
    let (plain, timed) = rungs.measure { turn, turns in console.setStatus("\(turn)/\(turns)") }
    console.setStatus("")
    let exact = timed.last?.time.median ?? .nan
    let table = Table(
      columns: [.text("rung"), .number("ms"), .number("over exact rows")],
      rows: (timed.map { ("\($0.strategy)", $0.time) } + [("without slots", plain)]).map { name, time in
        [
          .init(stringLiteral: name), .number(1000 * time.median, decimals: 2),
          .number(time.median / exact, decimals: 2),
        ]
      })
    environment.standardOutput.write(
      Report(title: "Rungs: \(Runtime.threads) threads, \(Runtime.instructionSet)", blocks: [.table(table)]).plainText)
    if let json {
      let command = "moda-kernel " + environment.arguments.dropFirst().joined(separator: " ")
      try ResultFile(
        name: "bench-rungs", command: command, machine: SuiteRun.machine, rows: rungs.rows(plain: plain, rungs: timed)
      ).write(to: URL(fileURLWithPath: json))
      environment.standardOutput.write("wrote \(json)/bench-rungs.json\n")
    }
  }
}
