// zoom-bench: dual-view benchmarks of vision-language models. Each command is a file here; what they do is in the
// ZoomDistill target.
import ArgumentParser
import Lab

@main struct ZoomBench: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "zoom-bench",
    abstract: "Measures what a model sees at once and what it sees zoomed in: accuracy, zooming gap, cost.",
    discussion: """
      An item has a question, a full picture, the evidence as a box and a crop, and the truth. A model is asked in \
      several views, on the same items:
        global    the full picture
        regional  the crop alone; regional minus global accuracy is the zooming gap
        overlay   the full picture with a box around the evidence
        tool      the full picture and a tool that zooms

      A first look, without a server:
        zoom-bench generate --out Runs/zoom/bench
        zoom-bench run --config Configs/zoom/bench.yaml --out Runs/zoom/reader-32
        zoom-bench run --config Configs/zoom/bench.yaml --set model.embedded.reader.retina=64 --out Runs/zoom/reader-64
        zoom-bench compare Runs/zoom/reader-64 Runs/zoom/reader-32

      Released benchmarks and VLMEvalKit tables come in through 'convert'.
      """,
    subcommands: [
      RunBench.self, ScoreBench.self, CompareBench.self, ReportBench.self, MergeResults.self, VerifyBundle.self,
      ConvertBundle.self, GenerateBundle.self, ConfigurationCommand.self,
    ])
}
