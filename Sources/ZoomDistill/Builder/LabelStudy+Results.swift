// The figures of a study as rows of a results file.
// Not here: the figures (LabelStudy.swift), the file with commit and machine around them (Lab's ResultFile).

package import Lab

extension LabelStudy {
  /// Right labels of each view, yields, the gap, thresholds and filters, as rows `PREFIX.WHAT.DIMENSION` in percent and
  /// points with their 95% intervals, and the share of questions that could be judged; shares of nothing are left out.
  ///
  /// - Parameter prefix: what the names begin with, such as `zoom.build.pages`.
  package func rows(prefix: String) -> [ResultRow] {
    var rows: [ResultRow] = []
    for label in labels where label.yield.trials > 0 {
      let shares = [
        ("full", label.direct), ("full-majority", label.directMajority), ("crop", label.region),
        ("agreed", label.consensus), ("yield", label.yield),
      ]
      for (name, share) in shares where share.trials > 0 {
        rows.append(
          ResultRow(
            percent: share.share, of: share.trials, id: "\(prefix).\(name).\(label.dimension)",
            interval: share.interval))
      }
      if let gap = label.gap { rows += gap.rows(id: "\(prefix).gap.\(label.dimension)") }
    }
    let judged = labels.last?.yield.trials ?? 0
    if judged + unjudged > 0 {
      let share = Proportion(judged, of: judged + unjudged)
      rows.append(
        ResultRow(percent: share.share, of: share.trials, id: "\(prefix).judged", interval: share.interval))
    }
    func add(_ id: String, _ share: Proportion) {
      guard share.trials > 0 else { return }
      rows.append(
        ResultRow(percent: share.share, of: share.trials, id: "\(prefix).\(id)", interval: share.interval))
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
