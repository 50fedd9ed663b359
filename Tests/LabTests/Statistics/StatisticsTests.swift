// Estimates and intervals against numpy and scipy (Scripts/golden/statistics_fixtures.py).

import Foundation
import Lab
import Testing

private struct Golden: Decodable {
  struct Sample: Decodable {
    var values: [Double]
    var mean: Double
    var median: Double
    var mad: Double
    var quantiles: [[Double]]
    var variance: Double?
    var standardError: Double?
    var intervals: [[Double]]?
    var geometricMean: Double?
  }

  struct Bootstrap: Decodable {
    var values: [Double]
    var seed: UInt64
    var resamples: Int
    var interval: [Double]
    var scipy_interval: [Double]
  }

  struct Sequence: Decodable {
    var seed: UInt64
    var values: [String]
  }

  struct SignFlip: Decodable {
    var differences: [Double]
    var p: Double
  }

  struct Paired: Decodable {
    var a: [Double]
    var b: [Double]
    var mean: Double
    var interval: [Double]
    var p: Double
  }

  var samples: [Sample]
  var wilson: [[Double]]
  var student: [[Double]]
  var normal: [[Double]]
  var bootstrap: Bootstrap
  var splitmix64: Sequence
  var sign_flips: [SignFlip]
  var paired: Paired

  static func load() throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: fixture("statistics.json")))
  }
}

/// Relative to the larger of the values and 1.
private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

@Suite struct StatisticsTests {
  private let golden: Golden

  init() throws { golden = try Golden.load() }

  @Test func describingSamples() {
    for sample in golden.samples {
      let values = sample.values
      #expect(isClose(Statistics.mean(values), sample.mean), "\(values)")
      #expect(isClose(Statistics.median(values), sample.median), "\(values)")
      #expect(isClose(Statistics.medianAbsoluteDeviation(values), sample.mad), "\(values)")
      for pair in sample.quantiles {
        #expect(isClose(Statistics.quantile(values, pair[0]), pair[1]), "\(pair[0]) of \(values)")
      }
      if let variance = sample.variance, let error = sample.standardError {
        // Around 1e9 the mean itself has an error of 1e-7.
        #expect(isClose(Statistics.variance(values), variance, 1e-10), "\(values)")
        #expect(isClose(Statistics.standardError(values), error, 1e-10), "\(values)")
        #expect(isClose(Statistics.standardDeviation(values), variance.squareRoot(), 1e-10), "\(values)")
      }
      if let mean = sample.geometricMean { #expect(isClose(Statistics.geometricMean(values), mean, 1e-11)) }
      for interval in sample.intervals ?? [] where interval.allSatisfy(\.isFinite) {
        let ours = Statistics.meanInterval(values, level: interval[0])
        #expect(isClose(ours.lower, interval[1], 1e-10), "level \(interval[0]) of \(values)")
        #expect(isClose(ours.upper, interval[2], 1e-10), "level \(interval[0]) of \(values)")
      }
    }
  }

  @Test func wilsonIntervals() {
    for row in golden.wilson {
      let ours = Statistics.wilsonInterval(successes: Int(row[0]), trials: Int(row[1]), level: row[2])
      #expect(isClose(ours.lower, row[3]), "\(row)")
      #expect(isClose(ours.upper, row[4]), "\(row)")
    }
  }

  @Test func quantilesOfDistributions() {
    for row in golden.student {
      let ours = Distributions.studentQuantile(row[1], degrees: row[0])
      // The logarithms of the gamma function grow with the degrees, and their rounding with them.
      #expect(
        isClose(ours, row[2], row[0] > 1e5 ? 1e-9 : 1e-10),
        "t with \(row[0]) degrees at \(row[1]): \(ours), not \(row[2])")
    }
    for row in golden.normal {
      let ours = Distributions.normalQuantile(row[0])
      #expect(isClose(ours, row[1]), "normal at \(row[0]): \(ours), not \(row[1])")
    }
  }

  @Test func theGeneratorIsThePublishedOne() {
    var random = SplitMix64(seed: golden.splitmix64.seed)
    #expect(golden.splitmix64.values.map { UInt64($0) } == golden.splitmix64.values.map { _ in random.next() })
  }

  @Test func bootstrap() {
    let case_ = golden.bootstrap
    let ours = Statistics.bootstrapInterval(case_.values, resamples: case_.resamples, seed: case_.seed)
    #expect(isClose(ours.lower, case_.interval[0]))
    #expect(isClose(ours.upper, case_.interval[1]))
    // The ends of an independent implementation with its own random numbers, within the noise of 10,000 resamples.
    let many = Statistics.bootstrapInterval(case_.values, seed: 1)
    let width = case_.scipy_interval[1] - case_.scipy_interval[0]
    #expect(abs(many.lower - case_.scipy_interval[0]) < 0.03 * width)
    #expect(abs(many.upper - case_.scipy_interval[1]) < 0.03 * width)
    let medians = Statistics.bootstrapInterval(case_.values, resamples: 500, statistic: Statistics.median)
    #expect(medians.contains(Statistics.median(case_.values)))
  }

  @Test func signFlips() {
    for flip in golden.sign_flips {
      #expect(isClose(Statistics.signFlipPValue(flip.differences), flip.p), "\(flip.differences)")
    }
  }

  @Test func sampledSignFlipsAgreeWithExactOnes() {
    // 20 differences are counted exactly; a 21st of 0 changes nothing but the method.
    var random = SplitMix64(seed: 3)
    let differences = (0..<20).map { _ in Double(random.next() >> 11) * 0x1p-53 - 0.35 }
    let exact = Statistics.signFlipPValue(differences)
    let sampled = Statistics.signFlipPValue(differences + [0], seed: 5)
    // Five standard errors of a share over 100,000 samples.
    #expect(abs(exact - sampled) < 5 * (exact * (1 - exact) / 100_000).squareRoot() + 1e-5, "\(exact), \(sampled)")
    #expect(exact > 0.001 && exact < 0.5)
  }

  @Test func pairedDifferences() {
    let ours = Statistics.pairedDifference(golden.paired.a, golden.paired.b)
    #expect(ours.count == golden.paired.a.count)
    #expect(isClose(ours.mean, golden.paired.mean))
    #expect(isClose(ours.studentInterval.lower, golden.paired.interval[0], 1e-10))
    #expect(isClose(ours.studentInterval.upper, golden.paired.interval[1], 1e-10))
    #expect(isClose(ours.pValue, golden.paired.p))
    #expect(ours.bootstrapInterval.contains(ours.mean))
  }

  @Test func intervalsCoverAsOftenAsTheyPromise() {
    // 400 samples of 10 uniform numbers: the 90% interval covers the true mean 360 times, give or take 6 a deviation.
    var random = SplitMix64(seed: 11)
    let covered = (0..<400).count { _ in
      let values = (0..<10).map { _ in Double(random.next() >> 11) * 0x1p-53 }
      return Statistics.meanInterval(values, level: 0.9).contains(0.5)
    }
    #expect((330...390).contains(covered), "covered \(covered) of 400")
  }
}
