// foa-encoder: training and use of spatial encoders. What it does is in the SpatialAudio target.
import ArgumentParser
import Lab
import SpatialAudio

@main struct FOAEncoder: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "foa-encoder",
    abstract: "Trains and tests spatial encoders for first-order ambisonics.",
    subcommands: [
      RunCommand<EncoderExperiment>.self, ResumeCommand<EncoderExperiment>.self,
      DryRunCommand<EncoderExperiment>.self, ConfigCommand<EncoderExperiment>.self,
      ReportCommand<EncoderExperiment>.self, EvaluateEncoder.self,
    ])
}
