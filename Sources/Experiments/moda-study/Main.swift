// moda-study: arms × seeds of moda-lm from one file, and their table beside the paper's. What it does is in
// Sources/MoDA/Study.
import ArgumentParser
import Foundation
import Lab
import MoDA
import Tensor

@main struct ModaStudy: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "moda-study",
    abstract: "Runs a study file: one base configuration, arms that change it, seeds, and what is asked of them.",
    discussion: """
      A study goes on where it stopped: finished runs are skipped, killed ones continue from their last checkpoint, and \
      a run folder of another configuration is refused. Runs of the first seeds come first.

      EXAMPLES:
        moda-study status Configs/moda/studies/layers.yaml
        moda-study run Configs/moda/studies/layers.yaml --workers 2 --hours 3
        moda-study report Configs/moda/studies/layers.yaml --json Docs/Results
      """,
    subcommands: [RunStudy.self, StudyStatus.self, ReportStudy.self], defaultSubcommand: RunStudy.self)
}

/// The file of a study, and the overrides of its keys.
struct StudyFile: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The study: a YAML file as in Configs/moda/studies.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Changes one setting of the study, for example --set seeds=[1]; may be repeated.", valueName: "key=value"))
  var overrides: [String] = []

  func plan() throws -> StudyPlan {
    let config = try ConfigLoader<StudyConfig>().load(
      file: URL(fileURLWithPath: file), overrides: overrides.map { .set($0) })
    return try StudyPlan(config.value)
  }
}

struct RunStudy: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Trains what is not trained yet, then prints the table.",
    discussion: """
      Each run is a process of moda-lm; --workers run at once, each with --threads. On two cores two runs of one thread \
      each do more than one run of two threads. Ctrl-C and the end of --hours let every run save and stop.
      """)

  @OptionGroup var study: StudyFile
  @Option(help: "Runs at once.") var workers = 1
  @Option(help: "Threads of each run; 0 shares the cores out.") var threads = 0
  @Option(help: "Hours after which all runs save and stop; 0 for no limit.") var hours = 0.0
  @Option(help: "How far the runs step back behind other programs, 0 to 19.") var nice = 0

  func validate() throws {
    guard workers >= 1 else { throw ValidationError("--workers: expected 1 or more, got \(workers).") }
    guard threads >= 0 else { throw ValidationError("--threads: expected 0 or more, got \(threads).") }
    guard (0...19).contains(nice) else { throw ValidationError("--nice: expected 0 to 19, got \(nice).") }
    guard hours >= 0 else { throw ValidationError("--hours: expected 0 or more, got \(hours).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let plan = try study.plan()
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("every run saves and stops") }
    defer { interrupt.remove() }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let options = StudyRunner.Options(
      workers: workers, threads: threads > 0 ? threads : max(1, cores / workers), hours: hours, niceness: nice)
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "moda-lm")
    let runner = try StudyRunner(plan, options: options, program: program, console: console)
    let outcome = try runner.run { interrupt.isRequested }
    if outcome.finished > 0 { environment.standardOutput.write(try StudyResults(plan).summaryText) }
    environment.standardOutput.write("\(outcome.finished) of \(outcome.all) runs are finished\n")
    guard outcome.failures.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
    guard !outcome.stopped else {
      environment.standardError.write("Continue with:\n  \(environment.arguments.joined(separator: " "))\n")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
  }
}

struct StudyStatus: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Says how far each run is, and what it costs.")

  @OptionGroup var study: StudyFile

  func run(in environment: CommandEnvironment) throws {
    let plan = try study.plan()
    environment.standardOutput.write(
      Report(title: "Study \(plan.config.name)", blocks: [.table(try plan.status())]).plainText)
  }
}

struct ReportStudy: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes the page of a study, and its figures as JSON.",
    discussion: "Works for studies that are not finished; the page says how many runs it is made of.")

  @OptionGroup var study: StudyFile
  @Option(help: "Where the page goes. Default: report/ in the study's folder of runs.", completion: .directory)
  var out: String?
  @Option(help: "Also write moda-NAME.json into this directory.", completion: .directory) var json: String?

  func run(in environment: CommandEnvironment) throws {
    let plan = try study.plan()
    let results = try StudyResults(plan)
    environment.standardOutput.write(results.summaryText)
    let target = URL(fileURLWithPath: out ?? "\(plan.config.runs)/report")
    try results.report.write(to: target)
    environment.standardOutput.write("\(target.relativePath)/index.html\n")
    guard let json else { return }
    let file = ResultFile(
      name: "moda-\(plan.config.name)", command: "moda-study run \(study.file)",
      machine: ResultMachine(isa: "\(Runtime.instructionSet)", blas: Runtime.blasDescription), rows: results.rows)
    try file.write(to: URL(fileURLWithPath: json))
    environment.standardOutput.write("\(json)/\(file.name).json\n")
  }
}
