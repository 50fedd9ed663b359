// Scores as a document: tables, and plots of where the errors are.
// Not here: the tables themselves (ScoringReport+Output.swift).

import Foundation
public import Lab

extension ScoringReport {
  /// The document with tables and plots.
  ///
  /// - Parameter subtitle: what was scored.
  public func document(subtitle: String = "") -> Report {
    var report = Report(title: "SELD scores", subtitle: subtitle)
    report.append(.facts(facts))
    for scores in forms {
      report.append(.heading(scores.title))
      report.append(.table(table(scores)))
      let plots = classPlots(scores)
      if !plots.isEmpty { report.append(.gallery(plots)) }
    }
    let plots = errorPlots
    if !plots.isEmpty {
      report.append(.heading("Where the errors are"))
      report.append(
        .paragraph(
          "Every frame in which a class is in both, its sources matched at the least sum of angles. Dots are medians, "
            + "whiskers quartiles."))
      report.append(.gallery(plots))
    }
    if !warnings.isEmpty {
      report.append(.heading("Assumptions"))
      report.append(.list(warnings.map { RichText($0.description) }))
    }
    return report
  }

  private var facts: [Report.Fact] {
    [
      Report.Fact("Recordings", RichText("\(recordings.count)")),
      Report.Fact("Classes", RichText("\(classNames.count)")),
      Report.Fact(
        "Counting", options.dcaseCompat ? "as the public evaluation code" : "without the quirks of the public code"),
      Report.Fact(
        "Intervals", RichText("jackknife over recordings, \(Self.number(100 * options.level)) %, bias-corrected")),
    ]
  }

  /// F and the error of direction of each class.
  private func classPlots(_ scores: FormScores) -> [Report.Figure] {
    ["f", "doae_deg", "le_deg", "rde"].compactMap { key in
      guard let place = scores.quantities.firstIndex(where: { $0.key == key }), classNames.count > 1 else { return nil }
      let quantity = scores.quantities[place]
      let values = scores.classes.map { $0[place] * quantity.scale }
      guard values.contains(where: \.isFinite) else { return nil }
      let points = values.enumerated().map { index, value in
        let interval = scores.classJackknife[index][place].interval
        let whisker =
          interval.lower.isFinite
          ? Interval(lower: max(0, interval.lower * quantity.scale), upper: interval.upper * quantity.scale) : nil
        return PlotPoint(x: Double(index), y: value.isFinite ? value : .nan, interval: whisker)
      }
      let overall = scores.overall[place] * quantity.scale
      return Report.Figure(
        Plot(
          title: "\(quantity.title) by class", x: .categories(classNames),
          y: PlotAxis(quantity.title, includesZero: true), series: [PlotSeries("", .bars, points: points)],
          references: overall.isFinite ? [PlotReference("", value: overall)] : [], width: 560, height: 360),
        caption: "\(quantity.title) by class; dotted: all classes; whiskers: jackknife over recordings.")
    }
  }

  // MARK: Errors of matched pairs

  private struct PairErrors {
    var classIndex: Int
    var azimuth: Double
    var distance: Double
    var angle: Double
    var relative: Double
  }

  private var errorPlots: [Report.Figure] {
    let metric = Self.frameMetric(classCount: classNames.count, options)
    var errors: [PairErrors] = []
    var total = metric.noStatistics
    for recording in recordings {
      total = total + metric.statistics(reference: recording.reference, prediction: recording.prediction)
      for pair in metric.pairs(reference: recording.reference, prediction: recording.prediction) {
        let distance = pair.reference.distance
        errors.append(
          PairErrors(
            classIndex: pair.reference.classIndex, azimuth: pair.reference.direction.azimuth, distance: distance,
            angle: pair.angle,
            relative: distance > 0 ? abs(distance - pair.prediction.distance) / distance : .nan))
      }
    }
    guard !errors.isEmpty else { return [] }
    return [thresholdPlot(errors, total), azimuthPlot(errors)] + distancePlot(errors)
  }

  /// F over the angle threshold: how the score hangs on the choice of 20°.
  private func thresholdPlot(_ errors: [PairErrors], _ total: FrameSELDMetrics.Statistics) -> Report.Figure {
    let limit = options.relativeDistanceThreshold
    var angles = classNames.map { _ in [Double]() }
    for error in errors where !(error.relative > limit) { angles[error.classIndex].append(error.angle) }
    let points = [1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 140, 180].map { threshold in
      let classes = total.classes.enumerated().map { index, tally in
        let wanted = Double(tally.matched) + 0.5 * Double(tally.falsePositives + tally.misses)
        let found = Double(angles[index].count { $0 <= threshold })
        return wanted > 0 ? found / wanted : options.dcaseCompat ? 0 : Double.nan
      }
      return PlotPoint(x: threshold, y: 100 * DefinedMean.of(classes))
    }
    return Report.Figure(
      Plot(
        title: "F over the angle threshold", x: PlotAxis("largest angle", unit: "°"),
        y: PlotAxis("F", unit: "%", includesZero: true), series: [PlotSeries("", points: points)], width: 560,
        height: 360),
      caption: "F of frames, mean over classes, when a true positive may be farther away.")
  }

  private func azimuthPlot(_ errors: [PairErrors]) -> Report.Figure {
    let width = 30.0
    var sectors: [Int: [Double]] = [:]
    for error in errors {
      sectors[Int(((error.azimuth + 180) / width).rounded(.down)), default: []].append(error.angle)
    }
    let points = sectors.sorted { $0.key < $1.key }.map { sector, angles in
      PlotPoint(
        x: (Double(sector) + 0.5) * width - 180, y: Statistics.median(angles),
        interval: Statistics.interquartileRange(angles))
    }
    return Report.Figure(
      Plot(
        title: "Angle error over azimuth",
        x: PlotAxis("reference azimuth, left positive", unit: "°", range: -180...180),
        y: PlotAxis("angle error", unit: "°", includesZero: true), series: [PlotSeries("", .dots, points: points)],
        width: 560, height: 360),
      caption: "Angle between reference and prediction in sectors of 30° around the listener.")
  }

  /// Empty if no pair has distances.
  private func distancePlot(_ errors: [PairErrors]) -> [Report.Figure] {
    let known = errors.filter { $0.relative.isFinite }.sorted { $0.distance < $1.distance }
    guard !known.isEmpty else { return [] }
    let groups = min(8, max(1, known.count / 5))
    let points = (0..<groups).map { group in
      let part = known[(group * known.count / groups)..<((group + 1) * known.count / groups)]
      let values = part.map { 100 * $0.relative }
      return PlotPoint(
        x: Statistics.median(part.map(\.distance)), y: Statistics.median(values),
        interval: Statistics.interquartileRange(values))
    }
    return [
      Report.Figure(
        Plot(
          title: "Distance error over distance", x: PlotAxis("reference distance", unit: "m", includesZero: true),
          y: PlotAxis("distance error", unit: "% of the distance", includesZero: true),
          series: [PlotSeries("", .dots, points: points)], width: 560, height: 360),
        caption: "Relative distance error in groups of equally many pairs.")
    ]
  }
}
