// zoom-scenes: pictures with exact truth for the offline mode. Each command is a file here; what they do is in the
// ZoomDistill target.
import ArgumentParser
import Lab

@main struct ZoomScenes: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "zoom-scenes",
    abstract:
      "Draws scenes with exact truth: small signs in a cluttered picture, or small things in large photographs.",
    discussion: """
      The offline mode builds from these scenes: teachers get the pictures, the truth is used to measure alone. Without \
      a command it draws.

        zoom-scenes --config Configs/zoom/signs.yaml --out Runs/signs
        zoom-scenes show Runs/signs
        zoom-scenes --kind photos --config Configs/zoom/scenes.yaml --out Runs/scenes
        zoom-scenes readers
      """,
    subcommands: [Generate.self, Show.self, Readers.self, ConfigurationCommand.self], defaultSubcommand: Generate.self)
}
