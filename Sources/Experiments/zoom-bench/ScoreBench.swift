// zoom-bench score, report, compare and results: work on runs that are there, without the model.
import ArgumentParser
import Foundation
import Lab
import Tensor
import ZoomDistill

struct ScoreBench: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Grades the replies of a run again; the model is not asked.",
    discussion: """
      Rules first: tags, boxes, letters, numbers, normal forms. Only open answers in other words than the truth come \
      before a judge, and only if the run's configuration names one; scores.jsonl says of each reply who decided \
      (judge_source) and what the judge said. A wrong letter is wrong, and nothing in a reply is ever evaluated.

      EXAMPLES:
        zoom-bench score Runs/zoom/server
        zoom-bench score Runs/zoom/server --no-judge
      """)

  @Argument(help: "The folder of a run.", completion: .directory) var folder: String
  @Flag(help: "Leaves undecided what rules leave open.") var noJudge = false

  func run(in environment: CommandEnvironment) throws {
    let folder = try RunFolder(existing: folder)
    let console = Console(output: environment.standardError, time: environment.time)
    let (run, summary) = try folder.score(
      judge: noJudge ? .nobody : folder.config.judge, environment: environment, console: console)
    environment.standardOutput.write(
      BenchReport(run, summary: summary, config: folder.config, pictures: 0).report.plainText)
  }
}

struct ReportBench: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes the page of a scored run: tables, curves, items with pictures.",
    discussion: """
      EXAMPLES:
        zoom-bench report Runs/zoom/server
        zoom-bench report Runs/zoom/server --pictures 100 --out Runs/page
        zoom-bench report Runs/zoom/reader-32 --json Runs/reader-32.json --prefix zoom.bench.retina32

      The rows of an embedded reader have its own resolution curve too (PREFIX.told.…): what it reads when told the region.
      """)

  @Argument(help: "The folder of a run.", completion: .directory) var folder: String
  @Option(help: "Items that are shown with pictures.") var pictures = 24
  @Option(help: "The folder of the page; the run's report/ by default.", completion: .directory) var out: String?
  @Option(help: "Add the report to the one in this folder instead.", completion: .directory) var appendTo: String?
  @Option(help: "Also write the figures to this file, as rows of a results file.", completion: .file()) var json:
    String?
  @Option(help: "What the names of these rows begin with.") var prefix = "zoom.bench"

  func validate() throws {
    guard pictures >= 0 else { throw ValidationError("--pictures: expected 0 or more, got \(pictures).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let folder = try RunFolder(existing: folder)
    let run = try ScoredRun(folder.url, bundle: try folder.bundle())
    let summary = run.summary
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let own = folder.curve?.rows(prefix: prefix, encoder: folder.config.view.encoder) ?? []
      let rows = try encoder.encode(summary.rows(prefix: prefix) + own)
      try AtomicFile.write(rows + Data("\n".utf8), to: URL(fileURLWithPath: json))
    }
    if let appendTo {
      let page = BenchReport(run, summary: summary, config: folder.config, pictures: pictures).report
      return try page.append(toReportIn: URL(fileURLWithPath: appendTo))
    }
    try folder.report(
      run, summary, pictures: pictures,
      to: out.map { URL(fileURLWithPath: $0) } ?? folder.url.appending(path: "report"), environment: environment)
  }
}

struct CompareBench: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compares two scored runs item by item: 2×2 tables, exact tests, intervals.",
    discussion: """
      Both runs must be of the same bundle; items that one of them lacks are left out.

      EXAMPLES:
        zoom-bench compare Runs/zoom/after Runs/zoom/before
        zoom-bench compare Runs/zoom/after Runs/zoom/before --out Runs/zoom/comparison --json Runs/zoom/comparison.json
      """)

  @Argument(help: "The folder of the first run.", completion: .directory) var first: String
  @Argument(help: "The folder of the second run.", completion: .directory) var second: String
  @Option(help: "Write a report to this folder.", completion: .directory) var out: String?
  @Option(help: "Also write the figures to this file as JSON.", completion: .file()) var json: String?

  func run(in environment: CommandEnvironment) throws {
    let runs = try [first, second].map { path in
      let folder = try RunFolder(existing: path)
      return try ScoredRun(folder.url, bundle: try folder.bundle())
    }
    let comparison = try BenchComparison(runs[0], runs[1])
    environment.standardOutput.write(comparison.report.plainText)
    if let out { try comparison.report.write(to: URL(fileURLWithPath: out)) }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try AtomicFile.write(try encoder.encode(comparison) + Data("\n".utf8), to: URL(fileURLWithPath: json))
    }
  }
}

struct MergeResults: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "Puts rows of several runs into one results file, with commit, day and machine.",
    discussion: """
      The rows are what 'zoom-bench report --json' and 'zoom-build report --json' write; no id may come twice.

      EXAMPLE:
        zoom-bench results zoom-reader --command 'see Docs/ZoomDistill.md' Runs/pages.json Runs/photos.json
      """)

  @Argument(help: "The name of the results, also of the file.") var name: String
  @Argument(help: "Files with rows.", completion: .file()) var rows: [String]
  @Option(help: "The command that measured, as it is to be told.") var command: String
  @Option(help: "The folder of the results file.", completion: .directory) var out = "Docs/Results"

  func run(in environment: CommandEnvironment) throws {
    var all: [ResultRow] = []
    var origin: [String: String] = [:]
    for path in rows {
      let part: [ResultRow]
      do {
        part = try JSONDecoder().decode([ResultRow].self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
      } catch {
        throw BenchError.unreadable(path: path, reason: "expected rows of a results file, got \(error)")
      }
      for row in part {
        if let earlier = origin.updateValue(path, forKey: row.id) {
          throw BenchError.unreadable(
            path: path, reason: "its row '\(row.id)' is in '\(earlier)' too. Hint: report with another --prefix")
        }
      }
      all += part
    }
    let machine = ResultMachine(isa: "\(Runtime.instructionSet)", blas: Runtime.blasDescription)
    try ResultFile(name: name, command: command, machine: machine, rows: all).write(to: URL(fileURLWithPath: out))
    environment.standardOutput.write("\(all.count) rows: \(out)/\(name).json\n")
  }
}
