// The figures of a run as rows of a results file.
// Not here: the file with commit and machine around them (Lab's ResultFile and the scripts that fill it).

public import Lab

extension BenchSummary {
  /// Accuracy of each view, by dimension too, and the gap, as rows `PREFIX.VIEW.DIMENSION`, in percent and points with
  /// their 95% intervals; `all` is micro, `gap.DIMENSION.mcnemar` the p-value of a gap.
  ///
  /// - Parameter prefix: what the names begin with, such as `zoom.bench.retina32`.
  public func rows(prefix: String) -> [ResultRow] {
    func row(_ id: String, _ accuracy: Accuracy) -> ResultRow {
      ResultRow(percent: accuracy.value, of: accuracy.count, id: "\(prefix).\(id)", interval: accuracy.interval)
    }
    var rows: [ResultRow] = []
    for view in views where view.micro.count > 0 {
      rows.append(row("\(view.view.rawValue).all", view.micro))
      for (dimension, accuracy) in view.dimensions.sorted(by: { $0.key < $1.key }) where accuracy.count > 0 {
        rows.append(row("\(view.view.rawValue).\(Self.word(dimension))", accuracy))
      }
      for bin in evidence {
        guard let accuracy = bin.accuracy[view.view.rawValue], accuracy.count > 0 else { continue }
        rows.append(row("\(view.view.rawValue).tokens-2^\(Int(EvidenceScale.octave(bin.lower)))", accuracy))
      }
    }
    if let gap, gap.table.count > 0 { rows += gap.rows(id: "\(prefix).gap.all") }
    for (dimension, paired) in gapByDimension.sorted(by: { $0.key < $1.key }) where paired.table.count > 0 {
      rows += paired.rows(id: "\(prefix).gap.\(Self.word(dimension))")
    }
    return rows
  }

  /// A category as a part of a dotted name.
  private static func word(_ category: String) -> String {
    String(category.map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }
}

extension ReaderCurve {
  /// The curve as rows `PREFIX.told.tokens-2^OCTAVE`, in percent with 95% intervals.
  public func rows(prefix: String, encoder: EncoderInput) -> [ResultRow] {
    points.map { point in
      let octave = Int(EvidenceScale.octave(point.area.lower / Double(encoder.patch * encoder.patch)))
      return ResultRow(
        id: "\(prefix).told.tokens-2^\(octave)", value: 100 * point.accuracy.value, unit: "%",
        n: point.accuracy.count,
        spread: Interval(
          lower: 100 * point.accuracy.interval.lower, upper: 100 * point.accuracy.interval.upper))
    }
  }
}
