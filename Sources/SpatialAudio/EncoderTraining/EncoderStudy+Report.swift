// The page of an encoder's study, and its figures for Docs/Results.
// Not here: the figures themselves (EncoderStudy.swift).

import Foundation
public import Lab

extension EncoderStudy {
  /// The study as a document.
  public var report: Report {
    var report = Report(
      title: "What the spatial encoder hears",
      subtitle: "\(hearings.count) scenes of \(name); intervals cover 95 % over scenes")
    report.append(
      .paragraph(
        "Angles are those of whole scenes under the best assignment with the number of sources known, as for the "
          + "classical estimators; where the number is the encoder's own, a source that it misses counts 180°."))
    report.append(.table(angleTable))
    report.append(.table(otherTable))
    report.append(.table(seldTable))
    if !contrasts.isEmpty { report.append(.table(contrastTable)) }
    report.append(.gallery([distributionFigure, reverberationFigure, countFigure].compactMap { $0 }))
    return report
  }

  private static func text(_ figure: EncoderScores.Figure, scale: Double = 1, decimals: Int) -> [Table.Cell] {
    let format = "%.\(decimals)f … %.\(decimals)f"
    return [
      .number(scale * figure.value, decimals: decimals),
      Table.Cell(RichText(String(format: format, scale * figure.interval.lower, scale * figure.interval.upper))),
    ]
  }

  private var angleTable: Table {
    var table = Table(
      columns: [
        .number("sources"), .number("scenes"), .number("mean angle (°)"), .number("95 % interval"),
        .number("median (°)"),
        .number("within 20° (%)"), .number("95 % interval"), .number("mean, own number (°)"),
      ], rows: [], caption: "Directions of whole scenes")
    for (count, figure) in scores.angles.sorted(by: { $0.key < $1.key }) {
      var row: [Table.Cell] = [.integer(count), .integer(figure.scenes)] + Self.text(figure, decimals: 1)
      row.append(.number(scores.medianAngles[count] ?? .nan, decimals: 1))
      if let recall = scores.recalls[count] { row += Self.text(recall, scale: 100, decimals: 1) }
      row.append(.number(scores.ungatedAngles[count]?.value ?? .nan, decimals: 1))
      table.rows.append(row)
    }
    return table
  }

  private var otherTable: Table {
    var table = Table(columns: [.text("what"), .number("value"), .number("95 % interval")], rows: [])
    func add(_ name: String, _ figure: EncoderScores.Figure, scale: Double = 1, decimals: Int) {
      table.rows.append([Table.Cell(RichText(name))] + Self.text(figure, scale: scale, decimals: decimals))
    }
    add("number of sources right (%)", scores.count, scale: 100, decimals: 1)
    add("class of a source right (%)", scores.classes, scale: 100, decimals: 1)
    add("distance, median of |ln d̂/d|", scores.distance, decimals: 3)
    if let binding = scores.binding { add("right pairs of class and direction (%)", binding, scale: 100, decimals: 1) }
    add("decay time, median of |ln|", scores.decay, decimals: 3)
    add("volume, median of |ln|", scores.volume, decimals: 3)
    return table
  }

  private var seldTable: Table {
    let form = seld.forms[0]
    var table = Table(
      columns: [.text("quantity"), .number("value")], rows: [],
      caption: "SELD frame by frame, form of 2024, macro average; value ± half the jackknife's interval")
    for (index, quantity) in form.quantities.enumerated() {
      let margin = form.jackknife.indices.contains(index) ? form.jackknife[index].margin : .nan
      table.rows.append([
        Table.Cell(RichText(quantity.key)),
        .number(form.overall[index], decimals: 3, margin: margin.isFinite ? margin : nil),
      ])
    }
    return table
  }

  private var contrastTable: Table {
    var table = Table(
      columns: [
        .text("estimator"), .number("sources"), .number("scenes"), .number("its mean (°)"),
        .number("encoder less estimator (°)"), .number("95 % interval"),
      ], rows: [], caption: "The encoder against the classical estimators, scene by scene (paired bootstrap)")
    for contrast in contrasts {
      let interval = contrast.difference.bootstrapInterval
      table.rows.append([
        Table.Cell(RichText(contrast.estimator)), .integer(contrast.sources), .integer(contrast.difference.count),
        .number(contrast.estimatorAngle, decimals: 1), .number(contrast.difference.mean, decimals: 1),
        Table.Cell(RichText(String(format: "%.1f … %.1f", interval.lower, interval.upper))),
      ])
    }
    return table
  }

  private static func curve(_ name: String, _ angles: [Double], color: Int, isDashed: Bool = false) -> PlotSeries? {
    let sorted = angles.sorted()
    guard !sorted.isEmpty else { return nil }
    let points = (0...100).map { step in
      PlotPoint(x: sorted[min(sorted.count - 1, step * sorted.count / 100)], y: Double(step))
    }
    return PlotSeries(name, points: points, isDashed: isDashed, color: color)
  }

