// zoom-scenes generate and config: a folder of scenes from a configuration.
import ArgumentParser
import Foundation
import Lab
import Logging
import Media
import Synchronization
import Tensor
import ZoomDistill

struct Generate: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the scenes of a configuration into a folder; what is there already stays.",
    discussion: """
      Writes images/<scene>.png and truth.jsonl. A scene is a function of seed, use and number: threads and \
      interruptions change no bit, and a run that was stopped goes on when it is called again.

      EXAMPLES:
        zoom-scenes generate --config Configs/zoom/signs.yaml --out Runs/signs
        zoom-scenes generate --smoke --out Runs/first-look
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "The folder of the scenes.", completion: .directory) var out = "Runs/zoom-scenes"

  func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(SignDatasetConfig.self)
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("stopping after these scenes") }
    defer { interrupt.remove() }
    let bar = Mutex(
      ProgressBar(
        "scenes", total: config.value.scenes, unit: "scenes", console: console,
        log: console.logger(label: "zoom-scenes")))
    let drawn = try SignFolder(URL(fileURLWithPath: out)).generate(
      config, encode: { try ImageFile.encode($0, as: .png()) }, interrupt: interrupt
    ) { done in bar.withLock { $0.update(done: done, amount: Double(done)) } }
    bar.withLock { $0.finish() }
    guard let drawn else {
      environment.standardOutput.write("stopped; the same command goes on\n")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    environment.standardOutput.write("drew \(drawn) scenes, kept \(config.value.scenes - drawn)\nscenes: \(out)\n")
  }
}

struct ConfigurationCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Prints the whole configuration, with defaults.")

  @OptionGroup var options: ExperimentOptions

  func run(in environment: CommandEnvironment) throws {
    environment.standardOutput.write(try options.resolved(SignDatasetConfig.self).text)
  }
}
