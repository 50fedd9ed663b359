// Measures the errors of the kernels over the awkward sizes of the tests and writes Docs/Results/numerics.json, from
// which the table of Docs/Numerics.md is made:  swift run -c release numerics
import ArgumentParser
import Foundation
import Lab
import Tensor
import TestSupport

@main struct Numerics: LabCommand, ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "numerics", abstract: "Measures the largest errors of the kernels against float64 references.")

  @Option(help: "The folder that numerics.json is written to.", completion: .directory) var out = "Docs/Results"

  func run(in environment: CommandEnvironment) throws {
    var rows: [ResultRow] = []
    for level in InstructionSet.available {
      for (name, errors) in AttentionCase.worstErrors(level) {
        let prefix = "numerics.attention.\(level).\(name)"
        let count = AttentionCase.awkward.count
        func row(_ suffix: String, _ value: Double, _ unit: String) -> ResultRow {
          ResultRow(
            id: "\(prefix).\(suffix)", value: value, unit: unit, n: count, spread: Interval(lower: 0, upper: value))
        }
        rows += [
          row("max_error", errors.largest, "absolute"), row("ratio_naive", errors.ratio, "ratio"),
          row("relative_l2", errors.relativeNorm, "ratio"),
        ]
      }
    }
    let file = ResultFile(
      name: "numerics", command: "swift run -c release numerics",
      machine: ResultMachine(isa: "\(InstructionSet.best)", blas: Runtime.blasDescription), rows: rows)
    try file.write(to: URL(fileURLWithPath: out))
    environment.standardOutput.write("\(out)/numerics.json: \(rows.count) rows\n")
  }
}
