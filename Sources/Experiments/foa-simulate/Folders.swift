// foa-simulate verify, merge and config: commands on whole folders.
import ArgumentParser
import Foundation
import Lab
import SpatialAudio

struct Verify: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks every scene of a dataset against its digests.",
    discussion: """
      Names each scene and file that is damaged or missing. `foa-simulate render` with the same configuration makes those \
      scenes again and leaves the others alone.

      EXAMPLE:
        foa-simulate verify Runs/scenes
      """)

  @Argument(help: "The folder of the dataset.", completion: .directory) var directory: String

  func run(in environment: CommandEnvironment) throws {
    let folder = DatasetFolder(URL(fileURLWithPath: directory))
    let description = try folder.description()
    let console = Console(output: environment.standardError, time: environment.time)
    let scenes = try folder.completeScenes()
    let bar = SharedProgress("verify", total: scenes.count, unit: "scenes", console: console)
    let problems = try folder.verify { done, _ in bar.update(done) }
    bar.finish()
    for problem in problems { environment.standardOutput.write("\(problem)\n") }
    environment.standardOutput.write(
      "\(scenes.count) of \(description.sceneCount) scenes are there, \(problems.count) problems\n")
    if let manifest = try folder.manifest(), problems.isEmpty {
      environment.standardOutput.write("manifest: \(manifest.hash)\n")
    }
    guard problems.isEmpty, scenes.count == description.sceneCount else {
      throw ExitCode(ExitStatus.failure.rawValue)
    }
  }
}

struct Merge: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Joins the shards of a dataset and writes its list and manifest.",
    discussion: """
      The scenes of the other folders are moved into the first one, which gets scenes.jsonl and manifest.json.

      EXAMPLE:
        foa-simulate merge Runs/part1 Runs/part2 Runs/part3
      """)

  @Argument(help: "The folder to complete.", completion: .directory) var directory: String

  @Argument(help: "Folders with further scenes of the same dataset.", completion: .directory) var others: [String] = []

  func run(in environment: CommandEnvironment) throws {
    let folder = DatasetFolder(URL(fileURLWithPath: directory))
    let manifest = try folder.merge(others.map { DatasetFolder(URL(fileURLWithPath: $0)) })
    environment.standardOutput.write("\(manifest.entries.count) scenes\nmanifest: \(manifest.hash)\n")
  }
}

struct ConfigurationCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Prints the whole configuration, with defaults.")

  @OptionGroup var options: ExperimentOptions

  func run(in environment: CommandEnvironment) throws {
    environment.standardOutput.write(try options.resolved(SceneDatasetConfig.self).text)
  }
}
