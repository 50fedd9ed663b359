// Bootstrap, sign-flip permutation, and the comparison of paired samples by both.
// Not here: closed-form intervals (Statistics).

/// The comparison of two samples measured on the same items, seeds or batches.
public struct PairedDifference: Codable, Equatable, Sendable {
  /// Number of pairs.
  public var count: Int
  /// The mean of `a - b`.
  public var mean: Double
  /// The interval of the mean by Student's t; for few pairs.
  public var studentInterval: Interval
  /// The percentile bootstrap interval of the mean; for many pairs of any distribution.
  public var bootstrapInterval: Interval
  /// The two-sided p-value of the hypothesis that the differences are symmetric around 0.
  public var pValue: Double
}

extension Statistics {
  /// The percentile bootstrap interval of a statistic.
  ///
  /// - Parameters:
  ///   - values: the sample.
  ///   - level: the coverage, in (0, 1).
  ///   - resamples: number of bootstrap samples.
  ///   - seed: equal seeds give equal intervals.
  ///   - statistic: computed on each resample; the mean if not given.
  /// > Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, section 13.3.
  public static func bootstrapInterval(
    _ values: [Double], level: Double = 0.95, resamples: Int = 10_000, seed: UInt64 = 0,
    statistic: ([Double]) -> Double = Statistics.mean
  ) -> Interval {
    requireSamples(values, 1, "bootstrapInterval")
    var resample = values
    return percentileInterval(level: level, resamples: resamples, seed: seed) { random in
      for index in resample.indices { resample[index] = values[random.index(below: values.count)] }
      return statistic(resample)
    }
  }

  /// The percentile bootstrap interval of a statistic of values that come in clusters, such as several questions about
  /// one image: whole clusters are drawn, as many as there are, so that what is alike in a cluster stays together.
  ///
  /// - Parameters:
  ///   - values: the sample.
  ///   - clusters: the cluster of each value; with a cluster for each value this is the plain bootstrap.
  ///   - level: the coverage, in (0, 1).
  ///   - resamples: number of bootstrap samples.
  ///   - seed: equal seeds give equal intervals.
  ///   - statistic: computed on the values of the drawn clusters; the mean if not given.
  /// - Precondition: as many clusters as values, at least one.
  /// > Source: Davison and Hinkley, "Bootstrap methods and their application", 1997, section 3.8, strategy 1.
  public static func bootstrapInterval(
    _ values: [Double], clusters: [Int], level: Double = 0.95, resamples: Int = 10_000, seed: UInt64 = 0,
    statistic: ([Double]) -> Double = Statistics.mean
  ) -> Interval {
    requireSamples(values, 1, "bootstrapInterval")
    precondition(
      values.count == clusters.count,
      "Statistics.bootstrapInterval: expected a cluster for each value, got \(clusters.count) for \(values.count)")
    var places: [Int: Int] = [:]
    var groups: [[Double]] = []
    for (value, cluster) in zip(values, clusters) {
      let place = places[cluster] ?? groups.count
      if place == groups.count {
        places[cluster] = place
        groups.append([])
      }
      groups[place].append(value)
    }
    var resample: [Double] = []
    return percentileInterval(level: level, resamples: resamples, seed: seed) { random in
      resample.removeAll(keepingCapacity: true)
      for _ in groups.indices { resample += groups[random.index(below: groups.count)] }
      return statistic(resample)
    }
  }

  /// The interval between the percentiles of estimates that `draw` makes.
  private static func percentileInterval(
    level: Double, resamples: Int, seed: UInt64, _ draw: (inout SplitMix64) -> Double
  ) -> Interval {
    precondition(resamples > 0, "Statistics.bootstrapInterval: expected resamples > 0, got \(resamples)")
    precondition(level > 0 && level < 1, "Statistics.bootstrapInterval: expected a level in (0, 1), got \(level)")
    var random = SplitMix64(seed: seed)
    var estimates: [Double] = []
    estimates.reserveCapacity(resamples)
    for _ in 0..<resamples { estimates.append(draw(&random)) }
    estimates.sort()
    return Interval(
      lower: sortedQuantile(estimates, (1 - level) / 2), upper: sortedQuantile(estimates, (1 + level) / 2))
  }

  /// The two-sided p-value of a sign-flip permutation test on the mean of paired differences.
  ///
  /// Up to 20 differences all sign patterns are counted exactly; above that `samples` random patterns are drawn, and
  /// the observed one is counted among them, so that the value is never 0.
  ///
  /// > Source: Fisher, "The design of experiments", 1935, section 21; Phipson and Smyth, 2010, for the + 1.
  public static func signFlipPValue(_ differences: [Double], samples: Int = 100_000, seed: UInt64 = 0) -> Double {
    requireSamples(differences, 1, "signFlipPValue")
    let magnitudes = differences.map { abs($0) }
    let observed = abs(differences.reduce(0, +))
    // Sums in another order differ by rounding: what is equal on paper must count as equal.
    let threshold = observed - 1e-10 * magnitudes.reduce(0, +)
    return differences.count <= 20
      ? exactSignFlips(magnitudes, threshold: threshold)
      : sampledSignFlips(magnitudes, threshold: threshold, samples: samples, seed: seed)
  }

  /// Compares two samples of the same items.
  ///
  /// - Precondition: equally many values, at least two.
  public static func pairedDifference(
    _ a: [Double], _ b: [Double], level: Double = 0.95, resamples: Int = 10_000, seed: UInt64 = 0
  ) -> PairedDifference {
    precondition(
      a.count == b.count, "Statistics.pairedDifference: expected equally many values, got \(a.count) and \(b.count)")
    let differences = zip(a, b).map { $0 - $1 }
    requireSamples(differences, 2, "pairedDifference")
    return PairedDifference(
      count: differences.count, mean: mean(differences), studentInterval: meanInterval(differences, level: level),
      bootstrapInterval: bootstrapInterval(differences, level: level, resamples: resamples, seed: seed),
      pValue: signFlipPValue(differences, seed: seed))
  }

  /// Walks through all sign patterns in Gray-code order; each step flips one sign.
  private static func exactSignFlips(_ magnitudes: [Double], threshold: Double) -> Double {
    let patterns = 1 << magnitudes.count
    var signs = [Double](repeating: 1, count: magnitudes.count)
    var sum = magnitudes.reduce(0, +)
    var extreme = abs(sum) >= threshold ? 1 : 0
    for pattern in 1..<patterns {
      let flipped = pattern.trailingZeroBitCount
      signs[flipped] = -signs[flipped]
      sum += 2 * signs[flipped] * magnitudes[flipped]
      if abs(sum) >= threshold { extreme += 1 }
    }
    return Double(extreme) / Double(patterns)
  }

  private static func sampledSignFlips(
    _ magnitudes: [Double], threshold: Double, samples: Int, seed: UInt64
  ) -> Double {
    precondition(samples > 0, "Statistics.signFlipPValue: expected samples > 0, got \(samples)")
    var random = SplitMix64(seed: seed)
    var extreme = 0
    for _ in 0..<samples {
      var sum = 0.0
      var bits: UInt64 = 0
      for (index, magnitude) in magnitudes.enumerated() {
        if index % 64 == 0 { bits = random.next() }
        sum += bits & 1 == 0 ? magnitude : -magnitude
        bits >>= 1
      }
      if abs(sum) >= threshold { extreme += 1 }
    }
    return Double(extreme + 1) / Double(samples + 1)
  }
}
