// The commands as a user meets them: output, help, errors, exit codes.

import ArgumentParser
import Foundation
import Lab
import Logging
import Testing

struct CounterConfig: ExperimentConfig {
  var seed: UInt64 = 1
  var steps = 5
  var stopAfter = 0
  var failAt = 0
  var width = 8

  static let base = CounterConfig()
  static let smoke = CounterConfig(steps: 2)

  func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require(steps > 0, "steps", expected: "at least 1", got: steps)
    try check.finish()
  }
}

/// Counts steps; its checkpoint is the number of the last one.
enum Counter: ResumableExperiment {
  struct Summary: Codable, Sendable { var sum: Int }
  struct Failure: Error {}

  static let name = "counter"
  static let abstract = "Counts steps."
  static let discussion = "Example:\n  counter count --set steps=3"
  static let verbs = ExperimentVerbs(run: "count")
  static let keysThatMayChange = ["steps", "stopAfter"]

  static func run(_ config: CounterConfig, in run: Run) throws -> Summary { try count(config, in: run, from: 0) }

  static func resume(_ config: CounterConfig, in run: Run) throws -> Summary {
    let text = try String(contentsOf: run.checkpoints.appending(path: "step"), encoding: .utf8)
    let step = Int(text) ?? 0
    try run.rewindMetrics(toStep: step)
    return try count(config, in: run, from: step)
  }

  private static func count(_ config: CounterConfig, in run: Run, from first: Int) throws -> Summary {
    for step in (first + 1)..<(config.steps + 1) {
      if step == config.failAt { throw Failure() }
      try run.metrics.log(step: step, ["count/step": Double(step)])
      if step == config.stopAfter { run.interrupt.request() }
      if run.interrupt.isRequested {
        try run.write(Data("\(step)".utf8), to: "checkpoints/step")
        throw RunInterrupted(step: step)
      }
    }
    return Summary(sum: config.steps * (config.steps + 1) / 2)
  }

  static func dryRun(_ config: CounterConfig, threads: Int) throws -> Report {
    Report(
      title: "Counting",
      blocks: [.facts([Report.Fact("steps", "\(config.steps)"), Report.Fact("threads", "\(threads)")])])
  }
}

struct Tool: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "counter", abstract: "A tool for tests.",
    subcommands: [
      RunCommand<Counter>.self, ResumeCommand<Counter>.self, DryRunCommand<Counter>.self, ConfigCommand<Counter>.self,
      ReportCommand<Counter>.self,
    ])
}

@Suite struct CommandTests {
  /// Runs the tool and returns what a shell would see.
  private func execute(_ arguments: String..., at directory: TestDirectory? = nil) -> (
    code: Int32, out: String, err: String
  ) {
    let (out, err) = (TextBuffer(), TextBuffer())
    let environment = CommandEnvironment(
      standardOutput: out.output(), standardError: err.output(), time: FakeClock().source,
      arguments: ["counter"] + arguments, interruptSignals: [])
    let code = Tool.execute(in: environment)
    guard let path = directory?.url.path else { return (code, out.text, err.text) }
    return (code, out.text.replacing(path + "/", with: ""), err.text.replacing(path + "/", with: ""))
  }

