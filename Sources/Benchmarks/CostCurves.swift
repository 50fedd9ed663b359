// The cost of slots over T, G and L as plots, with what operations and traffic predict.
public import Foundation
public import Lab

/// Curves of the extra time.
public struct CostCurves {
  private let outcomes: [DepthSweep.Outcome]

  /// Curves of what a sweep measured.
  public init(_ outcomes: [DepthSweep.Outcome]) { self.outcomes = outcomes }

  private struct Axis: Sendable {
    let name, label, subtitle: String
    let value: @Sendable (AttentionProblem) -> Int
    let belongs: @Sendable (AttentionProblem) -> Bool
  }

  private static let axes: [Axis] = [
    Axis(
      name: "moda-extra-tokens", label: "tokens T", subtitle: "G = 8, L = 64", value: { $0.tokens },
      belongs: { $0.group == 8 && $0.slots == 64 }),
    Axis(
      name: "moda-extra-group", label: "query heads per key-value head G", subtitle: "T = 4,096, L = 64",
      value: { $0.group }, belongs: { $0.tokens == 4096 && $0.slots == 64 }),
    Axis(
      name: "moda-extra-slots", label: "slots L", subtitle: "T = 4,096, G = 8", value: { $0.slots },
      belongs: { $0.tokens == 4096 && $0.group == 8 }),
  ]

  /// The plots by name; an axis with fewer than two points has none.
  public var plots: [(name: String, plot: Plot)] {
    Self.axes.compactMap { axis in
      let chosen = outcomes.filter { axis.belongs($0.problem) }.sorted {
        axis.value($0.problem) < axis.value($1.problem)
      }
      guard chosen.count >= 2 else { return nil }
      func points(_ value: (DepthSweep.Outcome) -> Double) -> [PlotPoint] {
        chosen.map { PlotPoint(x: Double(axis.value($0.problem)), y: 100 * value($0)) }
      }
      let plot = Plot(
        title: "Extra time of depth slots, forward and backward",
        subtitle: "\(axis.subtitle), Hk = 1, d = 64, over attention without slots",
        x: PlotAxis(axis.label, scale: .logarithmic), y: PlotAxis("extra time", unit: "%", scale: .logarithmic),
        series: [
          PlotSeries(
            "measured",
            points: chosen.map { outcome in
              let spread = outcome.row.spread
              return PlotPoint(
                x: Double(axis.value(outcome.problem)), y: 100 * outcome.extra,
                interval: Interval(lower: 100 * spread[0], upper: 100 * spread[1]))
            }),
          PlotSeries("predicted: operations", points: points(\.predictedByOperations), isDashed: true),
          PlotSeries(
            "predicted: operations and slot traffic", points: points(\.predictedWithTraffic), isDashed: true),
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
