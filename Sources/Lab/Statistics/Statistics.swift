// Estimates from samples, with the intervals that belong to them.
// Not here: resampling (Statistics+Resampling), distributions (Distributions).

import Foundation

/// A range that covers a quantity with some confidence.
public struct Interval: Codable, Equatable, Sendable {
  /// The lower end.
  public var lower: Double
  /// The upper end.
  public var upper: Double

  /// Creates an interval.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Whether the value lies inside or on an end.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// Estimates from samples. All functions trap on empty samples.
public enum Statistics {
  /// The arithmetic mean.
  public static func mean(_ values: [Double]) -> Double {
    requireSamples(values, 1, "mean")
    return values.reduce(0, +) / Double(values.count)
  }

  /// The sample variance, with `n - 1` in the denominator.
  ///
  /// - Precondition: at least two values.
  public static func variance(_ values: [Double]) -> Double {
    requireSamples(values, 2, "variance")
    let center = mean(values)
    return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)
  }

  /// The sample standard deviation.
  ///
  /// - Precondition: at least two values.
  public static func standardDeviation(_ values: [Double]) -> Double { variance(values).squareRoot() }

  /// The standard error of the mean.
  ///
  /// - Precondition: at least two values.
  public static func standardError(_ values: [Double]) -> Double {
    (variance(values) / Double(values.count)).squareRoot()
  }

  /// The geometric mean, the right average of ratios.
  ///
  /// - Precondition: all values are positive.
  public static func geometricMean(_ values: [Double]) -> Double {
    requireSamples(values, 1, "geometricMean")
    precondition(
      values.allSatisfy { $0 > 0 }, "Statistics.geometricMean: expected positive values, got \(values.min() ?? 0)")
    return exp(mean(values.map { log($0) }))
  }

  /// The quantile at a probability in 0...1, interpolated linearly between order statistics (type 7).
  ///
  /// > Source: Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7.
  public static func quantile(_ values: [Double], _ probability: Double) -> Double {
    requireSamples(values, 1, "quantile")
    return sortedQuantile(values.sorted(), probability)
  }

  /// The median.
  public static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

  /// The lower and upper quartile.
  public static func interquartileRange(_ values: [Double]) -> Interval {
    requireSamples(values, 1, "interquartileRange")
    let sorted = values.sorted()
    return Interval(lower: sortedQuantile(sorted, 0.25), upper: sortedQuantile(sorted, 0.75))
  }

  /// The median of the absolute deviations from the median, not scaled.
  public static func medianAbsoluteDeviation(_ values: [Double]) -> Double {
    let center = median(values)
    return median(values.map { abs($0 - center) })
  }

  /// The interval of the mean by Student's t.
  ///
  /// - Precondition: at least two values; `level` in (0, 1).
  public static func meanInterval(_ values: [Double], level: Double = 0.95) -> Interval {
    requireSamples(values, 2, "meanInterval")
    let quantile = Distributions.studentQuantile(0.5 + level / 2, degrees: Double(values.count - 1))
    let margin = quantile * standardError(values)
    let center = mean(values)
    return Interval(lower: center - margin, upper: center + margin)
  }

  /// The score interval of a proportion, which stays inside 0...1 and works for few trials.
  ///
  /// > Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
  /// - Precondition: `0 ≤ successes ≤ trials`, `trials > 0`.
  public static func wilsonInterval(successes: Int, trials: Int, level: Double = 0.95) -> Interval {
    precondition(
      trials > 0 && (0...trials).contains(successes),
      "Statistics.wilsonInterval: expected 0 ≤ successes ≤ trials and trials > 0, got \(successes) of \(trials)")
    let z = Distributions.normalQuantile(0.5 + level / 2)
    let n = Double(trials)
    let share = Double(successes) / n
    let denominator = 1 + z * z / n
    let center = (share + z * z / (2 * n)) / denominator
    let margin = z / denominator * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(
      lower: successes == 0 ? 0 : max(0, center - margin), upper: successes == trials ? 1 : min(1, center + margin))
  }

  static func sortedQuantile(_ sorted: [Double], _ probability: Double) -> Double {
    precondition(
      (0...1).contains(probability), "Statistics.quantile: expected a probability in 0...1, got \(probability)")
    let position = probability * Double(sorted.count - 1)
    let below = Int(position.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }

  static func requireSamples(_ values: [Double], _ count: Int, _ name: String) {
    precondition(values.count >= count, "Statistics.\(name): expected at least \(count) values, got \(values.count)")
  }
}
