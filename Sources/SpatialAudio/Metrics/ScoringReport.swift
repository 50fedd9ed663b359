// Scores of many recordings in one or more forms, with intervals and by class.
// Not here: text and JSON (ScoringReport+Output.swift), the document with plots (ScoringReport+Document.swift).

public import Foundation
import Lab

/// Scores of recordings.
///
/// ```swift
/// let report = ScoringReport(recordings, options: ScoringOptions(classNames: ["speech", "bell"]))
/// print(report.forms[0].value("f"), report.plainText)
/// ```
public struct ScoringReport: Sendable {
  /// The scores of one form.
  public struct FormScores: Sendable {
    /// The form.
    public var form: ScoringForm
    /// What is counted, for headings.
    public var title: String
    /// What the numbers are.
    public var quantities: [MetricQuantity]
    /// The numbers over all recordings and classes; NaN where one is not defined.
    public var overall: [Double]
    /// Their intervals over recordings.
    public var jackknife: [Jackknife]
    /// The numbers of each class.
    public var classes: [[Double]]
    /// Their intervals over recordings.
    public var classJackknife: [[Jackknife]]

    /// A number over all recordings and classes by its key; NaN if the form has no such quantity.
    public func value(_ key: String) -> Double {
      quantities.firstIndex { $0.key == key }.map { overall[$0] } ?? .nan
    }
  }

  /// The options.
  public let options: ScoringOptions
  /// The recordings.
  public let recordings: [ScoredRecording]
  /// The classes by name.
  public let classNames: [String]
  /// Reference events by class.
  public let referenceEvents: [Int]
  /// Predicted events by class.
  public let predictedEvents: [Int]
  /// The scores, in the order of the options.
  public let forms: [FormScores]
  /// What was assumed or tolerated.
  public let warnings: [ScoringWarning]

  /// Scores two folders of label files.
  ///
  /// - Throws: `ScoringError`, `DCASELabelError`, `FileError`.
  public init(reference: URL, prediction: URL, options: ScoringOptions = ScoringOptions()) throws {
    let folders = try LabelFolders(reference: reference, prediction: prediction, options: options)
    self.init(folders.recordings, options: options, warnings: folders.warnings)
  }

  /// Scores recordings in memory.
  ///
  /// - Parameter warnings: what is known of the recordings already.
  /// - Precondition: classes are below the number of names, if there are names.
  public init(
    _ recordings: [ScoredRecording], options: ScoringOptions = ScoringOptions(), warnings: [ScoringWarning] = []
  ) {
    self.options = options
    self.recordings = recordings
    var warnings = warnings
    let largest = recordings.map { max($0.reference.lastClass ?? 0, $0.prediction.lastClass ?? 0) }.max() ?? 0
    let count = options.classNames.isEmpty ? largest + 1 : options.classNames.count
    precondition(largest < count, "ScoringReport: expected classes below \(count), got \(largest)")
    classNames = options.classNames.isEmpty ? (0..<count).map { "class \($0)" } : options.classNames
    if options.classNames.isEmpty {
      warnings.append(
        ScoringWarning(
          kind: "class_count", count: 1, place: "",
          text:
            "\(count == 1 ? "one class was" : "\(count) classes were") assumed, as many as the labels mention; means "
            + "over classes depend on it; --classes decides."))
    }
    var (truths, guesses) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
    for recording in recordings {
      for event in recording.reference.events { truths[event.classIndex] += 1 }
      for event in recording.prediction.events { guesses[event.classIndex] += 1 }
    }
    (referenceEvents, predictedEvents) = (truths, guesses)
    self.warnings = warnings
    forms = options.forms.map { Self.scores($0, recordings, classCount: count, options) }
  }

  /// The metric of the form with distances.
  static func frameMetric(classCount: Int, _ options: ScoringOptions) -> FrameSELDMetrics {
    FrameSELDMetrics(
      classCount: classCount, angleThreshold: options.angleThreshold,
      relativeDistanceThreshold: options.relativeDistanceThreshold, dcaseCompat: options.dcaseCompat)
  }

  private static func scores(
    _ form: ScoringForm, _ recordings: [ScoredRecording], classCount: Int, _ options: ScoringOptions
  ) -> FormScores {
    let angle = "\(number(options.angleThreshold))°"
    switch form {
    case .frames:
      let distance = "\(number(100 * options.relativeDistanceThreshold)) % of the distance"
      return scores(
        form, "frames, means over classes, F within \(angle) and \(distance)",
        frameMetric(classCount: classCount, options), recordings, options)
    case .segments:
      let metric = SegmentSELDMetrics(
        classCount: classCount, angleThreshold: options.angleThreshold, dcaseCompat: options.dcaseCompat)
      return scores(form, "segments of 1 s, means over classes, F within \(angle)", metric, recordings, options)
    case .segmentsPooled:
      let metric = SegmentSELDMetrics(
        classCount: classCount, angleThreshold: options.angleThreshold, average: .micro, wrongPlace: .falsePositive,
        dcaseCompat: options.dcaseCompat)
      return scores(form, "segments of 1 s, classes pooled, F within \(angle)", metric, recordings, options)
    case .detection:
      return scores(
        form, "detection in segments of 1 s and directions in frames, apart from each other",
        SegmentEventMetrics(classCount: classCount), recordings, options)
    }
  }

  private static func scores<Metric: SELDMetric>(
    _ form: ScoringForm, _ title: String, _ metric: Metric, _ recordings: [ScoredRecording], _ options: ScoringOptions
  ) -> FormScores {
    var scoring = MetricAccumulator(metric)
    for recording in recordings { scoring.add(reference: recording.reference, prediction: recording.prediction) }
    return FormScores(
      form: form, title: "DCASE \(form.rawValue): \(title)", quantities: Metric.Score.quantities,
      overall: scoring.score.values, jackknife: scoring.jackknife(level: options.level),
      classes: scoring.classScores.map(\.values), classJackknife: scoring.classJackknife(level: options.level))
  }

  /// A number without a fraction where it has none.
  static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}
