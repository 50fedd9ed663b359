// The page of a study of estimators: tables and plots.
// Not here: the figures (DatasetStudy.swift).

import Foundation
public import Lab

extension DatasetStudy {
  /// The study as a document.
  public var report: Report {
    let rows = rows()
    let heard = Set(hearings.flatMap { $0.map(\.scene) }).count
    var report = Report(
      title: "Localisation by classical estimators",
      subtitle: "\(heard) scenes of \(name); intervals cover 95 % over scenes")
    report.append(
      .paragraph(
        "Directions of whole scenes with the number of sources known, under the best assignment; how often the number "
          + "is found without knowing it; and frame by frame with the SELD metric of 2023, all sources as one class, as "
          + "these estimators know no classes."))
    report.append(.table(angleTable(rows)))
    report.append(.table(Self.seldTable(rows)))
    let figures = [recallFigure(rows), distributionFigure, reverberationFigure].compactMap { $0 }
    report.append(.gallery(figures))
    if !failures.isEmpty {
      report.append(.details("\(failures.count) scenes could not be heard", [.list(failures.map { RichText($0) })]))
    }
    return report
  }

  private func angleTable(_ rows: [Row]) -> Table {
    var table = Table(
      columns: [
        .text("estimator"), .number("sources"), .number("scenes"), .number("mean angle (°)"), .number("95 % interval"),
        .number("median (°)"), .number("within 20° (%)"), .number("95 % interval"), .number("count found (%)"),
      ], rows: [],
      caption: "Directions of whole scenes; angles are those of matched sources, misses count in the share within 20°")
    for row in rows {
      var cells: [Table.Cell] = [Table.Cell(RichText(row.estimator)), .integer(row.sources), .integer(row.scenes)]
      cells.append(.number(row.meanAngle, decimals: 1))
      cells.append(Self.span(row.meanInterval, scale: 1, decimals: 1))
      cells.append(.number(row.medianAngle, decimals: 1))
      cells.append(.number(100 * row.recall, decimals: 1))
      cells.append(Self.span(row.recallInterval, scale: 100, decimals: 1))
      cells.append(.number(100 * row.countAccuracy, decimals: 0))
      table.rows.append(cells)
    }
    return table
  }

  private static func span(_ interval: Interval, scale: Double, decimals: Int) -> Table.Cell {
    let format = "%.\(decimals)f … %.\(decimals)f"
    return Table.Cell(RichText(String(format: format, scale * interval.lower, scale * interval.upper)))
  }

  private static func seldTable(_ rows: [Row]) -> Table {
    let keys = Array(Set(rows.flatMap(\.seld.keys))).sorted()
    var table = Table(
      columns: [.text("estimator"), .number("sources")] + keys.map { .number($0) }, rows: [],
      caption: "SELD, segment form of 2023, one class, value ± half the jackknife's interval")
    for row in rows {
      var cells: [Table.Cell] = [Table.Cell(RichText(row.estimator)), .integer(row.sources)]
      for key in keys { cells.append(.number(row.seld[key] ?? .nan, decimals: 3, margin: row.seldMargins[key])) }
      table.rows.append(cells)
    }
    return table
  }

  private func recallFigure(_ rows: [Row]) -> Report.Figure? {
    let counts = Array(Set(rows.map(\.sources))).sorted()
    guard !counts.isEmpty else { return nil }
    let series = estimators.map { estimator in
      let own = counts.map { count in rows.first { $0.estimator == estimator.name && $0.sources == count } }
      return PlotSeries.bars(
        estimator.name, own.map { 100 * ($0?.recall ?? .nan) },
        intervals: own.map { row in
          row.map { Interval(lower: 100 * $0.recallInterval.lower, upper: 100 * $0.recallInterval.upper) }
            ?? Interval(lower: .nan, upper: .nan)
        })
    }
    return Report.Figure(
      Plot(
        title: "Sources found within 20°", x: .categories(counts.map { "\($0) source\($0 == 1 ? "" : "s")" }),
        y: PlotAxis("share of sources", unit: "%", range: 0...100), series: series),
      caption: "Share of true sources with an estimate within 20°, with 95 % intervals over scenes")
  }

  private var distributionFigure: Report.Figure? {
    let series = estimators.indices.compactMap { index -> PlotSeries? in
      let angles = hearings[index].flatMap(\.errors.angles).sorted()
      guard !angles.isEmpty else { return nil }
      let points = (0...100).map { step in
        let place = min(angles.count - 1, step * angles.count / 100)
        return PlotPoint(x: angles[place], y: Double(step))
      }
      return PlotSeries(estimators[index].name, points: points, color: index)
    }
    guard !series.isEmpty else { return nil }
    return Report.Figure(
      Plot(
        title: "Distribution of angular errors", x: PlotAxis("angle", unit: "°", range: 0...90),
        y: PlotAxis("share of sources at or below", unit: "%", range: 0...100), series: series),
      caption: "All matched sources of the scenes that each estimator can serve")
  }

  private var reverberationFigure: Report.Figure? {
    guard let index = estimators.firstIndex(where: { $0.name == "histogram" }), !hearings[index].isEmpty else {
      return nil
    }
    let series = (1...3).compactMap { count -> PlotSeries? in
      let part = hearings[index].filter { $0.sourceCount == count && !$0.errors.angles.isEmpty }.prefix(400)
      guard !part.isEmpty else { return nil }
      let points = part.map { PlotPoint(x: $0.directToReverberant, y: Statistics.mean($0.errors.angles)) }
      return PlotSeries("\(count) source\(count == 1 ? "" : "s")", .dots, points: points, color: count - 1)
    }
    return Report.Figure(
      Plot(
        title: "Error against reverberation", x: PlotAxis("direct to reverberant", unit: "dB"),
        y: PlotAxis("mean angle", unit: "°", includesZero: true), series: series),
      caption: "The histogram estimator; one dot for each scene, at most 400 of each number of sources")
  }
}
