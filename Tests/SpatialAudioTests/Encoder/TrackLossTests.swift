// Multi-ACCDOA's loss against the thirteen candidates of its publication in float64, and its gradient.
import Foundation
import NN
import SpatialAudio
import Tensor
import TestSupport
import Testing

@Suite("Track loss")
struct TrackLossTests {
  private static let (classes, moments) = (2, 4)

  /// The targets of three tracks for 1, 2 and 3 sources of a class: the 1 + 6 + 6 arrangements.
  private static let arrangements: [[[Int]]] = [
    [[0, 0, 0]],
    [[0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0]],
    [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]],
  ]

  private static func values(_ place: SceneTarget.Place) -> [Double] {
    let unit = place.direction.unit
    return [unit.x, unit.y, unit.z, place.distance / 4]
  }

  /// As published: groups A (one source), B (two) and C (three), of which the two that do not apply hold zeros; each
  /// candidate is the arrangement of one group plus the first ones of the other two.
  private static func formula(_ output: [Double], _ targets: [SceneTarget]) -> Double {
    let width = 3 * classes * 4
    var total = 0.0
    for (entry, target) in targets.enumerated() {
      for moment in 0..<moments {
        for classIndex in 0..<classes {
          let active = target.sources.filter { $0.classIndex == classIndex && $0.activity[moment] }
            .prefix(3).map { values($0.places[moment]) }
          func group(_ size: Int, _ arrangement: [Int]) -> [[Double]] {
            arrangement.map { active.count == size ? active[$0] : [0, 0, 0, 0] }
          }
          var candidates: [[[Double]]] = []
          for size in 1...3 {
            for arrangement in arrangements[size - 1] {
              var tracks = group(size, arrangement)
              for other in 1...3 where other != size {
                let padding = group(other, arrangements[other - 1][0])
                for track in 0..<3 { for axis in 0..<4 { tracks[track][axis] += padding[track][axis] } }
              }
              candidates.append(tracks)
            }
          }
          #expect(candidates.count == 13)
          let base = (entry * moments + moment) * width
          total +=
            candidates.map { tracks in
              (0..<3).reduce(0.0) { sum, track in
                (0..<4).reduce(sum) { sum, axis in
                  let value = output[base + (track * classes + classIndex) * 4 + axis]
                  return sum + (value - tracks[track][axis]) * (value - tracks[track][axis])
                }
              }
            }.min() ?? 0
        }
      }
    }
    return total / Double(targets.count * moments * width)
  }

  @Test("value and gradient are those of the published candidates")
  func matchesThePublication() {
    forAll(10) { random, seed in
      // Up to five sources of two classes: none, one, two, three and more of a class at once.
      let targets = [5, Int(seed % 4)].map {
        SceneTarget.random(&random, sources: $0, classes: Self.classes, moments: Self.moments)
      }
      let output = random.tensor([2, Self.moments, 3 * Self.classes * 4], deviation: 0.6)
      let tape = Tape()
      let leaf = tape.leaf(output)
      let loss = trackLoss(leaf, targets: targets)
      tape.backward(from: loss)
      let doubles = output.withElements { $0.map(Double.init) }
      let expected = Self.formula(doubles, targets)
      #expect(abs(Double(loss.value.elements[0]) - expected) < 1e-6 * max(1, expected), "seed \(seed)")
      let slope = tape.gradient(of: leaf).withElements { $0.map(Double.init) }
      let error = GradientCheck.error(of: [slope], at: [doubles]) { Self.formula($0[0], targets) }
      #expect(error < 1e-5, "seed \(seed): gradient off by \(error)")
    }
  }

  @Test("exact tracks cost nothing, whichever track has which source")
  func exactTracksCostNothing() {
    var random = TestRandom(seed: 9)
    var target = SceneTarget.random(&random, sources: 2, classes: Self.classes, moments: 1)
    for index in 0..<2 {
      target.sources[index].classIndex = 1
      target.sources[index].activity = [true]
    }
    for arrangement in Self.arrangements[1] {
      var output = [Float](repeating: 0, count: 3 * Self.classes * 4)
      for (track, source) in arrangement.enumerated() {
        for (axis, value) in Self.values(target.sources[source].place).enumerated() {
          output[(track * Self.classes + 1) * 4 + axis] = Float(value)
        }
      }
      let loss = trackLoss(Variable(Tensor(output, shape: [1, 1, output.count])), targets: [target])
      #expect(loss.value.elements[0] < 1e-12, "\(arrangement)")
    }
  }
}
