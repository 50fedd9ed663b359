// What scoring is told, and what can go wrong with the folders that it is given.
// Not here: reading the folders (LabelFolders.swift), the scores (ScoringReport.swift).

public import Lab

/// The forms of scores, named by the year of the challenge that used them last or first.
public enum ScoringForm: String, CaseIterable, Sendable {
  /// Frames with distances, macro average: ``FrameSELDMetrics``.
  case frames = "2024"
  /// Segments, macro average: ``SegmentSELDMetrics``.
  case segments = "2023"
  /// Segments, micro average, a wrong place is one error in F: ``SegmentSELDMetrics``.
  case segmentsPooled = "2020"
  /// Detection and directions apart: ``SegmentEventMetrics``.
  case detection = "2019"
}

/// What scoring is told.
public struct ScoringOptions: Sendable {
  /// The forms, in the order of the report.
  public var forms: [ScoringForm]
  /// Whether to count as the public evaluation code does.
  public var dcaseCompat: Bool
  /// The largest angle of a true positive in degrees.
  public var angleThreshold: Double
  /// The largest distance error of a true positive over the reference distance.
  public var relativeDistanceThreshold: Double
  /// The unit of distances in references.
  public var referenceUnit: DCASELabels.DistanceUnit
  /// The unit of distances in predictions.
  public var predictionUnit: DCASELabels.DistanceUnit
  /// The classes by name; if empty, there are as many classes as the labels mention.
  public var classNames: [String]
  /// Whether a recording without a prediction counts as one without events.
  public var missingAsEmpty: Bool
  /// The coverage of intervals, in (0, 1).
  public var level: Double

  /// Creates the options of DCASE 2024.
  public init(
    forms: [ScoringForm] = [.frames], dcaseCompat: Bool = true, angleThreshold: Double = 20,
    relativeDistanceThreshold: Double = 1, referenceUnit: DCASELabels.DistanceUnit = .automatic,
    predictionUnit: DCASELabels.DistanceUnit = .automatic, classNames: [String] = [], missingAsEmpty: Bool = false,
    level: Double = 0.95
  ) {
    self.forms = forms
    self.dcaseCompat = dcaseCompat
    self.angleThreshold = angleThreshold
    self.relativeDistanceThreshold = relativeDistanceThreshold
    self.referenceUnit = referenceUnit
    self.predictionUnit = predictionUnit
    self.classNames = classNames
    self.missingAsEmpty = missingAsEmpty
    self.level = level
  }
}

/// Folders that cannot be scored.
public enum ScoringError: LabError, Equatable {
  /// The folder does not exist or is a file.
  case noFolder(path: String, role: String)
  /// The folder has no label files.
  case noFiles(path: String, role: String)
  /// Two files in different sub-folders have the same name.
  case duplicateName(name: String, first: String, second: String)
  /// Recordings without a prediction.
  case missingPredictions(names: [String], references: Int, path: String)
  /// A line of the file of classes is not a new name.
  case badClass(place: String, got: String, reason: String)
  /// The file of classes has no names.
  case noClasses(path: String)

  /// What, where, and what to do about it.
  public var description: String {
    switch self {
    case .noFolder(let path, let role):
      "\(role): expected a folder of .csv files, got '\(path)', which is none. Hint: check the spelling of the path."
    case .noFiles(let path, let role):
      "\(role), '\(path)': expected .csv files, got none. Hint: label files must end in .csv."
    case .duplicateName(let name, let first, let second):
      "label files: expected different names, got '\(name)' in '\(first)' and in '\(second)'. "
        + "Hint: recordings are paired by their file names alone; rename one or score the folders apart."
    case .missingPredictions(let names, let references, let path):
      "predictions, '\(path)': expected a file for each of \(references) references, got none for \(names.count): "
        + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
        + ". Hint: --missing-as-empty counts them as recordings without events."
    case .badClass(let place, let got, let reason):
      "class names, \(place): expected one new name a line, got '\(got)', \(reason)."
    case .noClasses(let path):
      "class names, '\(path)': expected one name a line, got none."
    }
  }

  /// A path that is not there was mistyped; nothing was started.
  public var exitStatus: ExitStatus {
    switch self {
    case .noFolder: .usage
    default: .failure
    }
  }
}
