// The jackknife against its definition, and over files against scoring without each of them.
import Foundation
import Lab
import SpatialAudio
import TestSupport
import Testing

@Suite("Jackknife")
struct JackknifeTests {
  @Test("the jackknife of a mean is its Student interval")
  func mean() {
    forAll(20, seed: 3) { random, seed in
      let values = (0..<Int.random(in: 2...12, using: &random)).map { _ in random.normal() }
      let partial = values.indices.map { left in
        Statistics.mean(values.indices.filter { $0 != left }.map { values[$0] })
      }
      let result = Jackknife(value: Statistics.mean(values), partial: partial)
      let expected = Statistics.meanInterval(values)
      #expect(abs(result.bias) < 1e-12, "seed \(seed)")
      #expect(abs(result.standardError - Statistics.standardError(values)) < 1e-12, "seed \(seed)")
      #expect(abs(result.interval.lower - expected.lower) < 1e-9, "seed \(seed)")
      #expect(abs(result.margin - (expected.upper - expected.lower) / 2) < 1e-9, "seed \(seed)")
    }
  }

  @Test("the bias of the plain variance is removed")
  func variance() {
    let values = [1.0, 2, 4, 8, 9.5]
    let variance = { (sample: [Double]) in
      sample.reduce(0) { $0 + pow($1 - Statistics.mean(sample), 2) } / Double(sample.count)
    }
    let partial = values.indices.map { left in variance(values.indices.filter { $0 != left }.map { values[$0] }) }
    let result = Jackknife(value: variance(values), partial: partial)
    #expect(abs(result.estimate - Statistics.variance(values)) < 1e-12)
    #expect(result.value == variance(values))
  }

  @Test("too few parts, or one without a value: no interval")
  func undefined() {
    for partial in [[], [1], [1, .nan], [1, .infinity]] {
      let result = Jackknife(value: 1, partial: partial)
      #expect(result.value == 1 && result.estimate.isNaN && result.interval.lower.isNaN, "\(partial)")
    }
    #expect(Jackknife(value: .nan, partial: [1, 2]).interval.upper.isNaN)
  }

  @Test("leaving out a file is scoring the others")
  func files() {
    for seed: UInt64 in [1, 2, 3, 5, 8, 13, 21, 34] {
      let sample = MetricCase(seed: seed)
      var scoring = MetricAccumulator(sample.frames)
      for file in sample.files { scoring.add(reference: file.reference, prediction: file.prediction) }
      let naive = sample.files.indices.map { left in
        var others = MetricAccumulator(sample.frames)
        for (index, file) in sample.files.enumerated() where index != left {
          others.add(reference: file.reference, prediction: file.prediction)
        }
        return others
      }
      for (quantity, result) in scoring.jackknife().enumerated() {
        let expected = Jackknife(
          value: scoring.score.values[quantity], partial: naive.map { $0.score.values[quantity] })
        #expect(same(result, expected), "seed \(seed), quantity \(quantity)")
      }
      for classIndex in 0..<sample.classes {
        let expected = Jackknife(
          value: scoring.classScores[classIndex].fScore, partial: naive.map { $0.classScores[classIndex].fScore })
        #expect(same(scoring.classJackknife()[classIndex][0], expected), "seed \(seed), class \(classIndex)")
      }
    }
  }

  private func same(_ a: Jackknife, _ b: Jackknife) -> Bool {
    zip([a.interval.lower, a.interval.upper, a.bias], [b.interval.lower, b.interval.upper, b.bias]).allSatisfy {
      ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-9 * max(1, abs($1))
    }
  }
}
