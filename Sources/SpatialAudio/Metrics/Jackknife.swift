// The jackknife over files: an estimate, its bias and its interval from leaving out one file at a time.
// Not here: the bootstrap and Student's distribution (Lab's Statistics).

import Foundation
public import Lab

/// What leaving out one file at a time says of a value.
public struct Jackknife: Equatable, Sendable {
  /// The value of all files.
  public var value: Double
  /// The value corrected for its bias.
  public var estimate: Double
  /// How much the value is expected to exceed the truth.
  public var bias: Double
  /// The standard error.
  public var standardError: Double
  /// The interval around `estimate` by Student's t with one degree of freedom less than there are files.
  public var interval: Interval

  /// Half the width of the interval.
  public var margin: Double { (interval.upper - interval.lower) / 2 }

  /// The jackknife of a value.
  ///
  /// > Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, equations 11.5 and 10.20, with the
  /// > interval that the DCASE challenge reports.
  /// - Parameters:
  ///   - value: of all parts.
  ///   - partial: the values without one part each.
  ///   - level: the coverage, in (0, 1).
  /// - Returns: NaN but for `value` if there are fewer than two parts or a number is not finite.
  public init(value: Double, partial: [Double], level: Double = 0.95) {
    precondition(level > 0 && level < 1, "Jackknife: expected a level in (0, 1), got \(level)")
    self.value = value
    guard partial.count >= 2, value.isFinite, partial.allSatisfy(\.isFinite) else {
      estimate = .nan
      bias = .nan
      standardError = .nan
      interval = Interval(lower: .nan, upper: .nan)
      return
    }
    let n = Double(partial.count)
    let mean = Statistics.mean(partial)
    bias = (n - 1) * (mean - value)
    estimate = value - bias
    standardError = ((n - 1) / n * partial.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
    let margin = Distributions.studentQuantile(0.5 + level / 2, degrees: n - 1) * standardError
    interval = Interval(lower: estimate - margin, upper: estimate + margin)
  }

  /// The jackknife of several values of sums over files, with as many additions as three passes over the files.
  ///
  /// - Parameter values: the values of a sum; always equally many.
  static func estimates<S: MetricStatistics>(
    _ files: [S], none: S, level: Double, values: (S) -> [Double]
  ) -> [Jackknife] {
    // after[k] is the sum of the files from k on; before grows with k. Subtracting from the total would round.
    var after = [none]
    for file in files.reversed() { after.append(file + after[after.count - 1]) }
    after.reverse()
    let whole = values(after[0])
    var partial = whole.map { _ in [Double]() }
    var before = none
    for index in files.indices {
      for (quantity, value) in values(before + after[index + 1]).enumerated() { partial[quantity].append(value) }
      before = before + files[index]
    }
    return zip(whole, partial).map { Jackknife(value: $0, partial: $1, level: level) }
  }
}
