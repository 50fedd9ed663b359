// moda-kernel curves: the plots of what `table2` measured, from its results files.
import ArgumentParser
import Benchmarks
import Foundation
import Lab

struct Curves: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the extra time of slots over T, G and L from results files of table2.",
    discussion: """
      Rows of several files make one set of curves; nothing is measured.

      EXAMPLE:
        moda-kernel curves Docs/Results/bench-moda.json Docs/Results/bench-moda-long.json --plots Docs/Plots
      """)

  @Argument(help: "Results files of `moda-kernel table2 --json`.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "Writes the curves as SVG into this directory.", completion: .directory) var plots = "Docs/Plots"

  func run(in environment: CommandEnvironment) throws {
    let rows = try files.flatMap { try ResultFile(reading: URL(fileURLWithPath: $0)).rows }
    let written = try CostCurves(rows).write(to: URL(fileURLWithPath: plots))
    guard !written.isEmpty else {
      throw ValidationError(
        "no curve has two points in \(files.joined(separator: ", ")); expected rows moda.extra.T….G….L…")
    }
    for path in written { environment.standardOutput.write("wrote \(path)\n") }
  }
}
