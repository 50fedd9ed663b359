// zoom-scenes: pictures with exact truth for the offline mode. Each command is a file here; what they do is in the
// ZoomDistill target.
import ArgumentParser
import Lab

@main struct ZoomScenes: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "zoom-scenes",
    abstract: "Draws scenes of signs, small things to read in a cluttered picture, with exact truth.",
    discussion: """
      The offline mode builds from these scenes: teachers get the pictures, the truth is used to measure alone. Without \
      a command it draws.

        zoom-scenes --config Configs/zoom/signs.yaml --out Runs/signs
        zoom-scenes show Runs/signs
        zoom-scenes readers
      """,
    subcommands: [Generate.self, Show.self, Readers.self, ConfigurationCommand.self], defaultSubcommand: Generate.self)
}
