// foa-encoder evaluate: a trained encoder on a frozen dataset, beside the classical estimators.
import ArgumentParser
import Foundation
import Lab
import SpatialAudio
import Synchronization
import Tensor

struct EvaluateEncoder: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Scores a trained encoder on a dataset of foa-simulate.",
    discussion: """
      Angles, number of sources, classes, distances, the room, and the SELD metric of 2024; with --classical the \
      estimators of foa-localize hear the same scenes, and differences are paired scene by scene.

      EXAMPLES:
        foa-simulate --config Configs/spatial/study.yaml --out Runs/study
        foa-encoder evaluate Runs/encoder Runs/study --classical --out Runs/encoder-study --json Docs/Results
      """)

  @Argument(help: "A run of foa-encoder train.", completion: .directory) var run: String
  @Argument(help: "The folder of the dataset.", completion: .directory) var dataset: String
  @Flag(help: "Let the classical estimators hear the same scenes.") var classical = false
  @Option(help: "Where features are kept.", completion: .directory) var cache = "Data/cache/encoder"
  @Option(help: "Threads to use; 0 leaves the choice to the program.") var threads = 0
  @Option(help: "Write a report with plots to this folder.", completion: .directory) var out: String?
  @Option(help: "Add the report to the one in this folder.", completion: .directory) var appendTo: String?
  @Option(help: "Write the figures to NAME.json in this folder.", completion: .directory) var json: String?
  @Option(help: "The name of the file of figures.") var name = "encoder"
  @Option(help: "What the names of figures begin with.") var prefix = "encoder"

  func run(in environment: CommandEnvironment) throws {
    if threads > 0 { Runtime.configure(threads: threads) }
    if let appendTo { try Report.requirePage(in: URL(fileURLWithPath: appendTo)) }
    let bundle = try EncoderBundle(run: URL(fileURLWithPath: run))
    let console = Console(output: environment.standardError, time: environment.time)
    let bars = Mutex<[EncoderStudy.Stage: SharedProgress]>([:])
    let study = try EncoderStudy(
      DatasetFolder(URL(fileURLWithPath: dataset)), bundle: bundle, cache: URL(fileURLWithPath: cache),
      classical: classical
    ) { stage, done, total in
      let bar = bars.withLock { bars in
        if let bar = bars[stage] { return bar }
        let bar = SharedProgress(stage.rawValue, total: total, unit: "scenes", console: console)
        bars[stage] = bar
        return bar
      }
      bar.update(done)
      if done == total { bar.finish() }
    }
    let report = study.report
    environment.standardOutput.write(report.plainText)
    if let out { try report.write(to: URL(fileURLWithPath: out)) }
    if let appendTo { try report.append(toReportIn: URL(fileURLWithPath: appendTo)) }
    if let json {
      let file = ResultFile(
        name: name, command: "foa-encoder evaluate \(run) \(dataset)\(classical ? " --classical" : "")",
        machine: ResultMachine(isa: "\(Runtime.instructionSet)", blas: Runtime.blasDescription),
        rows: study.resultRows(prefix: prefix))
      try file.write(to: URL(fileURLWithPath: json))
    }
  }
}
