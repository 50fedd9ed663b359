// The loss of slots against a formula in float64 that tries every permutation, and its gradient against differences.
import Foundation
import NN
import SpatialAudio
import Tensor
import TestSupport
import Testing

@Suite("Slot loss")
struct SlotLossTests {
  private static let (slots, moments, classes) = (4, 5, 3)

  /// Outputs of an encoder as numbers: existence, activity, slots, room.
  private static func outputs(_ random: inout TestRandom, batch: Int) -> [Tensor] {
    [[batch, slots], [batch, slots, moments], [batch, slots, 4 + classes], [batch, 2]].map { random.tensor($0) }
  }

  private static func run(
    _ values: [Tensor], _ targets: [SceneTarget], _ weights: EncoderLossWeights
  ) -> (loss: SlotLoss, gradients: [Tensor]) {
    let tape = Tape()
    let leaves = values.map { tape.leaf($0) }
    let output = SpatialEncoder.Output(
      dense: leaves[0], existence: leaves[0], activity: leaves[1], slots: leaves[2], room: leaves[3], tracks: nil)
    let loss = slotLoss(output, targets: targets, weights: weights)
    tape.backward(from: loss.sum)
    return (loss, leaves.map { tape.gradient(of: $0) })
  }

  private static let weights: EncoderLossWeights = {
    var weights = EncoderLossWeights()
    (weights.existence, weights.activity, weights.direction) = (0.7, 1.3, 2.5)
    (weights.distance, weights.classes, weights.room) = (0.4, 1.1, 0.6)
    return weights
  }()

  @Test("value and gradient are those of the formula with the best of all permutations")
  func matchesTheFormula() {
    forAll(12) { random, seed in
      let counts = [Int(seed % 4), 1 + Int(seed / 4 % 3)].map { min($0, 3) }
      guard counts.contains(where: { $0 > 0 }) else { return }
      let targets = counts.map {
        SceneTarget.random(&random, sources: $0, classes: Self.classes, moments: Self.moments)
      }
      let values = Self.outputs(&random, batch: 2)
      let doubles = values.map { tensor in tensor.withElements { $0.map(Double.init) } }
      let (loss, gradients) = Self.run(values, targets, Self.weights)
      let formula = SlotFormula(weights: Self.weights, slots: Self.slots, moments: Self.moments, classes: Self.classes)
      let assignments = targets.indices.map { formula.best(doubles, targets[$0], entry: $0) }
      #expect(loss.assignments == assignments, "seed \(seed)")
      let value = formula.loss(doubles, targets, assignments)
      #expect(abs(Double(loss.sum.value.elements[0]) - value) <= 2e-6 * max(1, abs(value)), "seed \(seed)")
      let slopes = gradients.map { tensor in tensor.withElements { $0.map(Double.init) } }
      let error = GradientCheck.error(of: slopes, at: doubles) { formula.loss($0, targets, assignments) }
      #expect(error < 2e-5, "seed \(seed): gradient off by \(error)")
    }
  }

  @Test("the order of a scene's sources does not matter, and slots that match exactly cost least")
  func isInvariantToTheOrderOfSources() {
    forAll(8, seed: 100) { random, seed in
      var target = SceneTarget.random(&random, sources: 3, classes: Self.classes, moments: Self.moments)
      let values = Self.outputs(&random, batch: 1)
      let first = Self.run(values, [target], Self.weights)
      target.sources.swapAt(0, 2)
      let second = Self.run(values, [target], Self.weights)
      #expect(abs(first.loss.sum.value.elements[0] - second.loss.sum.value.elements[0]) < 1e-5, "seed \(seed)")
      #expect(first.loss.assignments[0] == second.loss.assignments[0].reversed(), "seed \(seed)")
    }
  }

