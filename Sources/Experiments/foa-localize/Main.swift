// foa-localize: skeleton of the command line.
// Not here: what it does (the SpatialAudio target).
import ArgumentParser
import Lab
import SpatialAudio

@main struct Main: ExperimentTool {
  static let configuration = CommandConfiguration(commandName: "foa-localize")
}
