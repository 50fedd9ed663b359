// zoom-bench run and config: asks a model all questions, then grades and reports.
import ArgumentParser
import Chat
import Foundation
import Lab
import Synchronization
import Tensor
import ZoomDistill

struct RunBench: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Asks a model the questions of a benchmark in several views, grades and reports.",
    discussion: """
      Each reply is on the disk before the next question is asked; the same command goes on after an interruption, and \
      asks again what failed. Ctrl-C stops after the questions on their way. Failed calls are no wrong answers: they are \
      counted apart. With --set circular=true a question of choice is asked once for each rotation of its options and \
      counts as right only if all are.

      The folder holds config.yaml, results.jsonl (raw replies), scores.jsonl, summary.json and report/.

      EXAMPLES:
        zoom-bench run --config Configs/zoom/bench.yaml --out Runs/zoom/reader-32
        zoom-bench run --config Configs/zoom/bench.yaml --limit 50 --set views='[global, tool]' --out Runs/zoom/first-look
        zoom-bench run --set bundle=Runs/zoom/bench --set model.endpoint.server.model=NAME --out Runs/zoom/server
      """)

  @OptionGroup var options: ExperimentOptions
  @Option(help: "The folder of the run.", completion: .directory) var out = "Runs/zoom-bench"
  @Option(help: ArgumentHelp("Ask about this many items only, drawn by the seed; 0 for all.", valueName: "n"))
  var limit: Int?
  @Option(help: "Items that the report shows with pictures.") var pictures = 24

  func validate() throws {
    guard pictures >= 0 else { throw ValidationError("--pictures: expected 0 or more, got \(pictures).") }
  }

  func run(in environment: CommandEnvironment) throws {
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    var config = try options.resolved(BenchConfig.self).value
    if let limit { config.limit = limit }
    let resolved = try ResolvedConfig(config)
    let console = Console(output: environment.standardError, time: environment.time)
    let folder = RunFolder(URL(fileURLWithPath: out), config: config)
    let bundle = try folder.bundle()
    let models = BenchModels(environment: ProcessInfo.processInfo.environment)
    let isServer = if case .endpoint = config.model { true } else { false }
    let model = try models.model(config.model, cache: try folder.cache("cache", isServer: isServer))
    let log = try ResultLog(
      ScoredRun.recordsFile(folder.url),
      header: try BenchHeader(bundle: try bundle.hash(), model: model.name, config: config))
    try AtomicFile.write(resolved.text, to: ScoredRun.configFile(folder.url))

    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) {
      console.show("stopping after the questions on their way")
    }
    defer { interrupt.remove() }
    let bar = Mutex<SharedProgress?>(nil)
    let run = BenchRun(bundle, config: config, model: model, log: log, time: environment.time)
    let session = try waiting {
      try await run.run(shouldStop: { interrupt.isRequested }) { done, all in
        bar.withLock { bar in
          if bar == nil {
            bar = SharedProgress("ask", total: all, startingAt: done, unit: "questions", console: console)
          }
          bar?.update(done)
        }
      }
    }
    bar.withLock { $0?.finish() }
    environment.standardOutput.write(
      "asked \(session.asked) questions, kept \(session.kept) of \(session.units), failed \(session.failed)\n")
    for (view, count) in session.skipped.sorted(by: { $0.key < $1.key }) {
      environment.standardOutput.write("\(view): \(count) items have no evidence to show\n")
    }
    if !session.reason.isEmpty { console.show("error: stopped, \(session.reason)") }
    if session.wasStopped {
      environment.standardOutput.write("stopped; the same command goes on\n")
      throw ExitCode((session.reason.isEmpty ? ExitStatus.interrupted : .failure).rawValue)
    }
    let (scored, summary) = try folder.score(judge: config.judge, environment: environment, console: console)
    try folder.report(
      scored, summary, pictures: pictures, to: folder.url.appending(path: "report"), environment: environment)
    guard session.failed == 0 else { throw ExitCode(ExitStatus.failure.rawValue) }
  }
}

struct ConfigurationCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Prints the whole configuration, with defaults.")

  @OptionGroup var options: ExperimentOptions

  func run(in environment: CommandEnvironment) throws {
    environment.standardOutput.write(try options.resolved(BenchConfig.self).text)
  }
}
