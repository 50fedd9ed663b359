// foa-simulate plan: what a render would make, without rendering.
import ArgumentParser
import Foundation
import Lab
import SpatialAudio
import Tensor

struct Plan: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws every scene without rendering: counts, rooms, and whether all of them are possible.",
    discussion: """
      Solves each room for its decay time, so that impossible targets show before hours are spent.

      EXAMPLE:
        foa-simulate plan --config Configs/spatial/study.yaml
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "Also write one line of JSON for each scene to this file.", completion: .file()) var json: String?

  func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(SceneDatasetConfig.self)
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    let console = Console(output: environment.standardError, time: environment.time)
    let bar = SharedProgress("plan", total: SceneIndex(config.value).count, unit: "scenes", console: console)
    let overview = try DatasetPlan(config.value) { done, _ in bar.update(done) }
    bar.finish()
    environment.standardOutput.write(overview.report.plainText)
    if let json { try overview.write(to: URL(fileURLWithPath: json)) }
    for failure in overview.failures { console.show("error: \(failure)") }
    guard overview.failures.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
  }
}
