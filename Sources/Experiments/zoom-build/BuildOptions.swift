// What the stages of zoom-build have in common: opening the build, the bar, the end.
import ArgumentParser
import Foundation
import Lab
import Logging
import Synchronization
import Tensor
import ZoomDistill

/// Options of every command that works on a build.
struct BuildOptions: ParsableArguments {
  @OptionGroup var experiment: ExperimentOptions

  @Option(help: "The folder of the build.", completion: .directory) var out = "Runs/zoom"

  @Option(help: ArgumentHelp("Works on this many pieces of each stage at most; 0 for all.", valueName: "n"))
  var limit = 0

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit: expected 0 or more, got \(limit).") }
  }

  var folder: BuildFolder { BuildFolder(URL(fileURLWithPath: out)) }

  func open(_ interrupt: Interrupt, asks: Bool = true) throws -> ZoomBuild {
    if experiment.threads > 0 { Runtime.configure(threads: experiment.threads) }
    return try ZoomBuild(
      experiment.resolved(ZoomBuildConfig.self), in: folder, environment: ProcessInfo.processInfo.environment,
      asks: asks, interrupt: interrupt)
  }
}

/// Runs stages with a bar.
struct StageRunner {
  let environment: CommandEnvironment
  let options: BuildOptions

  /// Runs `stages` and then `finish`, unless a stage was interrupted.
  ///
  /// - Throws: exit code 130 after an interruption, 1 if pieces failed.
  func run(_ stages: [BuildStage], finish: (ZoomBuild, Console) throws -> Void = { _, _ in }) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("stopping after what is in flight") }
    defer { interrupt.remove() }
    let build = try options.open(interrupt)
    var failed = 0
    for stage in stages {
      let bars = StageBars(console: console)
      let limit = options.limit
      let summary = try waiting {
        try await build.run(stage, limit: limit, interrupt: interrupt) { bars.update($0, $1, $2) }
      }
      bars.finish()
      environment.standardOutput.write("\(stage.rawValue): \(summary.done) done, \(summary.failed) failed\n")
      failed += summary.failed
      if summary.wasInterrupted || interrupt.isRequested {
        environment.standardOutput.write("stopped; the same command goes on\n")
        throw ExitCode(ExitStatus.interrupted.rawValue)
      }
    }
    try finish(build, console)
    guard failed == 0 else {
      console.show("\(failed) pieces failed; 'zoom-build status \(options.out)' says why, the same command tries again")
      throw ExitCode(ExitStatus.failure.rawValue)
    }
  }
}

/// One bar after the other, moved by several threads.
final class StageBars: Sendable {
  private let console: Console
  private let bar = Mutex<(label: String, bar: ProgressBar)?>(nil)

  init(console: Console) { self.console = console }

  func update(_ label: String, _ done: Int, _ total: Int) {
    bar.withLock { current in
      if current?.label != label {
        current?.bar.finish()
        current = (
          label,
          ProgressBar(
            label, total: max(1, total), unit: "pieces", console: console, log: console.logger(label: "zoom-build"))
        )
      }
      current?.bar.update(done: done, amount: Double(done))
    }
  }

  func finish() { bar.withLock { $0?.bar.finish() } }
}
