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
    let best = InstructionSet.best
    var variants = InstructionSet.available.map { (level: $0, products: Precision.float32, storage: Precision.float32) }
    variants.append((best, .float32, .bfloat16))
    if Precision.bfloat16.missing == nil { variants.append((best, .bfloat16, .float32)) }
    for (level, products, storage) in variants {
      let label =
        products == .bfloat16 ? "\(level)-bf16" : storage == .bfloat16 ? "\(level)-bf16-slots" : "\(level)"
      for (name, errors) in AttentionCase.worstErrors(level, precision: products, storage: storage) {
        let prefix = "numerics.attention.\(label).\(name)"
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
