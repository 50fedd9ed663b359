// zoom-build: datasets of questions about small regions of pictures. Each command is a file here; what they do is in
// the ZoomDistill target.
import ArgumentParser
import Lab

@main struct ZoomBuildTool: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "zoom-build",
    abstract: "Builds questions and answers about small regions: teachers look at the crop, students at the picture.",
    discussion: """
      Teachers see an enlarged part of a picture and write questions and answers about it; what several of them agree \
      on becomes the label of a question about the whole picture. Without a command all stages run, one after the other.

        zoom-build --config Configs/zoom/quickstart.yaml --out Runs/zoom     # embedded teachers, no server
        zoom-build status Runs/zoom
        zoom-build audit Runs/zoom

      With your own pictures and any server that speaks the chat completions protocol:
        export TEACHER_KEY=…
        zoom-build --config Configs/zoom/endpoint.yaml --dry-run             # calls and cost, nothing is sent
        zoom-build --config Configs/zoom/endpoint.yaml --out Runs/mine

      Ctrl-C or a crash loses nothing: the same command goes on, and no reply is paid for twice.
      """,
    subcommands: [
      RunAll.self, Propose.self, Ask.self, Answer.self, Filter.self, Export.self, Status.self, WriteReport.self,
      Audit.self, Prompts.self, ConfigurationCommand.self, Paced.self,
    ], defaultSubcommand: RunAll.self)
}
