// zoom-scenes generate and config: a folder of scenes from a configuration.
import ArgumentParser
import Foundation
import Lab
import Logging
import Media
import Tensor
import ZoomDistill

/// The worlds that scenes come from.
enum SceneKind: String, CaseIterable, ExpressibleByArgument {
  /// Signs of the offline quick start, 256 px.
  case signs
  /// Small things in photographs of 1200 to 4000 px.
  case photos
}

struct Generate: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the scenes of a configuration into a folder; what is there already stays.",
    discussion: """
      Writes images/<scene> and truth.jsonl, for photos also list.jsonl, which zoom-build reads with images.source.list \
      and regions.strategy given. A scene is a function of seed and number: threads and interruptions change no bit, and \
      a run that was stopped goes on when it is called again.

      EXAMPLES:
        zoom-scenes generate --config Configs/zoom/signs.yaml --out Runs/signs
        zoom-scenes generate --kind photos --config Configs/zoom/scenes.yaml --out Runs/scenes
        zoom-scenes generate --smoke --out Runs/first-look
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "What is drawn: signs or photos.") var kind = SceneKind.signs
  @Option(help: "The folder of the scenes.", completion: .directory) var out = "Runs/zoom-scenes"

  func run(in environment: CommandEnvironment) throws {
    switch kind {
    case .signs:
      let config = try options.resolved(SignDatasetConfig.self)
      try draw(config.value.scenes, environment) { interrupt, progress in
        try SignFolder(URL(fileURLWithPath: out)).generate(
          config, encode: { try ImageFile.encode($0, as: .png()) }, interrupt: interrupt, progress: progress)
      }
    case .photos:
      let config = try options.resolved(PhotoSceneConfig.self)
      let assets = try SceneAssets(config.value)
      try draw(config.value.scenes, environment) { interrupt, progress in
        try PhotoSceneFolder(URL(fileURLWithPath: out)).generate(
          config, assets: assets, interrupt: interrupt, progress: progress)
      }
    }
  }

  /// Shows progress and obeys interruptions around what draws.
  private func draw(
    _ scenes: Int, _ environment: CommandEnvironment,
    _ body: (_ interrupt: Interrupt, _ progress: @escaping @Sendable (Int) -> Void) throws -> Int?
  ) throws {
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("stopping after these scenes") }
    defer { interrupt.remove() }
    let bar = SharedProgress("scenes", total: scenes, unit: "scenes", console: console)
    let drawn = try body(interrupt) { bar.update($0) }
    bar.finish()
    guard let drawn else {
      environment.standardOutput.write("stopped; the same command goes on\n")
      throw ExitCode(ExitStatus.interrupted.rawValue)
    }
    environment.standardOutput.write("drew \(drawn) scenes, kept \(scenes - drawn)\nscenes: \(out)\n")
  }
}

struct ConfigurationCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Prints the whole configuration, with defaults.")

  @OptionGroup var options: ExperimentOptions
  @Option(help: "Whose configuration: signs or photos.") var kind = SceneKind.signs

  func run(in environment: CommandEnvironment) throws {
    let text =
      switch kind {
      case .signs: try options.resolved(SignDatasetConfig.self).text
      case .photos: try options.resolved(PhotoSceneConfig.self).text
      }
    environment.standardOutput.write(text)
  }
}