  @Test("a scene without sources teaches that the first slot is none")
  func teachesSilence() {
    var random = TestRandom(seed: 3)
    let target = SceneTarget(sources: [], decay: 0.4, volume: 90)
    let full = SceneTarget.random(&random, sources: 1, classes: Self.classes, moments: Self.moments)
    let (loss, gradients) = Self.run(Self.outputs(&random, batch: 2), [target, full], Self.weights)
    #expect(loss.assignments == [[], [0]])
    #expect(gradients[0].elements[0] > 0 && gradients[0].elements[1] == 0)
    #expect(gradients[2].elements[0..<Self.slots * (4 + Self.classes)].allSatisfy { $0 == 0 })
  }
}

/// The loss as it is written in the documentation, in float64.
private struct SlotFormula {
  let weights: EncoderLossWeights
  let slots: Int
  let moments: Int
  let classes: Int

  private func row(_ values: [[Double]], _ entry: Int, _ slot: Int) -> [Double] {
    let width = 4 + classes, first = (entry * slots + slot) * width
    return Array(values[2][first..<first + width])
  }

  private func cosine(_ row: [Double], _ source: SceneTarget.Source) -> Double {
    let length = (row[0] * row[0] + row[1] * row[1] + row[2] * row[2]).squareRoot()
    let truth = source.place.direction.unit
    return (row[0] * truth.x + row[1] * truth.y + row[2] * truth.z) / length
  }

  private func crossEntropy(_ row: [Double], _ source: SceneTarget.Source) -> Double {
    log(row[4...].reduce(0) { $0 + exp($1) }) - row[4 + source.classIndex]
  }

  private func binary(_ logit: Double, _ truth: Bool) -> Double {
    let probability = 1 / (1 + exp(-logit))
    return -log(truth ? probability : 1 - probability)
  }

  private func smooth(_ x: Double) -> Double { abs(x) < 0.25 ? 2 * x * x : abs(x) - 0.125 }

  private static func permutations(_ items: [Int]) -> [[Int]] {
    items.isEmpty
      ? [[]]
      : items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
  }

  /// The slot of each source.
  func best(_ values: [[Double]], _ target: SceneTarget, entry: Int) -> [Int] {
    let count = target.sources.count
    return Self.permutations(Array(0..<count)).min { left, right in
      func cost(_ order: [Int]) -> Double {
        zip(target.sources, order).reduce(0) { sum, pair in
          let row = row(values, entry, pair.1)
          return sum + 1 - cosine(row, pair.0) + 0.5 * crossEntropy(row, pair.0)
            + 0.2 * abs(row[3] - log(pair.0.place.distance))
        }
      }
      return cost(left) < cost(right)
    } ?? []
  }

  func loss(_ values: [[Double]], _ targets: [SceneTarget], _ assignments: [[Int]]) -> Double {
    let pairs = Double(targets.reduce(0) { $0 + $1.sources.count })
    var (existence, activity, direction, distance, classes, room) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for (entry, target) in targets.enumerated() {
      for slot in 0...target.sources.count {
        existence += binary(values[0][entry * slots + slot], slot < target.sources.count)
      }
      for (source, slot) in zip(target.sources, assignments[entry]) {
        let row = row(values, entry, slot)
        for moment in 0..<moments {
          activity += binary(values[1][(entry * slots + slot) * moments + moment], source.activity[moment])
        }
        direction += (2 * (1 - cosine(row, source))).squareRoot()
        distance += smooth(row[3] - log(source.place.distance))
        classes += crossEntropy(row, source)
      }
      room += smooth(values[3][entry * 2] - log(target.decay / RoomScale.decay))
      room += smooth(values[3][entry * 2 + 1] - log(target.volume / RoomScale.volume))
    }
    let scenes = Double(targets.count)
    let parts = [
      (weights.existence, existence / (pairs + scenes)), (weights.activity, activity / (pairs * Double(moments))),
      (weights.direction, direction / pairs), (weights.distance, distance / pairs), (weights.classes, classes / pairs),
      (weights.room, room / (2 * scenes)),
    ]
    return parts.reduce(0) { $0 + Double($1.0) * $1.1 }
  }
}
