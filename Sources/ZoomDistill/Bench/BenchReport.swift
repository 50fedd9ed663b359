// The page of a scored run: tables, the curve over evidence size, items with their views and replies.
// Not here: the figures (BenchSummary.swift), HTML (Lab's Report).

import Chat
import Foundation
public import Lab
import Media

/// Makes the report of a run.
public struct BenchReport: Sendable {
  private let run: ScoredRun
  private let summary: BenchSummary
  private let config: BenchConfig
  /// What a reader reads when it is told the region; nil where that is not known.
  private let curve: ReaderCurve?
  /// Most items with pictures.
  private let pictures: Int

  /// A report of a run.
  ///
  /// - Parameters:
  ///   - curve: the own resolution of the reader under test, drawn beside accuracy against evidence size.
  ///   - pictures: most items that are shown with pictures, those that zooming fixes first.
  public init(
    _ run: ScoredRun, summary: BenchSummary, config: BenchConfig, curve: ReaderCurve? = nil, pictures: Int = 24
  ) {
    self.curve = curve
    self.run = run
    self.summary = summary
    self.config = config
    self.pictures = pictures
  }

  /// The whole page.
  public var report: Report {
    var report = Report(title: "Dual-view benchmark of \(summary.header.model)", subtitle: "\(summary.items) items")
    report.append(
      .facts([
        Report.Fact("Model", RichText(summary.header.model)),
        Report.Fact("Bundle", .code(String(summary.header.bundle.prefix(16)))),
        Report.Fact("Views", RichText(summary.views.map(\.view.rawValue).joined(separator: ", "))),
        Report.Fact("Options", RichText(config.circular ? "all rotations, right only if all are" : "as in the item")),
        Report.Fact("Questions at once", RichText("\(config.concurrency)")),
      ]))
    report.append(.heading("Accuracy"))
    report.append(.table(accuracy))
    report.append(
      .paragraph(
        "Percent of items with Wilson's 95% interval. Errors are no wrong answers: such items are left out of their view and counted below."
      ))
    report.append(contentsOf: gap)
    report.append(contentsOf: evidence)
    report.append(.heading("Replies and cost"))
    report.append(.table(replies))
    report.append(.table(cost))
    report.append(contentsOf: gallery)
    return report
  }

  // MARK: Tables

  private var dimensions: [String] {
    let known = Dimension.allCases.map(\.rawValue)
    let found = Set(summary.views.flatMap(\.dimensions.keys))
    return known.filter(found.contains) + found.subtracting(known).sorted()
  }

  private var accuracy: Table {
    let columns: [Table.Column] =
      [.text("dimension"), .number("items")] + summary.views.map { .number("\($0.view.rawValue) (%)") }
    var rows = dimensions.map { dimension in
      [
        Table.Cell(RichText(dimension)),
        .integer(summary.views.map { $0.dimensions[dimension]?.count ?? 0 }.max() ?? 0),
      ]
        + summary.views.map { Self.cell($0.dimensions[dimension]) }
    }
    rows.append(
      [Table.Cell(.strong("all (micro)")), .integer(summary.views.map(\.micro.count).max() ?? 0)]
        + summary.views.map { Self.cell($0.micro) })
    rows.append(
      [Table.Cell(.strong("mean of dimensions (macro)")), ""]
        + summary.views.map { .number(100 * $0.macro, decimals: 1) })
    if config.circular || config.samples > 1 {
      rows.append(
        [Table.Cell("mean of single replies"), ""] + summary.views.map { .number(100 * $0.mean, decimals: 1) })
    }
    return Table(columns: columns, rows: rows)
  }

  private static func cell(_ accuracy: Accuracy?) -> Table.Cell {
    guard let accuracy, accuracy.count > 0 else { return "–" }
    return Table.Cell(RichText("\(decimal(100 * accuracy.value)) (\(points(accuracy.interval)))"))
  }

  private var gap: [Report.Block] {
    guard let all = summary.gap else { return [] }
    let rows = dimensions.compactMap { name in summary.gapByDimension[name].map { (name: RichText(name), paired: $0) } }
    let table = PairedAccuracy.gapTable(
      rows + [(name: .strong("all"), paired: all)], unit: "items", views: (crop: "regional", full: "global"))
    return [
      .heading("Zooming gap"), .table(table),
      .paragraph(
        "Regional minus global accuracy on the same items. Items that are right in the regional view only are those that zooming fixes. Intervals: 10,000 bootstrap samples of whole pictures; p: McNemar's exact test."
      ),
    ]
  }

