// The assignment of estimates to sources against every permutation.
import SpatialAudio
import TestSupport
import Testing

@Suite("Scene errors")
struct SceneErrorsTests {
  /// The least sum over all injective maps of the smaller side into the larger, written without cleverness.
  private func leastSum(_ a: [Direction], _ b: [Direction]) -> Double {
    guard let first = a.first else { return 0 }
    var best = Double.infinity
    for (index, other) in b.enumerated() {
      var rest = b
      rest.remove(at: index)
      best = min(best, first.angle(to: other) + leastSum(Array(a.dropFirst()), rest))
    }
    return best
  }

  @Test("the assignment is the best one, in both shapes")
  func assignment() {
    forAll(60) { random, seed in
      func directions() -> [Direction] {
        (0..<Int(random.next() % 5)).map { _ in
          Direction(azimuth: Double(random.next() % 360), elevation: Double(random.next() % 180) - 90)
        }
      }
      let (estimates, truth) = (directions(), directions())
      let errors = SceneErrors(estimates: estimates, truth: truth)
      #expect(errors.angles.count == min(estimates.count, truth.count), "seed \(seed)")
      #expect(errors.misses == max(0, truth.count - estimates.count), "seed \(seed)")
      #expect(errors.falseAlarms == max(0, estimates.count - truth.count), "seed \(seed)")
      let expected =
        estimates.count <= truth.count ? leastSum(estimates, truth) : leastSum(truth, estimates)
      #expect(abs(errors.angles.reduce(0, +) - expected) < 1e-9, "seed \(seed)")
    }
  }

  @Test("hits count angles up to the limit")
  func hits() {
    let errors = SceneErrors(
      estimates: [Direction(azimuth: 0), Direction(azimuth: 100)],
      truth: [Direction(azimuth: 90), Direction(azimuth: 25), Direction(azimuth: 180)])
    #expect(errors.misses == 1 && errors.falseAlarms == 0)
    #expect(errors.hits(within: 20) == 1 && errors.hits(within: 30) == 2)
  }
}
