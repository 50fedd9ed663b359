// moda-lm: mixture-of-depths language models from the command line. Each command is a file here; what they do is in
// the MoDA target.
import ArgumentParser
import Lab
import MoDA

@main struct ModaLM: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "moda-lm",
    abstract: "Language models with and without mixture-of-depths attention (arXiv 2603.15619).",
    discussion: """
      A first look, a few seconds:
        moda-lm train --smoke --out Runs/first-look
        moda-lm generate Runs/first-look --prompt "It is a truth"

      The comparison of the quick start:
        moda-lm train --config Configs/moda/quickstart.yaml --out Runs/baseline
        moda-lm train --config Configs/moda/quickstart.yaml --set model.depth.writers=attentionAndFeedForward \
      --out Runs/moda
        moda-lm compare Runs/baseline Runs/moda
      """,
    subcommands: [
      RunCommand<LanguageModelExperiment>.self, ResumeCommand<LanguageModelExperiment>.self, Evaluate.self,
      Generate.self, Compare.self, DryRunCommand<LanguageModelExperiment>.self,
      ConfigCommand<LanguageModelExperiment>.self, ReportCommand<LanguageModelExperiment>.self, Export.self,
      Import.self, Convert.self, Serve.self, Benchmark.self, Costs.self, Tasks.self,
    ])
}
