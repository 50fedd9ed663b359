// foa-localize: where sound comes from, in a dataset or in one's own recording. What it does is in the SpatialAudio
// target.
import ArgumentParser
import Foundation
import Lab
import SpatialAudio
import Tensor

@main struct FOALocalize: ExperimentTool {
  static let configuration = CommandConfiguration(
    commandName: "foa-localize",
    abstract: "Classical estimators of direction for first-order ambisonics.",
    discussion: """
      EXAMPLES:
        foa-localize dataset Runs/scenes --out Runs/localisation
        foa-localize recording street.wav --format auto --sources 2 --out Runs/street
      """,
    subcommands: [LocalizeDataset.self, LocalizeRecording.self])
}

extension DirectionEstimator {
  /// The estimator of a name on the command line.
  static func named(_ name: String) throws -> DirectionEstimator {
    guard let found = defaults.first(where: { $0.name == name }) else {
      throw ValidationError(
        "--estimator: expected one of \(defaults.map(\.name).joined(separator: ", ")), got '\(name)'.")
    }
    return found
  }
}

struct LocalizeDataset: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset", abstract: "Scores the estimators on a dataset of foa-simulate.",
    discussion: """
      Angles and recall with the number of sources known, how often the number is found, and the SELD metric frame by \
      frame; for scenes of 1, 2 and 3 sources, with intervals over scenes.

      EXAMPLES:
        foa-localize dataset Runs/scenes
        foa-localize dataset Runs/study --out Runs/localisation --json Runs/localisation.json
      """)

  @Argument(help: "The folder of the dataset.", completion: .directory) var directory: String
  @Option(help: "The most scenes to hear, 0 for all.") var limit = 0
  @Option(help: "Threads to use; 0 leaves the choice to the program.") var threads = 0
  @Option(help: "Write a report with plots to this folder.", completion: .directory) var out: String?
  @Option(help: "Add the report to the one in this folder.", completion: .directory) var appendTo: String?
  @Option(help: "Also write the figures to this file as JSON.", completion: .file()) var json: String?

  func run(in environment: CommandEnvironment) throws {
    if threads > 0 { Runtime.configure(threads: threads) }
    if let appendTo { try Report.requirePage(in: URL(fileURLWithPath: appendTo)) }
    let folder = DatasetFolder(URL(fileURLWithPath: directory))
    _ = try folder.description()
    let count = try folder.completeScenes().count
    let console = Console(output: environment.standardError, time: environment.time)
    let bar = SharedProgress(
      "localize", total: limit > 0 ? min(limit, count) : count, unit: "scenes", console: console)
    let study = try DatasetStudy(folder, limit: limit) { done, _ in bar.update(done) }
    bar.finish()
    let report = study.report
    environment.standardOutput.write(report.plainText)
    if let out { try report.write(to: URL(fileURLWithPath: out)) }
    if let appendTo { try report.append(toReportIn: URL(fileURLWithPath: appendTo)) }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try AtomicFile.write(try encoder.encode(study.rows()), to: URL(fileURLWithPath: json))
    }
    for failure in study.failures { console.show("error: \(failure)") }
    guard study.failures.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
  }
}

struct LocalizeRecording: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "recording", abstract: "Directions over time in a recording of four channels.",
    discussion: """
      A file says nothing of its channel order and normalisation. Name them with --format (acn-sn3d, acn-n3d, fuma, …), \
      or let the detector look: it answers with a format or with the reason why it cannot.

      EXAMPLES:
        foa-localize recording street.wav --format fuma
        foa-localize recording street.wav --format auto --sources 2 --csv street.csv --out Runs/street
      """)

  @Argument(help: "A sound file with four channels.", completion: .file()) var file: String
  @Option(help: "The format of the channels, or auto.") var format = "auto"
  @Option(help: "The estimator: piv, low-diffuseness, histogram, music, onset.") var estimator = "histogram"
  @Option(help: "Sources at once; 0 estimates the number.") var sources = 0
  @Option(help: "Write directions as a DCASE label file.", completion: .file()) var csv: String?
  @Option(help: "Write a report with plots to this folder.", completion: .directory) var out: String?

  func run(in environment: CommandEnvironment) throws {
    let chosen = try DirectionEstimator.named(estimator)
    guard (0...chosen.mostSources).contains(sources) else {
      throw ValidationError("--sources: expected 0 to \(chosen.mostSources) for \(estimator), got \(sources).")
    }
    let study = try RecordingStudy(
      URL(fileURLWithPath: file), format: format, estimator: chosen,
      sources: sources > 0 ? .known(sources) : .estimated(most: min(3, chosen.mostSources)))
    environment.standardOutput.write("\(study.name): \(study.format), \(study.note)\n")
    for (frame, estimates) in study.moments.enumerated() where !estimates.isEmpty {
      let directions = estimates.map {
        String(format: "%6.1f° %5.1f°", $0.direction.azimuth, $0.direction.elevation)
      }
      environment.standardOutput.write(
        String(format: "%7.1f s  ", 0.1 * Double(frame)) + directions.joined(separator: "   ") + "\n")
    }
    if let csv { try DCASELabels.write(study.events, to: URL(fileURLWithPath: csv)) }
    if let out { try study.report.write(to: URL(fileURLWithPath: out)) }
  }
}