  @Test func config() {
    let result = execute("config", "--set", "steps=7", "--seed", "9")
    #expect(result.code == 0)
    #expect(result.err.isEmpty)
    let hash = StableHash.hex("seed: 9\nsteps: 7\nstopAfter: 0\nfailAt: 0\nwidth: 8\n")
    #expect(
      result.out == "# counter, config hash \(hash)\nseed: 9\nsteps: 7\nstopAfter: 0\nfailAt: 0\nwidth: 8\n")
    #expect(execute("config", "--smoke").out.contains("steps: 2"))
  }

  @Test func dryRun() {
    let result = execute("dry-run", "--threads", "2")
    #expect(result.code == 0)
    #expect(result.out == "Counting\n========\n\nsteps    5\nthreads  2\n")
  }

  @Test func wrongSettingsAreUsageErrors() throws {
    let directory = try TestDirectory()
    try Data("stepz: 3\n".utf8).write(to: directory.file("c.yaml"))
    let result = execute("count", "--config", directory.file("c.yaml").path, at: directory)
    #expect(result.code == 2)
    #expect(result.out.isEmpty)
    #expect(
      result.err == """
        error: c.yaml:1:1: unknown key 'stepz': expected 'seed', 'steps', 'stopAfter', 'failAt' or 'width', \
        got 'stepz'. Did you mean 'steps'?

        """)
    #expect(
      execute("count", "--set", "steps=0").err.contains(
        "--set steps=0: invalid value for 'steps': expected at least 1, got 0."))
  }

  @Test func wrongCommandLinesAreUsageErrors() {
    let result = execute("count", "--banana")
    #expect(result.code == 2)
    #expect(result.err.hasPrefix("Error: Unknown option '--banana'\nUsage: counter count"))
    #expect(execute("banana").code == 2)
    #expect(execute("count", "--threads", "-1").code == 2)
    #expect(execute("resume").code == 2)
  }

  @Test func aRunFromStartToReport() throws {
    let directory = try TestDirectory()
    let result = execute("count", "--out", directory.file("run").path, "--threads", "3", at: directory)
    #expect(result.code == 0, "\(result.err)")
    #expect(result.out == "run\nrun/report/index.html\n")
    #expect(result.err.hasPrefix("08:15:00 run, config "))
    let record = try RunRecord(directory.file("run"))
    #expect(record.manifest.status == .finished)
    #expect(record.manifest.seeds == ["seed": 1])
    #expect(record.manifest.sessions[0].threads == 3)
    #expect(record.metrics.series("count/step").count == 5)
    #expect(try record.summary(Counter.Summary.self).sum == 15)
    #expect(try directory.text("run/report/index.html").contains("count/step"))
    let again = execute("count", "--out", directory.file("run").path, at: directory)
    #expect(again.code == 2)
    #expect(again.err.contains("run directory 'run' exists"))
  }

  @Test func interruptedRunsCanGoOn() throws {
    let directory = try TestDirectory()
    let path = directory.file("run").path
    let first = execute("count", "--out", path, "--set", "stopAfter=3", at: directory)
    #expect(first.code == 130)
    #expect(first.out.isEmpty)
    #expect(
      first.err.hasSuffix(
        "interrupted after step 3: everything up to there is saved.\nContinue with:\n  counter resume run\n"))
    #expect(try RunRecord(directory.file("run")).manifest.status == .interrupted)

    let refused = execute("resume", path, "--set", "width=9", at: directory)
    #expect(refused.code == 2)
    #expect(refused.err.contains("cannot resume 'run': expected the same config, got 1 other value:\n  width: 8 → 9"))

    let second = execute("resume", path, "--set", "stopAfter=0", "--set", "steps=6", at: directory)
    #expect(second.code == 0, "\(second.err)")
    let record = try RunRecord(directory.file("run"))
    #expect(record.metrics.series("count/step").map(\.value) == [1, 2, 3, 4, 5, 6])
    #expect(record.manifest.sessions.map(\.status) == [.interrupted, .finished])
    #expect(try record.summary(Counter.Summary.self).sum == 21)
  }

  @Test func failuresAreRecorded() throws {
    let directory = try TestDirectory()
    let result = execute("count", "--out", directory.file("run").path, "--set", "failAt=2", at: directory)
    #expect(result.code == 1)
    #expect(result.err.hasSuffix("error: Failure()\n"))
    let record = try RunRecord(directory.file("run"))
    #expect(record.manifest.status == .failed)
    #expect(record.manifest.sessions[0].failure == "Failure()")
    #expect(record.metrics.series("count/step").count == 1)
    let report = execute("report", directory.file("run").path, "--out", directory.file("r").path, at: directory)
    #expect(report.code == 0)
    #expect(report.out == "r/index.html\n")
    #expect(try directory.text("r/report.md").contains("- **Status:** failed"))
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a tmpfs needs root"))
  func aFullDiskEndsARunWithOneError() throws {
    let disk = try SmallDisk(kibibytes: 96)
    let result = execute(
      "count", "--out", disk.url.appending(path: "run").path, "--set", "steps=100000", at: disk.directory)
    #expect(result.code == 1)
    #expect(result.err.components(separatedBy: "error: ").count == 2)
    #expect(result.err.contains("error: cannot write 'run/metrics.jsonl'"))
    #expect(result.err.contains("No space left on device"))
    let record = try RunRecord(disk.url.appending(path: "run"))
    let steps = record.metrics.series("count/step").map(\.step)
    #expect(steps == Array(1...steps.count), "every line before the full disk is there")
  }

  @Test func quietRunsSayNothing() throws {
    let directory = try TestDirectory()
    let result = execute("count", "--quiet", "--out", directory.file("run").path, at: directory)
    #expect(result.code == 0)
    #expect(result.err.isEmpty)
    #expect(
      try directory.text("run/log.txt").hasPrefix(
        "2026-11-30T08:15:00.000Z info \(directory.file("run").path), config "))
  }

  @Test func help() {
    let expected = """
      OVERVIEW: Counts steps.

      Example:
        counter count --set steps=3

      Settings are defaults, changed by a --config file, changed by --set. 'config'
      prints all of them with their present values; what it prints can be used as a
      file. A misspelt key is an error that names the right one.

      USAGE: counter count [--config <file>] [--set <key=value> ...] [--seed <n>] [--threads <n>] [--smoke] \
      [--out <directory>] [--quiet]

      OPTIONS:
        -c, --config <file>     A YAML file with the settings that differ from the
                                defaults.
        --set <key=value>       Changes one setting, for example --set
                                model.width=64; may be repeated, wins over the file.
        --seed <n>              The seed of everything random; the same as --set
                                seed=<n>.
        --threads <n>           Threads to use; 0 leaves the choice to the program.
                                (default: 0)
        --smoke                 Starts from the tiny settings of a first look instead
                                of the defaults.
        --out <directory>       The new run directory; it must not exist. Default:
                                Runs/counter/<date>-<time>-<config hash>.
        -q, --quiet             Shows warnings and errors only; log.txt has
                                everything.
        -h, --help              Show help information.

      """
    #expect(Tool.helpMessage(for: RunCommand<Counter>.self, columns: 80) == expected)
    let resume = Tool.helpMessage(for: ResumeCommand<Counter>.self, columns: 200)
    #expect(resume.contains("These settings may change with --set: steps, stopAfter."))
    #expect(execute("--help").code == 0)
    #expect(execute().out.contains("SUBCOMMANDS:"))
  }
}
