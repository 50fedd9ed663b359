// The loss of slots: sources are assigned to the first slots at the least cost, then each pair is taught.
// Not here: the tracks of multi-ACCDOA (TrackLoss.swift).

import Foundation
public import NN
import Tensor

/// How much each part of the loss counts.
public struct EncoderLossWeights: Codable, Equatable, Sendable {
  /// Whether a slot is a source.
  public var existence: Float = 1
  /// Whether a source sounds in a moment.
  public var activity: Float = 1
  /// The length of the chord between the true and the predicted direction.
  public var direction: Float = 3
  /// The logarithm of the distance.
  public var distance: Float = 1
  /// The class.
  public var classes: Float = 1
  /// The logarithms of decay time and volume.
  public var room: Float = 0.3
  /// The tracks of multi-ACCDOA.
  public var tracks: Float = 3

  /// The defaults.
  public init() {}
}

/// The parts of a slot loss, each a mean before its weight.
public struct SlotLossParts: Equatable, Sendable {
  /// Binary cross-entropy over the slots that are sources and the first that is none.
  public var existence = 0.0
  /// Binary cross-entropy over the moments of matched slots.
  public var activity = 0.0
  /// Mean chord.
  public var direction = 0.0
  /// Mean smooth L1 of the logarithm.
  public var distance = 0.0
  /// Mean cross-entropy.
  public var classes = 0.0
  /// Mean smooth L1 of both logarithms.
  public var room = 0.0
}

/// A slot loss with its parts and the assignment that it rests on.
public struct SlotLoss {
  /// The weighted sum, `[1]`.
  public let sum: Variable
  /// The parts.
  public let parts: SlotLossParts
  /// For each scene the slot of each source.
  public let assignments: [[Int]]
}

/// The loss of an encoder's slots and room against scenes.
///
/// The N sources of a scene belong to its first N slots, in the order that makes the sum over pairs of
/// `(1 − u·u*) + ½ CE(class) + 0.2 |Δ ln d|` least. Existence is 1 for those and 0 for the slot after them; later slots
/// are not taught. Direction counts as the chord `‖u − u*‖`, whose mean is near to the mean angle, where `1 − u·u*` would
/// be near to its mean square.
///
/// > Source: arXiv 2106.10654, equations 11 to 14, for existence and activity under the best permutation.
/// - Precondition: as many targets as batch entries, each with at most K sources of known classes.
public func slotLoss(
  _ output: SpatialEncoder.Output, targets: [SceneTarget], weights: EncoderLossWeights
) -> SlotLoss {
  var sum = SlotLossSum(output, targets: targets, weights: weights)
  sum.run(targets)
  let inputs = [output.existence, output.activity, output.slots, output.room]
  let (slopes, destinations) = (sum.slopes, inputs.map(\.target))
  let total = Variable(Tensor([Float(sum.total)]), from: inputs, op: "slotLoss") { gradient, gradients in
    for (slope, destination) in zip(slopes, destinations) {
      gradients.add(to: destination) { Tensor.add(slope, scale: gradient.scalar, into: $0) }
    }
  }
  return SlotLoss(sum: total, parts: sum.parts, assignments: sum.assignments)
}

/// The sums of one batch, with their derivatives.
private struct SlotLossSum {
  private let existence: Tensor
  private let activity: Tensor
  private let slots: Tensor
  private let room: Tensor
  private let weights: EncoderLossWeights
  private let (slotCount, moments, columns): (Int, Int, Int)
  private let pairs: Int
  var parts = SlotLossParts()
  var assignments: [[Int]] = []
  /// Derivatives of the weighted sum by existence, activity, slots and room.
  let slopes: [Tensor]

  init(_ output: SpatialEncoder.Output, targets: [SceneTarget], weights: EncoderLossWeights) {
    (existence, activity) = (output.existence.value, output.activity.value)
    (slots, room) = (output.slots.value, output.room.value)
    self.weights = weights
    (slotCount, moments, columns) = (activity.shape[1], activity.shape[2], slots.shape[2])
    pairs = targets.reduce(0) { $0 + $1.sources.count }
    let shape = existence.shape
    slopes = [existence, activity, slots, room].map { Tensor(zeros: $0.shape) }
    precondition(
      targets.count == shape[0] && targets.allSatisfy { $0.sources.count < shape[1] },
      "slotLoss: \(targets.count) scenes of \(targets.map(\.sources.count)) sources for \(shape)")
  }

  var total: Double {
    Double(weights.existence) * parts.existence + Double(weights.activity) * parts.activity
      + Double(weights.direction) * parts.direction + Double(weights.distance) * parts.distance
      + Double(weights.classes) * parts.classes + Double(weights.room) * parts.room
  }

  mutating func run(_ targets: [SceneTarget]) {
    for (entry, target) in targets.enumerated() {
      let assignment = assign(target.sources, entry)
      assignments.append(assignment)
      teachExistence(entry, sources: target.sources.count, scenes: targets.count)
      for (source, slot) in zip(target.sources, assignment) { teach(source, entry * slotCount + slot) }
      teachRoom(target, entry, scenes: targets.count)
    }
  }

