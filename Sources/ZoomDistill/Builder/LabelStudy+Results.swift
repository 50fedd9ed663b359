// The labels of a build as rows of a results file.
// Not here: the measurements (LabelStudy.swift), the file (Lab's ResultFile).
package import Lab

extension LabelStudy {
  /// Shares by dimension, of each threshold and of each filter in percent with their 95% intervals, as rows
  /// `PREFIX.WHAT.DIMENSION`; shares of nothing are left out.
  package func rows(prefix: String) -> [ResultRow] {
    var rows: [ResultRow] = []
    func add(_ id: String, _ share: Proportion) {
      guard share.trials > 0 else { return }
      rows.append(
        ResultRow(
          id: "\(prefix).\(id)", value: 100 * share.share, unit: "%", n: share.trials,
          spread: Interval(lower: 100 * share.interval.lower, upper: 100 * share.interval.upper)))
    }
    for row in labels {
      add("direct.\(row.dimension)", row.direct)
      add("direct-majority.\(row.dimension)", row.directMajority)
      add("region.\(row.dimension)", row.region)
      add("consensus.\(row.dimension)", row.consensus)
      add("yield.\(row.dimension)", row.yield)
    }
    for row in thresholds {
      add("agree-\(row.votes).accuracy", row.accuracy)
      add("agree-\(row.votes).yield", row.yield)
    }
    for filter in filters { add("filter.\(filter.verdict.rawValue)", filter.justified) }
    add("kept", kept)
    add("easy", easy)
    return rows
  }
}
