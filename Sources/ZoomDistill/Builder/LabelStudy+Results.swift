// The figures of a study as rows of a results file.
// Not here: the figures (LabelStudy.swift), the file with commit and machine around them (Lab's ResultFile).

package import Lab

extension LabelStudy {
  /// Right labels of each view, yields and the gap, as rows `PREFIX.VIEW.DIMENSION` in percent and points with their 95%
  /// intervals, and the number of questions that could not be judged.
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
    return rows
  }
}
