// Two scored runs on the same items.
// Not here: the figures of one run (BenchSummary.swift).

import Foundation
public import Lab

/// What two runs have in common, compared item by item.
public struct BenchComparison: Codable, Equatable, Sendable {
  /// The first model.
  public var first: String
  /// The second model.
  public var second: String
  /// First minus second in each view that both were asked.
  public var views: [String: PairedAccuracy]
  /// First minus second in each view and dimension.
  public var dimensions: [String: [String: PairedAccuracy]]

  /// Compares two runs.
  ///
  /// - Throws: ``BenchError/foreignResults(path:what:expected:got:)`` unless both are of one bundle.
  public init(_ first: ScoredRun, _ second: ScoredRun) throws(BenchError) {
    guard first.header.bundle == second.header.bundle else {
      throw .foreignResults(
        path: second.folder.relativePath, what: "bundle", expected: first.header.bundle, got: second.header.bundle)
    }
    self.first = first.header.model
    self.second = second.header.model
    let others = Dictionary(second.results.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    views = [:]
    dimensions = [:]
    for view in BenchView.allCases {
      let pairs = first.results.compactMap { result -> (String, (first: Bool, second: Bool, cluster: String))? in
        guard let a = result.isRight(view), let b = others[result.id]?.isRight(view) else { return nil }
        return (result.dimension, (a, b, result.image))
      }
      guard !pairs.isEmpty else { continue }
      views[view.rawValue] = PairedAccuracy(pairs.map(\.1))
      dimensions[view.rawValue] = Dictionary(grouping: pairs, by: \.0).mapValues { PairedAccuracy($0.map(\.1)) }
    }
  }

  /// The comparison for a terminal or a page.
  public var report: Report {
    var report = Report(title: "\(first) against \(second)", subtitle: "the same items, paired")
    let columns: [Table.Column] = [
      .text("view"), .text("dimension"), .number("n"), .number("first"), .number("second"),
      .number("difference (points)"), .number("95% interval"), .number("only first"), .number("only second"),
      .number("p"),
    ]
    var rows: [[Table.Cell]] = []
    for view in BenchView.allCases {
      guard let all = views[view.rawValue] else { continue }
      rows.append(Self.row(view.rawValue, "all", all))
      for (dimension, paired) in (dimensions[view.rawValue] ?? [:]).sorted(by: { $0.key < $1.key }) {
        rows.append(Self.row(view.rawValue, dimension, paired))
      }
    }
    report.append(.table(Table(columns: columns, rows: rows)))
    report.append(
      .paragraph(
        "Intervals: 10,000 bootstrap samples of whole pictures. p: McNemar's exact test, not adjusted for the number of rows."
      ))
    return report
  }

  private static func row(_ view: String, _ dimension: String, _ paired: PairedAccuracy) -> [Table.Cell] {
    let table = paired.table
    let count = Double(max(1, table.count))
    return [
      Table.Cell(RichText(view)), Table.Cell(RichText(dimension)), .integer(table.count),
      .number(100 * Double(table.both + table.onlyFirst) / count, decimals: 1),
      .number(100 * Double(table.both + table.onlySecond) / count, decimals: 1),
      .number(100 * paired.difference, decimals: 1), Table.Cell(RichText(BenchReport.points(paired.interval))),
      .integer(table.onlyFirst), .integer(table.onlySecond),
      Table.Cell(RichText(BenchReport.probability(paired.pValue))),
    ]
  }
}
