// Two conditions that were right or wrong on the same items: the 2×2 table and its exact test.
// Not here: differences of numbers (Statistics+Resampling.swift).

import Foundation

/// How often two conditions were right on the same items.
public struct PairedOutcomes: Codable, Equatable, Sendable {
  /// Items that both got right.
  public var both: Int
  /// Items that only the first got right.
  public var onlyFirst: Int
  /// Items that only the second got right.
  public var onlySecond: Int
  /// Items that neither got right.
  public var neither: Int

  /// A table of counts.
  public init(both: Int = 0, onlyFirst: Int = 0, onlySecond: Int = 0, neither: Int = 0) {
    self.both = both
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    self.neither = neither
  }

  /// Counts pairs of outcomes.
  public init(_ pairs: [(first: Bool, second: Bool)]) {
    self.init()
    for pair in pairs {
      switch pair {
      case (true, true): both += 1
      case (true, false): onlyFirst += 1
      case (false, true): onlySecond += 1
      case (false, false): neither += 1
      }
    }
  }

  /// Number of items.
  public var count: Int { both + onlyFirst + onlySecond + neither }
  /// The share that the first got right minus the share that the second got right; 0 without items.
  public var difference: Double { count > 0 ? Double(onlyFirst - onlySecond) / Double(count) : 0 }
  /// The two-sided p-value of the hypothesis that both are right equally often.
  public var pValue: Double { Statistics.mcNemarPValue(onlyFirst: onlyFirst, onlySecond: onlySecond) }
}

extension Statistics {
  /// The exact two-sided p-value of McNemar's test: twice the smaller tail of a fair coin, at most 1.
  ///
  /// - Parameters:
  ///   - onlyFirst: items that only the first condition got right.
  ///   - onlySecond: items that only the second condition got right.
  /// - Returns: 1 where no item tells the conditions apart.
  /// - Precondition: neither count is negative.
  /// > Source: McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
  /// > 1947; the binomial form is Fagerland, Lydersen and Laake, 2013, section 2.
  public static func mcNemarPValue(onlyFirst: Int, onlySecond: Int) -> Double {
    precondition(
      onlyFirst >= 0 && onlySecond >= 0,
      "Statistics.mcNemarPValue: expected counts from 0, got \(onlyFirst) and \(onlySecond)")
    let (n, least) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
    guard n > 0 else { return 1 }
    let logAll = lgamma(Double(n) + 1) - Double(n) * log(2)
    let tail = (0...least).reduce(0.0) { sum, k in
      sum + exp(logAll - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1))
    }
    return min(1, 2 * tail)
  }
}