  private var distributionFigure: Report.Figure? {
    var series: [PlotSeries] = []
    for count in 1...3 {
      let own = hearings.filter { $0.sourceCount == count }.flatMap(\.known.angles)
      let label = "\(count) source\(count == 1 ? "" : "s")"
      if let curve = Self.curve("encoder, \(label)", own, color: count - 1) { series.append(curve) }
      guard let classical, let histogram = classical.estimators.firstIndex(where: { $0.name == "histogram" }) else {
        continue
      }
      let theirs = classical.hearings[histogram].filter { $0.sourceCount == count }.flatMap(\.errors.angles)
      if let curve = Self.curve("histogram, \(label)", theirs, color: count - 1, isDashed: true) {
        series.append(curve)
      }
    }
    guard !series.isEmpty else { return nil }
    return Report.Figure(
      Plot(
        title: "Distribution of angular errors", x: PlotAxis("angle", unit: "°", range: 0...90),
        y: PlotAxis("share of sources at or below", unit: "%", range: 0...100), series: series),
      caption: "All matched sources; dashed: the histogram of intensity vectors")
  }

  private var reverberationFigure: Report.Figure? {
    let ratios = Dictionary(
      uniqueKeysWithValues: scenes.map { scene in
        (scene.sceneID, Statistics.mean(scene.sources.map(\.directToReverberant)))
      })
    let series = (1...3).compactMap { count -> PlotSeries? in
      let part = hearings.filter { $0.sourceCount == count }.prefix(400)
      guard !part.isEmpty else { return nil }
      let points = part.map { PlotPoint(x: ratios[$0.scene] ?? .nan, y: Statistics.mean($0.known.angles)) }
      return PlotSeries("\(count) source\(count == 1 ? "" : "s")", .dots, points: points, color: count - 1)
    }
    return Report.Figure(
      Plot(
        title: "Error against reverberation", x: PlotAxis("direct to reverberant", unit: "dB"),
        y: PlotAxis("mean angle", unit: "°", includesZero: true), series: series),
      caption: "One dot for each scene, at most 400 of each number of sources")
  }

  private var countFigure: Report.Figure? {
    let truths = Array(Set(hearings.map(\.sourceCount))).sorted()
    let heard = Array(1...max(3, hearings.map(\.heardCount).max() ?? 3))
    let series = heard.map { number in
      PlotSeries.bars(
        "\(number) heard",
        truths.map { truth in
          let part = hearings.filter { $0.sourceCount == truth }
          return 100 * Double(part.count { $0.heardCount == number }) / Double(max(1, part.count))
        })
    }
    return Report.Figure(
      Plot(
        title: "Number of sources", x: .categories(truths.map { "\($0) in the scene" }),
        y: PlotAxis("share of scenes", unit: "%", range: 0...100), series: series),
      caption: "How many sources the encoder hears in scenes of one, two and three")
  }

  /// The figures as rows of a results file.
  ///
  /// - Parameter prefix: what the names begin with.
  public func resultRows(prefix: String = "encoder") -> [ResultRow] {
    func row(_ name: String, _ figure: EncoderScores.Figure, _ unit: String) -> ResultRow {
      ResultRow(
        id: "\(prefix).\(name)", value: figure.value, unit: unit, n: figure.scenes, spread: figure.interval)
    }
    var rows = scores.angles.sorted { $0.key < $1.key }.flatMap { count, figure in
      [row("angle\(count).mean_deg", figure, "degrees")]
        + (scores.recalls[count].map { [row("angle\(count).recall20", $0, "share")] } ?? [])
        + (scores.ungatedAngles[count].map { [row("angle\(count).ungated_mean_deg", $0, "degrees")] } ?? [])
    }
    rows.append(row("class.accuracy", scores.classes, "share"))
    rows.append(row("count.accuracy", scores.count, "share"))
    rows.append(row("distance.median_ln_ratio", scores.distance, "nepers"))
    rows.append(row("decay.median_ln_ratio", scores.decay, "nepers"))
    rows.append(row("volume.median_ln_ratio", scores.volume, "nepers"))
    if let binding = scores.binding { rows.append(row("binding.accuracy", binding, "share")) }
    let form = seld.forms[0]
    for (index, quantity) in form.quantities.enumerated() where form.overall[index].isFinite {
      let margin = form.jackknife.indices.contains(index) ? form.jackknife[index].margin : .nan
      let half = margin.isFinite ? margin : 0
      rows.append(
        ResultRow(
          id: "\(prefix).seld2024.\(quantity.key)", value: form.overall[index], unit: "score", n: hearings.count,
          spread: Interval(lower: form.overall[index] - half, upper: form.overall[index] + half)))
    }
    for contrast in contrasts {
      rows.append(
        ResultRow(
          id: "\(prefix).angle\(contrast.sources).less_\(contrast.estimator)", value: contrast.difference.mean,
          unit: "degrees", n: contrast.difference.count, spread: contrast.difference.bootstrapInterval))
    }
    return rows
  }
}
