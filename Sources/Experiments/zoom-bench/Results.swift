// zoom-bench results: the figures of several runs as one results file.
// Not here: pages (Reports.swift), the rows (ZoomDistill's BenchSummary and ReaderCurve).
import ArgumentParser
import Foundation
import Lab
import Tensor
import ZoomDistill

struct ResultsOfBench: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "Writes the figures of scored runs to zoom-bench.json.",
    discussion: """
      Rows are named zoom.bench.RUN.VIEW.…, RUN being the last part of the run's folder. Runs of an embedded reader \
      get its own resolution curve too (zoom.bench.RUN.told.…): what it reads when it is told the region.

      EXAMPLE:
        zoom-bench results Runs/zoom/retina32 Runs/zoom/retina64 --out Docs/Results
      """)

  @Argument(help: "The folders of runs.", completion: .directory) var folders: [String]
  @Option(help: "The folder of zoom-bench.json.", completion: .directory) var out = "Docs/Results"

  func run(in environment: CommandEnvironment) throws {
    var rows: [ResultRow] = []
    for path in folders {
      let folder = try RunFolder(existing: path)
      let run = try ScoredRun(folder.url, bundle: try folder.bundle())
      let prefix = "zoom.bench.\(folder.url.lastPathComponent)"
      rows += run.summary.rows(prefix: prefix)
      rows += folder.curve?.rows(prefix: prefix, encoder: folder.config.view.encoder) ?? []
    }
    let command = "zoom-bench " + environment.arguments.dropFirst().joined(separator: " ")
    try ResultFile(
      name: "zoom-bench", command: command,
      machine: ResultMachine(
        isa: "\(Runtime.instructionSet)", blas: "\(Runtime.matrixBackend) \(Runtime.blasDescription)"), rows: rows
    ).write(to: URL(fileURLWithPath: out))
    environment.standardOutput.write("wrote \(out)/zoom-bench.json\n")
  }
}