  private func row(_ slot: Int) -> UnsafeMutablePointer<Float> { slots.base + slot * columns }

  private func assign(_ sources: [SceneTarget.Source], _ entry: Int) -> [Int] {
    let count = sources.count
    let costs = sources.flatMap { source in
      (0..<count).map { slot -> Double in
        let values = row(entry * slotCount + slot)
        let (unit, _) = Self.unit(values)
        let gap = Double(values[SlotColumns.distance]) - log(source.place.distance)
        return 1 - unit.dot(source.place.direction.unit) + 0.5 * crossEntropy(values, source.classIndex) + 0.2
          * abs(gap)
      }
    }
    return Assignment.minimumSum(costs: costs, rows: count, columns: count).map(\.column)
  }

  private static func unit(_ values: UnsafeMutablePointer<Float>) -> (Vector, length: Double) {
    let vector = Vector(Double(values[0]), Double(values[1]), Double(values[2]))
    let length = max(1e-6, vector.length)
    return (vector / length, length)
  }

  private func crossEntropy(_ values: UnsafeMutablePointer<Float>, _ classIndex: Int) -> Double {
    let logits = (SlotColumns.fixed..<columns).map { Double(values[$0]) }
    let top = logits.max() ?? 0
    return top + log(logits.reduce(0) { $0 + exp($1 - top) }) - logits[classIndex]
  }

  // MARK: Parts

  private mutating func teachExistence(_ entry: Int, sources: Int, scenes: Int) {
    let share = 1 / Double(pairs + scenes)
    for slot in 0...sources {
      let at = entry * slotCount + slot
      parts.existence += share * binary(existence, slopes[0], at, slot < sources, Double(weights.existence) * share)
    }
  }

  /// Binary cross-entropy of a logit; its derivative times `scale` is written.
  private func binary(_ logits: Tensor, _ slope: Tensor, _ at: Int, _ truth: Bool, _ scale: Double) -> Double {
    let logit = Double(logits.base[at])
    slope.base[at] = Float(scale * (1 / (1 + exp(-logit)) - (truth ? 1 : 0)))
    return max(logit, 0) - (truth ? logit : 0) + log1p(exp(-abs(logit)))
  }

  private mutating func teach(_ source: SceneTarget.Source, _ slot: Int) {
    let share = 1 / Double(pairs), moment = share / Double(moments)
    for index in 0..<moments {
      parts.activity +=
        moment
        * binary(
          activity, slopes[1], slot * moments + index, source.activity[index], Double(weights.activity) * moment)
    }
    let (values, slope) = (row(slot), slopes[2].base + slot * columns)
    // The chord of c = u·u* is √(2(1 − c)); its slope by the direction that is not normalised is −(u* − c·u) / (chord · length).
    let (unit, length) = Self.unit(values)
    let truth = source.place.direction.unit
    let cosine = unit.dot(truth)
    let chord = max(1e-4, (2 * max(0, 1 - cosine)).squareRoot())
    parts.direction += share * chord
    let pull = (truth - cosine * unit) * (-Double(weights.direction) * share / (chord * length))
    for axis in 0..<3 { slope[axis] = Float(pull[axis]) }
    let gap = Self.smooth(Double(values[SlotColumns.distance]) - log(source.place.distance))
    parts.distance += share * gap.loss
    slope[SlotColumns.distance] = Float(Double(weights.distance) * share * gap.slope)
    parts.classes += share * crossEntropy(values, source.classIndex)
    let base = crossEntropy(values, source.classIndex) + Double(values[SlotColumns.fixed + source.classIndex])
    for column in SlotColumns.fixed..<columns {
      let isTrue = column - SlotColumns.fixed == source.classIndex
      let probability = exp(Double(values[column]) - base)
      slope[column] = Float(Double(weights.classes) * share * (probability - (isTrue ? 1 : 0)))
    }
  }

  private mutating func teachRoom(_ target: SceneTarget, _ entry: Int, scenes: Int) {
    let truth = [log(target.decay / RoomScale.decay), log(target.volume / RoomScale.volume)]
    let share = 0.5 / Double(scenes)
    for (column, value) in truth.enumerated() {
      let gap = Self.smooth(Double(room.base[entry * 2 + column]) - value)
      parts.room += share * gap.loss
      slopes[3].base[entry * 2 + column] = Float(Double(weights.room) * share * gap.slope)
    }
  }

  /// Smooth L1 with its corner at a quarter: about a quarter of the distance.
  private static func smooth(_ gap: Double) -> (loss: Double, slope: Double) {
    let corner = 0.25
    return abs(gap) < corner ? (gap * gap / (2 * corner), gap / corner) : (abs(gap) - corner / 2, gap < 0 ? -1 : 1)
  }
}