  private var evidence: [Report.Block] {
    guard summary.evidence.count > 1 else { return [] }
    var series = summary.views.map { view in
      PlotSeries(
        view.view.rawValue,
        points: summary.evidence.compactMap { bin in
          guard let accuracy = bin.accuracy[view.view.rawValue], accuracy.count > 0 else { return nil }
          return PlotPoint(
            x: (bin.lower * bin.upper).squareRoot(), y: 100 * accuracy.value,
            interval: Interval(lower: 100 * accuracy.interval.lower, upper: 100 * accuracy.interval.upper))
        })
    }
    let patch = Double(config.view.encoder.patch * config.view.encoder.patch)
    if let curve {
      series.append(
        PlotSeries(
          "told the region",
          points: curve.points.map { point in
            PlotPoint(
              x: (point.area.lower * point.area.upper).squareRoot() / patch, y: 100 * point.accuracy.value)
          }))
    }
    let plot = Plot(
      title: "Accuracy against evidence size", x: PlotAxis("evidence", unit: "tokens", scale: .logarithmic),
      y: PlotAxis("accuracy", unit: "%", range: 0...100), series: series)
    let encoder = config.view.encoder
    return [
      .heading("Evidence size"), .figure(Report.Figure(plot, caption: "Accuracy against evidence size")),
      .paragraph(
        RichText(
          "Area of the evidence in tokens: pixels of the box in the picture as it is sent (\(encoder.maxPixels > 0 ? "at most \(encoder.maxPixels) pixels" : "not shrunk")), over \(encoder.patch)². Bands are Wilson's 95% intervals."
            + (curve == nil
              ? "" : " 'Told the region' is the reader's own resolution, measured on other scenes of the sign world."))),
      .table(sizes(patch)),
    ]
  }

  /// Accuracy against evidence size in figures.
  private func sizes(_ patch: Double) -> Table {
    let told = curve?.points ?? []
    return Table(
      columns: [.text("tokens"), .number("items")] + summary.views.map { .number("\($0.view.rawValue) (%)") }
        + (told.isEmpty ? [] : [.number("told (%)"), .number("side on the retina (px)")]),
      rows: summary.evidence.map { bin in
        let point = told.first { abs($0.area.lower / patch - bin.lower) < 1e-9 }
        return [
          Table.Cell(
            RichText("\(NumberText.shortest(bin.lower, decimals: 3)) to \(NumberText.shortest(bin.upper, decimals: 3))")
          ),
          .integer(bin.accuracy.values.map(\.count).max() ?? 0),
        ]
          + summary.views.map { view in
            bin.accuracy[view.view.rawValue].map { .number(100 * $0.value, decimals: 1) } ?? "–"
          }
          + (told.isEmpty
            ? []
            : [
              point.map { .number(100 * $0.accuracy.value, decimals: 1) } ?? "–",
              point.map { .number($0.side, decimals: 1) } ?? "–",
            ])
      })
  }

  private var replies: Table {
    let columns: [Table.Column] =
      [.text("view")] + BenchVerdict.allCases.map { .number($0.rawValue) } + [.number("judged")]
    return Table(
      columns: columns,
      rows: summary.views.map { view in
        [Table.Cell(RichText(view.view.rawValue))]
          + BenchVerdict.allCases.map { .integer(view.verdicts[$0.rawValue] ?? 0) } + [.integer(view.judged)]
      }, caption: "Replies by verdict")
  }

  private var cost: Table {
    let columns: [Table.Column] = [
      .text("view"), .number("passes"), .number("prompt tokens"), .number("reply tokens"), .number("median (ms)"),
      .number("P95 (ms)"),
    ]
    return Table(
      columns: columns,
      rows: summary.views.map { view in
        [
          Table.Cell(RichText(view.view.rawValue)), .number(view.passes, decimals: 2),
          .number(view.promptTokens, decimals: 0), .number(view.completionTokens, decimals: 0),
          view.medianSeconds < 0 ? "–" : .number(1000 * view.medianSeconds, decimals: 1),
          view.p95Seconds < 0 ? "–" : .number(1000 * view.p95Seconds, decimals: 1),
        ]
      },
      caption: config.concurrency == 1
        ? "Cost of a question, one at a time" : "Cost of a question, \(config.concurrency) at once")
  }

  // MARK: Text

  static func decimal(_ value: Double) -> String { String(format: "%.1f", locale: nil, value) }

  /// An interval in percent.
  static func points(_ interval: Interval) -> String {
    "\(decimal(100 * interval.lower)) to \(decimal(100 * interval.upper))"
  }

  static func probability(_ value: Double) -> String {
    value < 1e-4 ? String(format: "%.1e", locale: nil, value) : String(format: "%.4f", locale: nil, value)
  }
}

// MARK: - Items

