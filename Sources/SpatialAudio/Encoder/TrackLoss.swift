// Multi-ACCDOA: activity as the length of a direction, three tracks a class, and the distance beside it.
// Not here: slots (SlotLoss.swift), what tracks become as events (EncoderReading.swift).

public import NN
import Tensor

/// The numbers of a track.
enum TrackLayout {
  /// X, Y, Z times activity, and the distance.
  static let values = 4
  /// Tracks of each class.
  static let tracks = 3
  /// Metres of a distance of 1.
  static let metres = 4.0
}

/// The loss of multi-ACCDOA tracks with auxiliary duplicating permutation-invariant training.
///
/// In each moment a class has 0 to 3 sources. They are the targets of the three tracks, with duplicates so that all three
/// have one, in the arrangement with the least squared error: 1 arrangement for one source, 6 for two, 6 for three. A
/// class without a source has zeros.
///
/// - Parameters:
///   - output: `[B, T, 3·C·4]`.
///   - targets: a scene for each batch entry; of more than three sources of one class at once the first three count.
/// - Returns: the mean squared error, `[1]`.
/// > Source: Shimada et al., "Multi-ACCDOA", arXiv 2110.07124, equations 4 to 6; distance as a fourth value as in the
/// > baseline of DCASE 2024 task 3.
public func trackLoss(_ output: Variable, targets: [SceneTarget]) -> Variable {
  let (batch, moments, width) = (output.shape[0], output.shape[1], output.shape[2])
  let classes = width / (TrackLayout.tracks * TrackLayout.values)
  precondition(targets.count == batch, "trackLoss: \(targets.count) scenes for \(output.shape)")
  let scale = 1 / Double(batch * moments * width)
  let slope = output.value.copied()
  var total = 0.0
  for (entry, target) in targets.enumerated() {
    for moment in 0..<moments {
      var active: [Int: [[Float]]] = [:]
      for source in target.sources where source.activity[moment] {
        active[source.classIndex, default: []].append(trackValues(source.places[moment]))
      }
      let row = slope.base + (entry * moments + moment) * width
      for index in 0..<width { total += Double(row[index] * row[index]) }
      for (classIndex, sources) in active {
        total += placeTracks(row, classIndex, of: classes, sources: Array(sources.prefix(TrackLayout.tracks)))
      }
    }
  }
  let input = output.target
  return Variable(Tensor([Float(total * scale)]), from: [output], op: "trackLoss") { gradient, gradients in
    gradients.add(to: input) { Tensor.add(slope, scale: 2 * Float(scale) * gradient.scalar, into: $0) }
  }
}

private func trackValues(_ place: SceneTarget.Place) -> [Float] {
  let unit = place.direction.unit
  return [Float(unit.x), Float(unit.y), Float(unit.z), Float(place.distance / TrackLayout.metres)]
}

/// Subtracts the best arrangement of `sources` from the tracks of a class, which hold predictions and then differences.
///
/// - Returns: by how much the squared error changed.
private func placeTracks(
  _ row: UnsafeMutablePointer<Float>, _ classIndex: Int, of classes: Int, sources: [[Float]]
) -> Double {
  func base(_ track: Int) -> UnsafeMutablePointer<Float> { row + (track * classes + classIndex) * TrackLayout.values }
  func error(_ arrangement: [Int]) -> Double {
    arrangement.enumerated().reduce(0) { sum, place in
      let (values, truth) = (base(place.offset), sources[place.element])
      return sum + truth.indices.reduce(0) { $0 + Double((values[$1] - truth[$1]) * (values[$1] - truth[$1])) }
    }
  }
  var before = 0.0
  for track in 0..<TrackLayout.tracks {
    for index in 0..<TrackLayout.values { before += Double(base(track)[index] * base(track)[index]) }
  }
  let best = trackArrangements[sources.count - 1].map { (error($0), $0) }.min { $0.0 < $1.0 } ?? (0, [])
  for (track, source) in best.1.enumerated() {
    for index in 0..<TrackLayout.values { base(track)[index] -= sources[source][index] }
  }
  return best.0 - before
}

/// For 1, 2 and 3 sources: which source each track has.
private let trackArrangements: [[[Int]]] = (1...TrackLayout.tracks).map { count in
  (0..<27).map { [$0 / 9, $0 / 3 % 3, $0 % 3] }.filter { Set($0) == Set(0..<count) }
}
