// Paired accuracies as a table and as rows of a results file: the zooming gap of benchmarks and of builds.
// Not here: the figures (BenchSummary.swift), two runs against each other (BenchComparison.swift).

import Lab

extension PairedAccuracy {
  /// A table of gaps, one named row each.
  ///
  /// - Parameters:
  ///   - rows: names, and crop against full picture.
  ///   - unit: what is counted.
  ///   - views: what crop and full picture are called.
  static func gapTable(
    _ rows: [(name: RichText, paired: PairedAccuracy)], unit: String, views: (crop: String, full: String)
  ) -> Table {
    let columns: [Table.Column] = [
      .text("dimension"), .number(unit), .number("gap (points, 95%)"), .number("both"),
      .number("\(views.crop) only"), .number("\(views.full) only"), .number("neither"), .number("p"),
    ]
    return Table(
      columns: columns,
      rows: rows.map { name, paired in
        let table = paired.table
        return [
          Table.Cell(name), .integer(table.count),
          Table.Cell(
            RichText("\(BenchReport.decimal(100 * paired.difference)) (\(BenchReport.points(paired.interval)))")),
          .integer(table.both), .integer(table.onlyFirst), .integer(table.onlySecond), .integer(table.neither),
          Table.Cell(RichText(BenchReport.probability(paired.pValue))),
        ]
      })
  }

  /// The difference in points as a row, with the 2×2 table as its shape, and McNemar's p-value as another.
  func rows(id: String) -> [ResultRow] {
    let shape = [
      "both": table.both, "only_first": table.onlyFirst, "only_second": table.onlySecond, "neither": table.neither,
    ]
    return [
      ResultRow(
        id: id, value: 100 * difference, unit: "points", n: table.count,
        spread: Interval(lower: 100 * interval.lower, upper: 100 * interval.upper), shape: shape),
      ResultRow(
        id: "\(id).mcnemar", value: pValue, unit: "p", n: table.count, spread: Interval(lower: pValue, upper: pValue)),
    ]
  }
}

extension ResultRow {
  /// A share in percent with its interval.
  init(percent share: Double, of count: Int, id: String, interval: Interval) {
    self.init(
      id: id, value: 100 * share, unit: "%", n: count,
      spread: Interval(lower: 100 * interval.lower, upper: 100 * interval.upper))
  }
}