extension BenchReport {
  /// Items that zooming fixes, then those that are wrong in both views, then the rest; of each in their order.
  private var shown: [(item: BenchItem, result: ItemResult)] {
    let items = Dictionary(run.bundle.items.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    func rank(_ result: ItemResult) -> Int {
      switch (result.isRight(.global), result.isRight(.regional)) {
      case (false, true): 0
      case (true, false): 1
      case (false, false): 2
      default: 3
      }
    }
    let sorted = run.results.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
    return sorted.prefix(pictures).compactMap { _, result in items[result.id].map { ($0, result) } }
  }

  private var gallery: [Report.Block] {
    guard pictures > 0, !run.results.isEmpty else { return [] }
    let maker = ViewMaker(folder: run.bundle.folder, config: config.view, sampling: config.sampling)
    let scores = Dictionary(run.scores.map { ($0.unit, $0) }, uniquingKeysWith: { first, _ in first })
    var blocks: [Report.Block] = [
      .heading("Items"),
      .paragraph("Items that zooming fixes come first, then the others that are not right in both views."),
    ]
    for (item, result) in shown {
      var part: [Report.Block] = [.paragraph(.strong(item.question))]
      let figures = [BenchView.overlay, .regional].compactMap { view -> Report.Figure? in
        guard ViewMaker.canShow(item, in: view) else { return nil }
        do {
          let made = try maker.make(item, view, rotation: 0, sample: 0)
          guard let image = made.request.messages.first?.images.first else { return nil }
          return Report.Figure(
            try Self.thumbnail(image), caption: view == .overlay ? "full picture with the evidence" : "evidence")
        } catch {
          return nil
        }
      }
      if !figures.isEmpty { part.append(.gallery(figures)) }
      if !item.options.isEmpty {
        part.append(.list(item.options.enumerated().map { RichText("\(AnswerKey.letter($0.offset)). \($0.element)") }))
      }
      part.append(.table(replies(of: item, scores)))
      if let zooms = zooms(of: item) { part.append(.table(zooms)) }
      blocks.append(.details("\(item.id) · \(result.dimension) · truth: \(item.answerText)", part))
    }
    return blocks
  }

  private func replies(of item: BenchItem, _ scores: [BenchUnit: BenchScore]) -> Table {
    let units = run.records.keys.filter { $0.item == item.id }.sorted {
      ($0.view.rawValue, $0.rotation, $0.sample) < ($1.view.rawValue, $1.rotation, $1.sample)
    }
    return Table(
      columns: [.text("view"), .text("verdict"), .text("answer"), .text("decided by"), .text("reply")],
      rows: units.map { unit in
        let record = run.records[unit]
        let score = scores[unit]
        let reply = record.map { $0.error.isEmpty ? $0.reply : "error: \($0.error)" } ?? ""
        let rotation = unit.rotation > 0 ? " +\(unit.rotation)" : ""
        return [
          Table.Cell(RichText(unit.view.rawValue + rotation)),
          Table.Cell(RichText(score?.verdict.rawValue ?? "not scored")),
          Table.Cell(RichText(score?.grade.answer ?? "")), Table.Cell(RichText(score?.judgeSource ?? "")),
          Table.Cell(.code(reply.count > 400 ? String(reply.prefix(400)) + "…" : reply)),
        ]
      })
  }

  /// The turns with the tool; nil where there are none.
  private func zooms(of item: BenchItem) -> Table? {
    let records = run.records.values.filter { $0.unit.item == item.id && !$0.hops.isEmpty }.sorted {
      ($0.unit.rotation, $0.unit.sample) < ($1.unit.rotation, $1.unit.sample)
    }
    guard !records.isEmpty else { return nil }
    let rows = records.flatMap { record in
      record.hops.enumerated().map { index, hop -> [Table.Cell] in
        let place = hop.box.map { box in
          "\(Int(box.width)) x \(Int(box.height)) at \(Int(box.left)), \(Int(box.top))"
        }
        let covered = hop.box.flatMap { box in
          item.box.map { 100 * box.intersection($0).area / max($0.area, .leastNormalMagnitude) }
        }
        return [
          .integer(index + 1), Table.Cell(RichText(hop.label)), Table.Cell(RichText(place ?? hop.error)),
          covered.map { .number($0, decimals: 0) } ?? "–",
        ]
      }
    }
    return Table(
      columns: [.number("zoom"), .text("for"), .text("region (px)"), .number("evidence in it (%)")], rows: rows,
      caption: "Trace of the tool view")
  }

  /// A picture whose longer side has 160 to 480 pixels.
  private static func thumbnail(_ image: ChatImage) throws -> Report.Figure.Content {
    let picture = try ImageFile.decode(image.bytes, limits: BenchFolder.imageLimits, opacity: .flatten(.white))
    let longer = Double(max(picture.width, picture.height))
    let factor = min(480, max(160, longer)) / longer
    let size = ImageSize(
      width: max(1, Int(Double(picture.width) * factor)), height: max(1, Int(Double(picture.height) * factor)))
    let small = size == picture.size ? picture : picture.resized(to: size, filter: .lanczos)
    return .image(Data(try ImageFile.encode(small, as: .jpeg(quality: 85))), mediaType: "image/jpeg")
  }
}
