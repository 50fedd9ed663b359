// Works through a study: one process of moda-lm for each run, several at once, one progress line for all.
// Not here: which runs there are (StudyPlan.swift); training itself, which is moda-lm's.
public import Foundation
public import Lab
import Logging

/// Starts and watches the runs of a study.
public final class StudyRunner {
  /// How it works.
  public struct Options: Sendable {
    /// Runs at once.
    public var workers: Int
    /// Threads of each.
    public var threads: Int
    /// Hours after which running runs save and stop; 0 for no limit.
    public var hours: Double
    /// How far below others the processes stand, from 0 to 19.
    public var niceness: Int

    /// Options.
    public init(workers: Int = 1, threads: Int = 0, hours: Double = 0, niceness: Int = 0) {
      self.workers = workers
      self.threads = threads
      self.hours = hours
      self.niceness = niceness
    }
  }

  /// What a session did.
  public struct Outcome: Equatable, Sendable {
    /// Runs that are finished now, of all.
    public var finished: Int
    /// All runs.
    public var all: Int
    /// Runs that ended with an error, with the end of their logs.
    public var failures: [String]
    /// Whether it stopped before all was done.
    public var stopped: Bool
  }

  private struct Worker {
    let run: StudyRun
    let process: Process
    let log: URL
    var asked = false
  }

  private let plan: StudyPlan
  private let options: Options
  private let program: URL
  private let console: Console
  private let log: Logger
  private var workers: [Worker] = []
  private var steps: [String: Int] = [:]

  /// A runner.
  ///
  /// - Parameter program: the executable of `moda-lm`.
  /// - Throws: ``StudyError/missingProgram(path:)``.
  public init(_ plan: StudyPlan, options: Options, program: URL, console: Console) throws(StudyError) {
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw .missingProgram(path: program.relativePath)
    }
    self.plan = plan
    self.options = options
    self.program = program
    self.console = console
    log = console.logger(label: "moda-study")
  }

  /// Runs what is not done, until all is, the time is over, or `shouldStop` says so; then every run saves and stops.
  ///
  /// - Throws: ``StudyError/otherConfig(directory:changes:)``; errors of the corpus.
  public func run(shouldStop: () -> Bool) throws -> Outcome {
    var pending: [StudyRun] = []
    for run in plan.runs {
      switch try run.state() {
      case .finished: steps[run.name] = run.steps
      case .running(let step):
        steps[run.name] = step
        log.warning("\(run.name): another process works on it; it is left alone")
      case .stopped(let step):
        steps[run.name] = step
        pending.append(run)
      case .waiting: pending.append(run)
      }
    }
    try prepareText(of: pending)
    var bar = makeBar()
    var failures: [String] = []
    let deadline = options.hours > 0 ? console.time.seconds() + options.hours * 3600 : .infinity
    let already = work
    while !pending.isEmpty || !workers.isEmpty {
      let stopping = shouldStop() || console.time.seconds() >= deadline
      if stopping { askToStop() }
      while !stopping, workers.count < max(1, options.workers), !pending.isEmpty { try start(pending.removeFirst()) }
      if stopping, workers.isEmpty { break }
      Thread.sleep(forTimeInterval: 0.5)
      failures += collect()
      readSteps()
      bar.update(done: Int(work / 1e9), amount: (work - already) / 1e9)
    }
    bar.finish()
    let finished = try plan.runs.filter { try $0.state() == .finished }.count
    return Outcome(
      finished: finished, all: plan.runs.count, failures: failures, stopped: finished < plan.runs.count)
  }

  /// Operations done so far, over all runs.
  private var work: Double {
    plan.runs.reduce(0) { $0 + $1.operationsPerStep * Double(min($1.steps, steps[$1.name] ?? 0)) }
  }

  private func makeBar() -> ProgressBar {
    let all = plan.runs.reduce(0) { $0 + $1.operationsPerStep * Double($1.steps) }
    return ProgressBar(
      "study \(plan.config.name)", total: max(1, Int(all / 1e9)), startingAt: Int(work / 1e9), unit: "GFLOP",
      console: console, log: log)
  }

  /// Tokens are prepared once, before several processes would do it at the same time.
  private func prepareText(of runs: [StudyRun]) throws {
    var prepared: [DataConfig] = []
    for run in runs where !prepared.contains(run.config.value.data) {
      prepared.append(run.config.value.data)
      _ = try TokenizedCorpus.prepare(run.config.value.data)
    }
  }

  private func start(_ run: StudyRun) throws {
    let exists = FileManager.default.fileExists(atPath: run.directory.path)
    let logs = run.directory.deletingLastPathComponent().appending(path: "logs")
    try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)
    var arguments =
      exists
      ? ["resume", run.directory.relativePath]
      : ["train", "--config", plan.config.base, "--out", run.directory.relativePath]
    if !exists { arguments += run.changes.flatMap { ["--set", $0] } }
    arguments += ["--threads", "\(options.threads)", "--quiet"]
    let process = Process()
    if options.niceness > 0 {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["nice", "-n", "\(options.niceness)", program.path] + arguments
    } else {
      process.executableURL = program
      process.arguments = arguments
    }
    let file = logs.appending(path: "\(run.name).txt")
    if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    try? handle.close()
    workers.append(Worker(run: run, process: process, log: file))
    log.info("\(run.name): \(exists ? "continues after step \(steps[run.name] ?? 0)" : "starts")")
  }

  private func askToStop() {
    for index in workers.indices where !workers[index].asked {
      workers[index].asked = true
      workers[index].process.interrupt()
    }
  }

  /// Takes the processes that ended out of the list; the errors of those that failed.
  private func collect() -> [String] {
    var failures: [String] = []
    workers.removeAll { worker in
      guard !worker.process.isRunning else { return false }
      let name = worker.run.name
      if worker.process.terminationReason == .exit, worker.process.terminationStatus == 0 {
        let loss = (try? RunRecord(worker.run.directory))?.metrics.last("validation/loss")
        log.info("\(name): done\(loss.map { String(format: ", held-out loss %.4f", $0) } ?? "")")
        steps[name] = worker.run.steps
      } else if worker.asked {
        log.info("\(name): saved and stopped")
      } else {
        let text = (try? String(contentsOf: worker.log, encoding: .utf8)) ?? ""
        let end = text.split(separator: "\n").suffix(3).joined(separator: "\n")
        let error = StudyError.failed(run: name, log: worker.log.relativePath, reason: end)
        log.error("\(error)")
        failures.append("\(error)")
      }
      return true
    }
    return failures
  }

  private func readSteps() {
    for worker in workers {
      if let step = StudyProgress.lastStep(in: worker.run.directory) { steps[worker.run.name] = step }
    }
  }
}

/// How far a running process is, from the end of its metrics.
enum StudyProgress {
  /// The step of the last whole line; nil if there is none.
  static func lastStep(in directory: URL) -> Int? {
    guard let handle = try? FileHandle(forReadingFrom: directory.appending(path: "metrics.jsonl")) else { return nil }
    defer { try? handle.close() }
    guard let end = try? handle.seekToEnd() else { return nil }
    try? handle.seek(toOffset: end > 4096 ? end - 4096 : 0)
    guard let data = try? handle.readToEnd() else { return nil }
    struct Line: Decodable { let step: Int }
    for line in data.split(separator: UInt8(ascii: "\n")).reversed() {
      if let line = try? JSONDecoder().decode(Line.self, from: Data(line)) { return line.step }
    }
    return nil
  }
}
