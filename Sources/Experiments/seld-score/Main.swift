// seld-score: scores of sound event localization and detection from label files.
// Not here: reading, counting and the report (the SpatialAudio target).
import ArgumentParser
import Foundation
import Lab
import SpatialAudio

@main struct Main: ExperimentTool, LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "seld-score",
    abstract: "Scores predicted sound events and their directions against references, as the DCASE challenge does.",
    discussion: """
      Both folders hold label files in DCASE form, one for each recording, paired by file name. A line is
        frame,class,azimuth,elevation                       4 columns
        frame,class,source,azimuth,elevation                5 columns
        frame,class,source,azimuth,elevation,distance       6 columns: references, distance in cm
        frame,class,source,x,y,z,distance                   7 columns: systems, distance in m
      with frames of 100 ms, degrees, azimuth counter-clockwise from the front (left is 90). Where units have to be \
      guessed, a warning says what was assumed and which option decides.

      Forms: 2024 frames with distances (F, DOAE, RDE); 2023 segments, means over classes (ER, F, LE, LR); 2020 \
      segments, classes pooled; 2019 detection and directions apart. Intervals are those of the jackknife over \
      recordings.

      EXAMPLES:
        seld-score references predictions
        seld-score references predictions --classes classes.txt --form all --json scores.json --out report
        seld-score references predictions --reference-units m --no-dcase-compat
      """)

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case frames = "2024"
    case segments = "2023"
    case segmentsPooled = "2020"
    case detection = "2019"
    case all
  }

  enum Units: String, CaseIterable, ExpressibleByArgument {
    case auto, cm, m

    var unit: DCASELabels.DistanceUnit {
      switch self {
      case .auto: .automatic
      case .cm: .centimetres
      case .m: .metres
      }
    }
  }

  @Argument(help: "The folder of reference labels.", completion: .directory) var references: String

  @Argument(help: "The folder of predicted labels.", completion: .directory) var predictions: String

  @Option(help: "What to compute.") var form: Form = .frames

  @Flag(
    inversion: .prefixedNo,
    help: "Counts as the public evaluation code does, with its quirks; without, every frame and class counts.")
  var dcaseCompat = true

  @Option(help: "The unit of distances in references.") var referenceUnits: Units = .auto

  @Option(help: "The unit of distances in predictions.") var predictionUnits: Units = .auto

  @Option(
    help: ArgumentHelp("Names of the classes, one a line, class 0 first.", valueName: "file"), completion: .file())
  var classes: String?

  @Option(help: ArgumentHelp("The largest angle of a true positive.", valueName: "degrees"))
  var angleThreshold = 20.0

  @Flag(help: "Counts recordings without a prediction as without events.") var missingAsEmpty = false

  @Option(help: ArgumentHelp("Also writes the scores to this file.", valueName: "file"), completion: .file())
  var json: String?

  @Option(
    help: ArgumentHelp("Also writes a report with plots into this folder.", valueName: "folder"),
    completion: .directory)
  var out: String?

  func validate() throws {
    guard angleThreshold > 0, angleThreshold <= 180 else {
      throw ValidationError("--angle-threshold: expected degrees above 0 and up to 180, got \(angleThreshold).")
    }
  }

  func run(in environment: CommandEnvironment) throws {
    var options = ScoringOptions(
      forms: ScoringForm(rawValue: form.rawValue).map { [$0] } ?? ScoringForm.allCases, dcaseCompat: dcaseCompat,
      angleThreshold: angleThreshold, referenceUnit: referenceUnits.unit, predictionUnit: predictionUnits.unit,
      missingAsEmpty: missingAsEmpty)
    if let classes { options.classNames = try LabelFolders.classNames(in: URL(fileURLWithPath: classes)) }
    let report = try ScoringReport(
      reference: URL(fileURLWithPath: references), prediction: URL(fileURLWithPath: predictions), options: options)
    for warning in report.warnings { environment.standardError.write("warning: \(warning.description)\n") }
    environment.standardOutput.write(report.plainText)
    if let json { try AtomicFile.write(report.json(), to: URL(fileURLWithPath: json)) }
    guard let out else { return }
    let folder = URL(fileURLWithPath: out)
    try report.document(subtitle: "\(predictions) against \(references)").write(to: folder)
    environment.standardOutput.write("\(out)/index.html\n")
  }
}
