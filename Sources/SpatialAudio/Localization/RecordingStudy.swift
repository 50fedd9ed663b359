// Directions over time in one's own recording.
// Not here: datasets with labels (DatasetStudy.swift).

public import Foundation
public import Lab
import Media

/// What an estimator hears in a recording of four channels.
public struct RecordingStudy: Sendable {
  /// The file.
  public let name: String
  /// The format it was read in.
  public let format: AmbisonicFormat
  /// How the format was found: by the user, or what the detector says.
  public let note: String
  /// Directions in each 100 ms.
  public let moments: [[DirectionEstimate]]
  private let estimator: String

  /// Localises a recording.
  ///
  /// - Parameters:
  ///   - format: a name such as `acn-sn3d` or `fuma`; `auto` asks the detector.
  /// - Throws: `MediaError`, ``AmbisonicError``, or ``SceneError/clip(file:problem:)`` if the detector cannot tell.
  public init(_ file: URL, format: String, estimator: DirectionEstimator, sources: SourceCount) throws {
    var audio = try AudioFile.read(file, channelCount: 4)
    name = file.relativePath
    if format == "auto" {
      let finding = try ConventionDetector.examine(audio)
      switch finding.verdict {
      case .undetermined(let reason):
        throw SceneError.clip(
          file: file.relativePath,
          problem: "the convention of its channels cannot be told: \(reason). Hint: name it with --format, for "
            + "example --format acn-sn3d or --format fuma.")
      case .format(let found): self.format = found
      }
      note = "recognised, confidence \(String(format: "%.2f", finding.confidence))"
    } else {
      self.format = try AmbisonicFormat(parsing: format, place: "--format")
      note = "as given"
    }
    try AmbisonicFormat.convert(&audio, from: self.format, to: .acnSN3D)
    moments = try Localizer(estimator).track(audio, sources: sources)
    self.estimator = estimator.name
  }

  /// All moments as label events of class 0.
  public var events: [LabelEvent] {
    moments.enumerated().flatMap { frame, estimates in
      estimates.enumerated().map { LabelEvent(frame: frame, classIndex: 0, source: $0, direction: $1.direction) }
    }
  }

  /// The recording as a document.
  public var report: Report {
    func series(_ name: String, _ value: (Direction) -> Double) -> PlotSeries {
      PlotSeries(
        name, .dots,
        points: moments.enumerated().flatMap { frame, estimates in
          estimates.map { PlotPoint(x: 0.1 * Double(frame) + 0.05, y: value($0.direction)) }
        })
    }
    let seconds = PlotAxis("time", unit: "s")
    let azimuth = Plot(
      title: "Azimuth", x: seconds, y: PlotAxis("azimuth", unit: "°, left is +90", range: -180...180),
      series: [series("azimuth") { $0.azimuth }])
    let elevation = Plot(
      title: "Elevation", x: seconds, y: PlotAxis("elevation", unit: "°", range: -90...90),
      series: [series("elevation") { $0.elevation }])
    return Report(
      title: "Directions in \(name)", subtitle: "\(estimator); format \(format), \(note)",
      blocks: [
        .gallery([
          Report.Figure(azimuth, caption: "Azimuth over time"),
          Report.Figure(elevation, caption: "Elevation over time"),
        ])
      ])
  }
}
