// Plots as values: what is shown, not how it is drawn.
// Not here: layout and marks (PlotRenderer), matrices (Heatmap).

/// A chart with one pair of axes.
///
/// ```swift
/// let plot = Plot(
///   title: "Training loss", x: PlotAxis("step"), y: PlotAxis("loss", unit: "nats"),
///   series: [PlotSeries("baseline", points: baseline, smoothing: 0.9), PlotSeries("MoDA", points: moda, smoothing: 0.9)])
/// try Data(plot.svg.utf8).write(to: file)
/// ```
public struct Plot: Equatable, Sendable {
  /// The heading; long ones wrap.
  public var title: String
  /// A line below the heading: conditions, number of seeds.
  public var subtitle: String
  /// The horizontal axis.
  public var x: PlotAxis
  /// The vertical axis.
  public var y: PlotAxis
  /// What is drawn, in this order.
  public var series: [PlotSeries]
  /// Lines of comparison across the chart.
  public var references: [PlotReference]
  /// Width in pixels.
  public var width: Double
  /// Height in pixels.
  public var height: Double

  /// Creates a chart.
  public init(
    title: String = "", subtitle: String = "", x: PlotAxis, y: PlotAxis, series: [PlotSeries],
    references: [PlotReference] = [], width: Double = 720, height: Double = 420
  ) {
    self.title = title
    self.subtitle = subtitle
    self.x = x
    self.y = y
    self.series = series
    self.references = references
    self.width = width
    self.height = height
  }

  /// The chart as an SVG document: dark on white, the same text for the same value on every machine.
  public var svg: String { PlotRenderer(self).rendered() }
}

/// One axis.
public struct PlotAxis: Equatable, Sendable {
  /// How values map to places.
  public enum Scale: Equatable, Sendable {
    /// Equal differences, equal distances.
    case linear
    /// Equal ratios, equal distances; values that are not positive are left out.
    case logarithmic
  }

  /// What the axis shows.
  public var label: String
  /// The unit; empty for pure numbers.
  public var unit: String
  /// How values map to places.
  public var scale: Scale
  /// The range to show; nil fits the data.
  public var range: ClosedRange<Double>?
  /// Whether a fitted linear range starts at 0.
  public var includesZero: Bool
  /// Names of the places 0, 1, …, for bars; empty for numbers.
  public var categories: [String]

  /// Creates an axis of numbers.
  public init(
    _ label: String, unit: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    includesZero: Bool = false
  ) {
    self.label = label
    self.unit = unit
    self.scale = scale
    self.range = range
    self.includesZero = includesZero
    categories = []
  }

  /// An axis of names.
  public static func categories(_ names: [String], label: String = "") -> PlotAxis {
    var axis = PlotAxis(label)
    axis.categories = names
    return axis
  }

  /// The label with the unit in brackets.
  var title: String { unit.isEmpty ? label : label.isEmpty ? unit : "\(label) (\(unit))" }
}

/// One value of a series.
public struct PlotPoint: Equatable, Sendable {
  /// The horizontal value.
  public var x: Double
  /// The vertical value; NaN makes a gap.
  public var y: Double
  /// The uncertainty of `y`: a band along lines, a whisker on bars and dots.
  public var interval: Interval?

  /// Creates a point.
  public init(x: Double, y: Double, interval: Interval? = nil) {
    self.x = x
    self.y = y
    self.interval = interval
  }
}

/// A named sequence of points.
public struct PlotSeries: Equatable, Sendable {
  /// The shape of the points.
  public enum Mark: Equatable, Sendable {
    /// A line through the points in their order.
    case line
    /// A dot at each point.
    case dots
    /// A bar from 0 to each point; several series stand side by side.
    case bars
  }

  /// The name in the legend.
  public var name: String
  /// The shape of the points.
  public var mark: Mark
  /// The points.
  public var points: [PlotPoint]
  /// How much a neighbour counts in the trend that is drawn over the raw line, in 0..<1; 0 draws the raw line only.
  ///
  /// At each point a straight line is fitted in which the point at distance k counts `smoothing`ᵏ, on both sides: the
  /// trend neither lags behind the curve, as a running average does, nor bends at its ends.
  public var smoothing: Double
  /// Whether the line is dashed.
  public var isDashed: Bool
  /// Number of the colour in the palette; nil takes the position of the series.
  public var color: Int?

  /// Creates a series.
  public init(
    _ name: String, _ mark: Mark = .line, points: [PlotPoint], smoothing: Double = 0, isDashed: Bool = false,
    color: Int? = nil
  ) {
    precondition((0..<1).contains(smoothing), "PlotSeries: expected a smoothing in 0..<1, got \(smoothing)")
    self.name = name
    self.mark = mark
    self.points = points
    self.smoothing = smoothing
    self.isDashed = isDashed
    self.color = color
  }

  /// Bars, one for each category.
  public static func bars(_ name: String, _ values: [Double], intervals: [Interval] = [], color: Int? = nil)
    -> PlotSeries
  {
    let points = values.enumerated().map { index, value in
      PlotPoint(x: Double(index), y: value, interval: intervals.indices.contains(index) ? intervals[index] : nil)
    }
    return PlotSeries(name, .bars, points: points, color: color)
  }
}

/// A horizontal line of comparison, such as the level of chance.
public struct PlotReference: Equatable, Sendable {
  /// Its height.
  public var value: Double
  /// The text at its right end.
  public var label: String

  /// Creates a line of comparison.
  public init(_ label: String, value: Double) {
    self.value = value
    self.label = label
  }
}
