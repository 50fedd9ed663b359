// foa-simulate: rooms, scenes and datasets in first-order ambisonics. Each command is a file here; what they do is in
// the SpatialAudio target.
import ArgumentParser
import Lab
import SpatialAudio

@main struct FOASimulate: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "foa-simulate",
    abstract: "Renders first-order-ambisonics scenes in simulated rooms, with exact labels.",
    discussion: """
      Give it a configuration and it makes a dataset: audio, DCASE labels, metadata, a manifest. Without a command it \
      renders.

        foa-simulate --config Configs/spatial/quickstart.yaml --out Runs/scenes
        foa-simulate show Runs/scenes test-000000
        foa-simulate selftest

      A large dataset on several machines:
        foa-simulate plan --config Configs/spatial/study.yaml
        foa-simulate render --config Configs/spatial/study.yaml --shard 1/7 --out Runs/part1
        foa-simulate merge Runs/part1 Runs/part2 …
        foa-simulate verify Runs/part1
      """,
    subcommands: [
      Render.self, Plan.self, Verify.self, Merge.self, ConfigurationCommand.self, Show.self, Listen.self, Selftest.self,
      Paced.self,
    ], defaultSubcommand: Render.self)
}
