// foa-simulate render: the scenes of a configuration, or of a shard of it.
import ArgumentParser
import Foundation
import Lab
import Logging
import SpatialAudio
import Tensor

struct Render: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Renders the scenes of a configuration into a folder; what is there already stays.",
    discussion: """
      A scene is complete when its metadata is there and its audio has the digest that the metadata names. A render that \
      was stopped, or whose disk was full, goes on where it ended when it is called again. Scenes depend on the seed and \
      their number alone: threads, shards and interruptions change no bit.

      EXAMPLES:
        foa-simulate render --config Configs/spatial/quickstart.yaml --out Runs/scenes
        foa-simulate render --config Configs/spatial/study.yaml --shard 2/7 --out Runs/part2
        foa-simulate render --smoke --out Runs/first-look
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "The folder of the dataset.", completion: .directory) var out = "Runs/foa-simulate"

  @Option(help: ArgumentHelp("Render part i of n only.", valueName: "i/n")) var shard = "1/1"

  func run(in environment: CommandEnvironment) throws {
    let (part, parts) = try Shard.parse(shard)
    let config = try options.resolved(SceneDatasetConfig.self)
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    let folder = DatasetFolder(URL(fileURLWithPath: out))
    let render = try DatasetRender(config, folder: folder)
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("stopping after these scenes") }
    let clock = ContinuousClock.now
    let bar = SharedProgress(
      "render", total: SceneIndex(config.value).shard(part, of: parts).count, unit: "scenes", console: console)
    let summary = render.run(part: part, of: parts, interrupt: interrupt) { done, _ in bar.update(done) }
    bar.finish()
    interrupt.remove()
    let seconds =
      Double((ContinuousClock.now - clock).components.seconds)
      + Double((ContinuousClock.now - clock).components.attoseconds) * 1e-18
    for failure in summary.failures { console.show("error: \(failure)") }
    let rate = String(format: "%.1f", Double(summary.rendered) / max(1e-3, seconds))
    environment.standardOutput.write(
      "rendered \(summary.rendered) scenes (\(rate)/s), kept \(summary.kept), failed \(summary.failures.count)\n")
    if summary.wasInterrupted {
      environment.standardOutput.write("stopped; the same command goes on\n")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    guard summary.failures.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
    guard parts == 1 else { return }
    let manifest = try folder.merge()
    environment.standardOutput.write("dataset: \(out)\nmanifest: \(manifest.hash)\n")
  }
}

/// `i/n` of the command line.
enum Shard {
  static func parse(_ text: String) throws -> (Int, Int) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let part = numbers[0], let parts = numbers[1], parts >= 1, (1...parts).contains(part)
    else { throw ValidationError("--shard: expected i/n with 1 ≤ i ≤ n, for example 2/7, got '\(text)'.") }
    return (part, parts)
  }
}
