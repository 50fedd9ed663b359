// The 2×2 table of paired outcomes, McNemar's exact test, and the bootstrap of clusters.

import Lab
import Testing

@Suite("Paired outcomes")
struct StatisticsPairedTests {
  /// Binomial coefficients by Pascal's triangle.
  private static func naive(_ b: Int, _ c: Int) -> Double {
    var row = [1.0]
    for _ in 0..<(b + c) {
      row = (0...row.count).map { ($0 > 0 ? row[$0 - 1] : 0) + ($0 < row.count ? row[$0] : 0) }
    }
    let all = row.reduce(0, +)
    return min(1, 2 * row[0...min(b, c)].reduce(0, +) / all)
  }

  @Test("the exact p-value equals sums over Pascal's triangle")
  func exact() {
    for b in 0...13 {
      for c in 0...13 {
        let p = Statistics.mcNemarPValue(onlyFirst: b, onlySecond: c)
        #expect(abs(p - Self.naive(b, c)) < 1e-12, "\(b), \(c): \(p)")
      }
    }
    #expect(Statistics.mcNemarPValue(onlyFirst: 0, onlySecond: 0) == 1)
    #expect(Statistics.mcNemarPValue(onlyFirst: 0, onlySecond: 5) == 0.0625)
  }

  @Test("thousands of discordant pairs give a finite value")
  func large() {
    #expect(Statistics.mcNemarPValue(onlyFirst: 5000, onlySecond: 5000) == 1)
    let p = Statistics.mcNemarPValue(onlyFirst: 4000, onlySecond: 6000)
    #expect(p >= 0 && p < 1e-50)
  }

  @Test("pairs are counted into the table")
  func table() {
    let pairs = [(true, true), (true, false), (true, false), (false, true), (false, false)]
    let table = PairedOutcomes(pairs.map { (first: $0.0, second: $0.1) })
    #expect(table == PairedOutcomes(both: 1, onlyFirst: 2, onlySecond: 1, neither: 1))
    #expect(table.count == 5 && abs(table.difference - 0.2) < 1e-15 && table.pValue == 1)
    #expect(PairedOutcomes().difference == 0)
  }

  @Test("a cluster for each value is the plain bootstrap, draw by draw")
  func singleClusters() {
    let values = (0..<37).map { Double($0 * $0 % 11) }
    let plain = Statistics.bootstrapInterval(values, resamples: 500, seed: 3)
    let clustered = Statistics.bootstrapInterval(values, clusters: Array(values.indices), resamples: 500, seed: 3)
    #expect(plain == clustered)
  }

  @Test("equal values in clusters widen the interval about as the square root of their number")
  func widening() {
    let distinct = (0..<60).map { Double(($0 * 7) % 13) }
    let values = distinct.flatMap { [$0, $0, $0, $0] }
    let clusters = distinct.indices.flatMap { [$0, $0, $0, $0] }
    func width(_ interval: Interval) -> Double { interval.upper - interval.lower }
    let plain = width(Statistics.bootstrapInterval(values, resamples: 2000, seed: 5))
    let clustered = width(Statistics.bootstrapInterval(values, clusters: clusters, resamples: 2000, seed: 5))
    #expect((1.7...2.3).contains(clustered / plain), "\(clustered) / \(plain)")
    let one = Statistics.bootstrapInterval(values, clusters: values.map { _ in 9 }, resamples: 10)
    #expect(one.lower == one.upper && abs(one.lower - Statistics.mean(values)) < 1e-12)
  }
}
