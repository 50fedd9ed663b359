// moda-lm compare: two or more runs, paired by window of held-out text.
import ArgumentParser
import Foundation
import Lab
import MoDA

struct Compare: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compares two or more finished runs, paired by window of held-out text.",
    discussion: """
      The first run is the reference. The runs must have been evaluated on the same windows: same data, tokenizer, \
      training.tokens and evaluation.maximumTokens. Writes one HTML file with curves, tables and samples, and prints \
      the table.

      EXAMPLE:
        moda-lm compare Runs/baseline Runs/moda --out Runs/comparison
      """)

  @Argument(help: ArgumentHelp("Run directories, the reference first.", valueName: "directory"), completion: .directory)
  var directories: [String]

  @Option(help: "Where the report goes. Default: report/ of the last run.", completion: .directory) var out: String?

  func run(in environment: CommandEnvironment) throws {
    let places = directories.map { URL(fileURLWithPath: $0) }
    let comparison = try Comparison(places)
    let target = out.map { URL(fileURLWithPath: $0) } ?? places[places.count - 1].appending(path: "report")
    try comparison.report.write(to: target)
    environment.standardOutput.write(comparison.summaryText)
    environment.standardOutput.write("\(target.relativePath)/index.html\n")
  }
}
