// The cost of slots over T, G and L as plots, with what operations and traffic predict.
public import Foundation
public import Lab

/// Curves of the extra time.
public struct CostCurves {
  private let rows: [String: ResultRow]

  /// Curves of the rows that a sweep, or several, gave (`DepthSweep.Outcome.rows`); other rows are passed over.
  public init(_ rows: [ResultRow]) {
    self.rows = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
  }

  private struct Axis: Sendable {
    let name, label, subtitle: String
    /// The letter of the size that varies, and the sizes that do not.
    let letter: String
    let fixed: [String: Int]
  }

  private static let axes: [Axis] = [
    Axis(
      name: "moda-extra-tokens", label: "tokens T", subtitle: "G = 8, L = 64", letter: "T", fixed: ["G": 8, "L": 64]),
    Axis(
      name: "moda-extra-group", label: "query heads per key-value head G", subtitle: "T = 4,096, L = 64", letter: "G",
      fixed: ["T": 4096, "L": 64]),
    Axis(
      name: "moda-extra-slots", label: "slots L", subtitle: "T = 4,096, G = 8", letter: "L",
      fixed: ["T": 4096, "G": 8]),
  ]

  /// One measured shape: the size that varies, the extra time, and what was predicted for it.
  private struct Point {
    let size: Double
    let row: ResultRow
    let operations, traffic: Double
  }

  private func points(of axis: Axis) -> [Point] {
    rows.values.compactMap { row -> Point? in
      let prefix = "moda.extra."
      guard row.id.hasPrefix(prefix), let shape = row.shape, let size = shape[axis.letter],
        axis.fixed.allSatisfy({ shape[$0.key] == $0.value })
      else { return nil }
      func predicted(_ kind: String) -> Double? {
        rows["moda.predicted.\(row.id.dropFirst(prefix.count)).\(kind)"]?.value
      }
      guard let operations = predicted("operations"), let traffic = predicted("traffic") else { return nil }
      return Point(size: Double(size), row: row, operations: operations, traffic: traffic)
    }.sorted { $0.size < $1.size }
  }

  /// The plots by name; an axis with fewer than two points has none.
  public var plots: [(name: String, plot: Plot)] {
    Self.axes.compactMap { axis in
      let points = points(of: axis)
      guard points.count >= 2 else { return nil }
      func line(_ value: (Point) -> Double) -> [PlotPoint] {
        points.map { PlotPoint(x: $0.size, y: 100 * value($0)) }
      }
      let plot = Plot(
        title: "Extra time of depth slots, forward and backward",
        subtitle: "\(axis.subtitle), Hk = 1, d = 64, over attention without slots",
        x: PlotAxis(axis.label, scale: .logarithmic), y: PlotAxis("extra time", unit: "%", scale: .logarithmic),
        series: [
          PlotSeries(
            "measured",
            points: points.map {
              PlotPoint(
                x: $0.size, y: 100 * $0.row.value,
                interval: Interval(lower: 100 * $0.row.spread[0], upper: 100 * $0.row.spread[1]))
            }),
          PlotSeries("predicted: operations", points: line(\.operations), isDashed: true),
          PlotSeries(
            "predicted: operations and slot traffic", points: line(\.traffic), isDashed: true),
        ])
      return (axis.name, plot)
    }
  }

  /// Writes each plot as `<name>.svg`.
  ///
  /// - Returns: the paths.
  /// - Throws: `FileError` if the directory or a file cannot be written.
  public func write(to directory: URL) throws -> [String] {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return try plots.map { name, plot in
      let file = directory.appending(path: "\(name).svg")
      try AtomicFile.write(plot.svg, to: file)
      return file.relativePath
    }
  }
}
