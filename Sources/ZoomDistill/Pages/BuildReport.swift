// What a build did, as tables: yields of the stages, reasons of rejections, labels against the truth, calls.
// Not here: the measurements (LabelStudy.swift), single items (AuditPage.swift).
import Chat
package import Foundation
package import Lab

/// Tables about a build.
package struct BuildReport {
  private let context: BuildContext
  private let study: LabelStudy?

  /// - Parameter study: labels and filters against the truth, where there is one.
  package init(_ context: BuildContext, study: LabelStudy?) {
    self.context = context
    self.study = study
  }

  /// How much of what each stage took in went through.
  ///
  /// - Throws: ``ZoomError``.
  package func yields() throws(ZoomError) -> Table {
    let names: [BuildTable: String] = [
      .image: "pictures", .region: "regions", .question: "questions", .item: "items",
    ]
    var rows: [[Table.Cell]] = []
    for table in BuildTable.allCases {
      let tally = try context.store.tally(table)
      let total = tally.reduce(0) { $0 + $1.count }
      func count(_ state: WorkState) -> Int { tally.filter { $0.state == state }.reduce(0) { $0 + $1.count } }
      let reasons = tally.filter { $0.state == .rejected }.sorted {
        ($1.count, $0.verdict.rawValue) < ($0.count, $1.verdict.rawValue)
      }
      rows.append([
        Table.Cell(RichText(names[table, default: ""])), .integer(total), .integer(count(.done)),
        .number(total > 0 ? 100 * Double(count(.done)) / Double(total) : 0, decimals: 1), .integer(count(.rejected)),
        .integer(count(.failed)), .integer(count(.pending)),
        Table.Cell(RichText(reasons.map { "\($0.verdict.rawValue) \($0.count)" }.joined(separator: ", "))),
      ])
    }
    return Table(
      columns: [
        .text("stage"), .number("all"), .number("done"), .number("yield (%)"), .number("rejected"), .number("failed"),
        .number("open"), .text("rejected for"),
      ], rows: rows)
  }

  /// Calls, replies from the cache, tries and failures by purpose, over all processes that worked on the build.
  ///
  /// - Throws: ``ZoomError``.
  package func usage() throws(ZoomError) -> Table {
    let rows = try context.store.usage().map { row -> [Table.Cell] in
      let count = row.count
      let failures = count.failures.values.reduce(0, +)
      return [
        Table.Cell(RichText(row.purpose)), Table.Cell(RichText(row.model)), .integer(count.calls),
        .integer(count.replies), .integer(failures), .integer(count.hits), .integer(count.attempts),
        .integer(count.promptTokens + count.completionTokens), .number(count.seconds, decimals: 1),
        .number(count.cost, decimals: 2),
      ]
    }
    return Table(
      columns: [
        .text("purpose"), .text("teacher"), .number("calls"), .number("replies"), .number("failed"), .number("cached"),
        .number("requests"), .number("tokens"), .number("seconds"), .number("cost"),
      ], rows: rows)
  }

  /// What each filter rejected, and for how much of it the truth gives it reason.
  package var filters: Table? {
    study.map { study in
      Table(
        columns: [.text("filter"), .number("rejected"), .number("rightly"), .text("precision (95 %)")],
        rows: study.filters.map { filter in
          [
            Table.Cell(RichText(filter.verdict.rawValue)), .integer(filter.justified.trials),
            .integer(filter.justified.successes), Table.Cell(RichText(Self.text(filter.justified))),
          ]
        })
    }
  }

  /// Labels by dimension.
  package var labels: Table? {
    study.map { study in
      Table(
        columns: [
          .text("dimension"), .number("questions"), .text("picture"), .text("majority"), .text("crop"), .text("agreed"),
          .text("yield"),
        ],
        rows: study.labels.map { row in
          [Table.Cell(RichText(row.dimension)), .integer(row.yield.trials)]
            + [row.direct, row.directMajority, row.region, row.consensus, row.yield].map {
              Table.Cell(RichText($0.trials > 0 ? Self.text($0) : "—"))
            }
        },
        caption: """
          Right labels in per cent, with 95 % Wilson intervals. Picture: single answers on the full picture with the \
          region's coordinates; majority: their majority; crop: single answers on the crop; agreed: answers that the \
          teachers agreed on; yield: questions that have one.
          """ + (study.unjudged > 0 ? " \(study.unjudged) more questions are left out: their truth is not known." : ""))
    }
  }

  /// What the crop is worth, question by question.
  package var gap: Table? {
    let rows = study?.labels.compactMap { row in row.gap.map { (name: RichText(row.dimension), paired: $0) } } ?? []
    return rows.isEmpty
      ? nil : PairedAccuracy.gapTable(rows, unit: "questions", views: (crop: "crop", full: "full picture"))
  }

  /// Agreement at other thresholds.
  package var thresholds: Table? {
    study.map { study in
      Table(
        columns: [.text("votes that agree"), .text("right labels"), .text("questions that keep one")],
        rows: study.thresholds.map { row in
          [
            Table.Cell(RichText("\(row.votes) and more")), Table.Cell(RichText(Self.text(row.accuracy))),
            Table.Cell(RichText(Self.text(row.yield))),
          ]
        })
    }
  }

  /// All tables as a report.
  ///
  /// - Throws: ``ZoomError``.
  package func blocks() throws(ZoomError) -> [Report.Block] {
    var blocks: [Report.Block] = [.heading("Yield of the stages"), .table(try yields())]
    if let filters, let labels, let thresholds, let study {
      blocks += [
        .heading("Filters against the truth"), .table(filters), .heading("Labels against the truth"), .table(labels),
      ]
      if let gap {
        blocks += [
          .heading("Zooming gap"), .table(gap),
          .paragraph(
            "Majority on the crop minus majority on the full picture, on the same questions. Intervals: 10,000 bootstrap samples of whole pictures; p: McNemar's exact test."
          ),
        ]
      }
      blocks += [
        .heading("Agreement at other thresholds"), .table(thresholds),
        .facts([
          .init("Right labels of kept items", RichText(Self.text(study.kept))),
          .init("Right labels of items dropped as too easy", RichText(Self.text(study.easy))),
        ]),
      ]
    }
    return blocks + [.heading("Calls"), .table(try usage())]
  }

  /// Everything for a terminal.
  ///
  /// - Throws: ``ZoomError``.
  package func plainText(_ summary: ExportSummary?) throws(ZoomError) -> String {
    Report(title: "Build", blocks: try facts(summary) + blocks()).plainText
  }

  /// Writes the report, the measurements and the counts of calls below the folder of a build.
  ///
  /// - Throws: ``ZoomError``, `FileError`.
  package func write(toFolder root: URL, summary: ExportSummary?) throws {
    try page(summary).write(to: root.appending(path: "report"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    if let study {
      try BuildFolder.write(Array(try encoder.encode(study)), to: root.appending(path: "report/labels.json"))
    }
    struct Usage: Encodable {
      let model, purpose: String
      let count: ChatCount
    }
    let usage = try context.store.usage().map { Usage(model: $0.model, purpose: $0.purpose, count: $0.count) }
    try BuildFolder.write(Array(try encoder.encode(usage)), to: root.appending(path: "report/usage.json"))
  }

  /// The report: tables, and some items.
  ///
  /// - Throws: ``ZoomError``.
  package func page(_ summary: ExportSummary?) throws -> Report {
    let audit = try AuditPage(context).report(count: 3)
    return Report(
      title: "ZoomDistill: from pictures to a dataset",
      subtitle: "Questions about small regions, answered by teachers that saw the crop",
      blocks: try facts(summary) + blocks() + [.heading("Some items")] + audit.blocks.dropFirst())
  }

  private func facts(_ summary: ExportSummary?) throws(ZoomError) -> [Report.Block] {
    guard let summary else { return [] }
    let splits = summary.items.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let dimensions = summary.dimensions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return [
      .facts([
        .init("Items", RichText(splits.joined(separator: ", "))),
        .init("Dimensions", RichText(dimensions.joined(separator: ", "))),
        .init("Digest", .code(summary.digest)),
      ])
    ]
  }

  private static func text(_ share: Proportion) -> String {
    func percent(_ value: Double) -> String { NumberText.fixed(100 * value, decimals: 1) }
    guard share.trials > 0 else { return "none" }
    return "\(percent(share.share)) (\(percent(share.interval.lower))–\(percent(share.interval.upper)))"
  }
}
