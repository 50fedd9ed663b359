// zoom-build run-all, propose, ask, answer, filter, export: the stages, one by one or all.
import ArgumentParser
import Foundation
import Lab
import ZoomDistill

struct RunAll: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "run-all", abstract: "Runs all stages, exports the dataset and writes the report.",
    discussion: """
      The report is in <out>/report: yields, the reasons of every filter, and, where the truth is known, how right \
      labels and filters are. The dataset is in <out>/dataset.

      EXAMPLES:
        zoom-build run-all --config Configs/zoom/quickstart.yaml --out Runs/zoom
        zoom-build run-all --config Configs/zoom/quickstart.yaml --limit 20 --out Runs/zoom-first-look
        zoom-build run-all --config Configs/zoom/endpoint.yaml --dry-run
      """)

  @OptionGroup var options: BuildOptions

  @Flag(help: "Says how many calls of which teacher this will take, and what they cost; calls nobody.")
  var dryRun = false

  @Option(help: "Adds the report to the one in this folder, too.", completion: .directory) var appendTo: String?

  func run(in environment: CommandEnvironment) throws {
    if dryRun {
      let build = try options.open(Interrupt(), asks: false)
      let estimate = try CallEstimate(build)
      environment.standardOutput.write(Report(title: "", blocks: [.table(estimate.table)]).plainText)
      return
    }
    if let appendTo { try Report.requirePage(in: URL(fileURLWithPath: appendTo)) }
    var isEmpty = false
    try StageRunner(environment: environment, options: options).run(BuildStage.allCases) { build, _ in
      // A build without a single item has the more to explain.
      let summary = try build.context.store.finishedItems() > 0 ? DatasetExport(build.context).write() : nil
      let report = BuildReport(build.context, study: try LabelStudy.ifKnown(build.context))
      try report.write(toFolder: options.folder.root, summary: summary)
      if let appendTo { try report.page(summary).append(toReportIn: URL(fileURLWithPath: appendTo)) }
      environment.standardOutput.write(try report.plainText(summary))
      let dataset = summary == nil ? "none, no item is finished" : "\(options.out)/dataset"
      environment.standardOutput.write("dataset: \(dataset)\nreport: \(options.out)/report/index.html\n")
      isEmpty = summary == nil
    }
    if isEmpty { throw ExitCode(ExitStatus.failure.rawValue) }
  }
}

struct Propose: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes in the pictures, proposes regions and filters them.")

  @OptionGroup var options: BuildOptions

  func run(in environment: CommandEnvironment) throws {
    try StageRunner(environment: environment, options: options).run([.propose])
  }
}

struct Ask: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cuts the crops, lets a teacher write questions on them, and validates these.")

  @OptionGroup var options: BuildOptions

  func run(in environment: CommandEnvironment) throws {
    try StageRunner(environment: environment, options: options).run([.ask])
  }
}

struct Answer: LabCommand {
  static let configuration = CommandConfiguration(abstract: "Lets the teachers answer, and finds what they agree on.")

  @OptionGroup var options: BuildOptions

  func run(in environment: CommandEnvironment) throws {
    try StageRunner(environment: environment, options: options).run([.answer])
  }
}

struct Filter: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the boxes, makes the options, and drops what is too easy.")

  @OptionGroup var options: BuildOptions

  func run(in environment: CommandEnvironment) throws {
    try StageRunner(environment: environment, options: options).run([.filter])
  }
}

struct Export: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the dataset anew from the items that are finished.",
    discussion: "Layouts: JSON lines, image folders, RL and chat rows, WebDataset shards; see Docs/ZoomDistill.md.")

  @OptionGroup var options: BuildOptions

  func run(in environment: CommandEnvironment) throws {
    let build = try options.open(Interrupt(), asks: false)
    let summary = try DatasetExport(build.context).write()
    environment.standardOutput.write("dataset: \(options.out)/dataset\ndigest: \(summary.digest)\n")
  }
}
