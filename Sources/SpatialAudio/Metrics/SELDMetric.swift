// What all metrics on labels have in common: statistics of files that add up, and scores of their sums.
// Not here: the metrics (SegmentSELDMetrics.swift, FrameSELDMetrics.swift, SegmentEventMetrics.swift), intervals
// (Jackknife.swift).

/// How classes become one number.
public enum MetricAverage: String, Sendable {
  /// Counts of all classes are added first.
  case micro
  /// Each class has a value, and all values weigh the same.
  case macro
}

/// Counts of one or more files; counts of two sets of files add up.
public protocol MetricStatistics: Sendable {
  /// The counts of both.
  static func + (a: Self, b: Self) -> Self
}

/// One number of a score.
public struct MetricQuantity: Equatable, Sendable {
  /// Which values are better.
  public enum Better: String, Sendable {
    /// Low ones, as of errors.
    case lower
    /// High ones, as of rates of success.
    case higher
    /// Neither.
    case neither
  }

  /// The name in files, in snake case.
  public var key: String
  /// The name in tables, with the unit.
  public var title: String
  /// Which values are better.
  public var better: Better
  /// What a value is multiplied by in tables: 100 for percent.
  public var scale: Double
  /// Decimals in tables.
  public var decimals: Int
  /// Whether a class has a value of its own.
  public var isByClass: Bool

  /// Creates a quantity.
  public init(
    _ key: String, _ title: String, better: Better, scale: Double = 1, decimals: Int = 3, isByClass: Bool = true
  ) {
    self.key = key
    self.title = title
    self.better = better
    self.scale = scale
    self.decimals = decimals
    self.isByClass = isByClass
  }
}

/// The numbers of a metric, by name and as a list.
public protocol MetricScore: Sendable {
  /// The quantities, in the order of `values`.
  static var quantities: [MetricQuantity] { get }
  /// The numbers; NaN where one is not defined.
  var values: [Double] { get }
}

/// A metric that compares predicted events with reference events.
public protocol SELDMetric: Sendable {
  /// What is counted.
  associatedtype Statistics: MetricStatistics
  /// What the counts become.
  associatedtype Score: MetricScore

  /// Number of classes.
  var classCount: Int { get }
  /// The counts of no file.
  var noStatistics: Statistics { get }
  /// The counts of one file.
  ///
  /// - Precondition: classes are below `classCount`.
  func statistics(reference: FrameLabels, prediction: FrameLabels) -> Statistics
  /// The score of all classes.
  func score(_ statistics: Statistics) -> Score
  /// The score of one class.
  func score(ofClass classIndex: Int, _ statistics: Statistics) -> Score
}

/// A metric over files, which are kept apart for intervals.
///
/// ```swift
/// var scoring = MetricAccumulator(FrameSELDMetrics(classCount: 13))
/// for (reference, prediction) in recordings { scoring.add(reference: reference, prediction: prediction) }
/// print(scoring.score.fScore, scoring.jackknife().map(\.interval))
/// ```
public struct MetricAccumulator<Metric: SELDMetric>: Sendable {
  /// The metric.
  public let metric: Metric
  /// The counts of each file.
  public private(set) var files: [Metric.Statistics] = []

  /// Starts without files.
  public init(_ metric: Metric) { self.metric = metric }

  /// Adds a file.
  public mutating func add(reference: FrameLabels, prediction: FrameLabels) {
    files.append(metric.statistics(reference: reference, prediction: prediction))
  }

  /// Adds a file that was counted elsewhere.
  public mutating func add(_ statistics: Metric.Statistics) { files.append(statistics) }

  /// The counts of all files.
  public var total: Metric.Statistics { files.reduce(metric.noStatistics, +) }

  /// The score of all files and classes.
  public var score: Metric.Score { metric.score(total) }

  /// The score of each class.
  public var classScores: [Metric.Score] {
    let total = total
    return (0..<metric.classCount).map { metric.score(ofClass: $0, total) }
  }

  /// Intervals of the quantities of `score`, by leaving out one file at a time; takes time in proportion to the files.
  ///
  /// - Returns: one for each quantity; NaN where there are fewer than two files or a part has no value.
  public func jackknife(level: Double = 0.95) -> [Jackknife] {
    Jackknife.estimates(files, none: metric.noStatistics, level: level) { metric.score($0).values }
  }

  /// Intervals of the quantities of each class.
  public func classJackknife(level: Double = 0.95) -> [[Jackknife]] {
    let count = Metric.Score.quantities.count
    let flat = Jackknife.estimates(files, none: metric.noStatistics, level: level) { statistics in
      (0..<metric.classCount).flatMap { metric.score(ofClass: $0, statistics).values }
    }
    return (0..<metric.classCount).map { Array(flat[($0 * count)..<(($0 + 1) * count)]) }
  }
}

/// Means that leave out what is not defined.
enum DefinedMean {
  /// The mean of the values that are not NaN; NaN if there are none.
  static func of(_ values: [Double]) -> Double {
    let defined = values.filter { !$0.isNaN }
    return defined.isEmpty ? .nan : defined.reduce(0, +) / Double(defined.count)
  }

  /// The plain mean.
  static func ofAll(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
