// 1,000 random cases against a second implementation in another language (Scripts/golden/seld.py).
// Not here: cases with numbers from hand (SegmentSELDMetricsTests.swift and its neighbours).
import Foundation
import Lab
import SpatialAudio
import Testing

private struct Golden: Decodable {
  var cases: [[Double?]]

  static func load(_ number: Int) throws -> Golden {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/Golden/seld-\(number).json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}

/// Overall values, a sum over the values of the classes with the number of undefined ones, and the interval of SELD.
private func evaluated<Metric: SELDMetric>(_ metric: Metric, _ files: [MetricFile]) -> [Double] {
  var scoring = MetricAccumulator(metric)
  for file in files { scoring.add(reference: file.reference, prediction: file.prediction) }
  let classes = scoring.classScores.flatMap(\.values)
  let digest = classes.enumerated().reduce(0) { $0 + ($1.element.isNaN ? 0 : Double($1.offset + 1) * $1.element) }
  let place = Metric.Score.quantities.firstIndex { $0.key == "seld" } ?? 0
  let interval = scoring.jackknife()[place].interval
  return scoring.score.values + [digest, Double(classes.count { $0.isNaN }), interval.lower, interval.upper]
}

@Suite("SELD metrics beside a second implementation")
struct SELDGoldenTests {
  @Test("values, class values and intervals agree to 1e-9", arguments: 1...4)
  func agree(fixture: Int) throws {
    let golden = try Golden.load(fixture)
    #expect(golden.cases.count == 250)
    for row in golden.cases {
      let seed = try #require(row[0])
      let sample = MetricCase(seed: UInt64(seed))
      let values =
        evaluated(sample.segments, sample.files) + evaluated(sample.frames, sample.files)
        + evaluated(sample.detection, sample.files)
      try #require(values.count == row.count - 1)
      for (index, value) in values.enumerated() {
        let expected = row[index + 1] ?? .nan
        let isEqual = value.isNaN ? expected.isNaN : abs(value - expected) <= 1e-9 * max(1, abs(expected))
        #expect(isEqual, "seed \(seed), value \(index): \(value), expected \(expected)")
      }
    }
  }
}
