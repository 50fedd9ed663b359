// zoom-scenes readers: how well the embedded teachers read, from far and from near.
import ArgumentParser
import Foundation
import Lab
import Tensor
import ZoomDistill

struct Readers: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures the embedded readers against the truth: whole scenes, crops, and agreement of eight answers.",
    discussion: """
      "direct" reads the whole scene on the retina with the region given, "crop" the region alone. Single answers of \
      each reader, then the majority of eight; "consensus" counts signs on which six of eight agree, "yield" how many \
      these are.

      EXAMPLE:
        zoom-scenes readers --count 200
      """)

  @OptionGroup var options: ExperimentOptions
  @Option(help: "Scenes to read.") var count = 100
  @Option(help: "Pixels along each side of the retina.") var retina = 32
  @Option(help: "What a crop adds to each side of a sign, as a share of its side.") var margin = 0.05

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count: expected 1 or more, got \(count).") }
    guard (8...1024).contains(retina) else { throw ValidationError("--retina: expected 8 to 1024 px, got \(retina).") }
    guard (0...0.25).contains(margin) else { throw ValidationError("--margin: expected 0 to 0.25, got \(margin).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(SignDatasetConfig.self).value
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    let study = ReaderStudy(world: config.world, seed: config.seed, scenes: count, retina: retina, margin: margin)
    let report = Report(
      title: "Readers with a retina of \(retina) px, \(count) scenes, seed \(config.seed)",
      blocks: [.table(study.table)])
    environment.standardOutput.write(report.plainText)
  }
}
