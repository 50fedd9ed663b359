// What an encoder hears, as things that one can talk about: sources with names, places and times, and the room.
// Not here: the numbers that they are read off (SpatialEncoder.swift), how right they are (EncoderScores.swift).

import Foundation
import NN
public import Tensor

/// A scene as an encoder hears it.
public struct HeardScene: Equatable, Sendable {
  /// One source.
  public struct Source: Equatable, Sendable {
    /// Whether it exists, 0 to 1.
    public var existence: Double
    /// The most probable class.
    public var classIndex: Int
    /// The probability of each class.
    public var classes: [Double]
    /// Where it is.
    public var place: SceneTarget.Place
    /// Whether it sounds in each moment of 100 ms, 0 to 1.
    public var activity: [Double]

    /// The moments in which it sounds.
    public var activeMoments: [Int] { activity.indices.filter { activity[$0] >= 0.5 } }
  }

  /// All K slots, most of which may not exist.
  public var slots: [Source]
  /// The decay time in seconds.
  public var decay: Double
  /// The volume in cubic metres.
  public var volume: Double

  /// The sources: the slots before the first that does not exist; at least one, since nobody asks about silence.
  public var sources: [Source] { Array(slots.prefix(max(1, slots.prefix { $0.existence >= 0.5 }.count))) }

  /// The first `count` slots: the sources if their number is known.
  public func sources(known count: Int) -> [Source] { Array(slots.prefix(count)) }

  /// Events frame by frame, as a label file has them.
  ///
  /// - Parameter count: the number of sources if it is known.
  public func events(known count: Int? = nil) -> [LabelEvent] {
    var numbers: [Int: Int] = [:]
    return (count.map { sources(known: $0) } ?? sources).flatMap { source in
      let number = numbers[source.classIndex, default: 0]
      numbers[source.classIndex] = number + 1
      return source.activeMoments.map { moment in
        LabelEvent(
          frame: moment, classIndex: source.classIndex, source: number, direction: source.place.direction,
          distance: source.place.distance)
      }
    }
  }
}

extension SpatialEncoder {
  /// What a batch holds.
  ///
  /// - Parameter inputs: planes for each front end, `[B, frames, bands, planes]`.
  public func hear(_ inputs: [Tensor], order: [Int]? = nil) -> [HeardScene] {
    let output = self(inputs, order: order, on: nil)
    return (0..<output.existence.shape[0]).map { Self.read(output, entry: $0) }
  }

  private static func read(_ output: Output, entry: Int) -> HeardScene {
    let (slotCount, moments) = (output.activity.shape[1], output.activity.shape[2])
    let columns = output.slots.shape[2]
    func values(_ variable: Variable, _ row: Int, _ count: Int) -> [Double] {
      variable.value.withElements { elements in (0..<count).map { Double(elements[row * count + $0]) } }
    }
    let existence = values(output.existence, entry, slotCount)
    // The last slot never is a source: it says that there is no other.
    let slots = (0..<slotCount - 1).map { slot -> HeardScene.Source in
      let row = entry * slotCount + slot
      let numbers = values(output.slots, row, columns)
      let classes = softmax(Array(numbers[SlotColumns.fixed...]))
      return HeardScene.Source(
        existence: sigmoid(existence[slot]), classIndex: classes.indices.max { classes[$0] < classes[$1] } ?? 0,
        classes: classes,
        place: SceneTarget.Place(
          direction: Direction(Vector(numbers[0], numbers[1], numbers[2])) ?? Direction(azimuth: 0),
          distance: exp(numbers[SlotColumns.distance])),
        activity: values(output.activity, row, moments).map(sigmoid))
    }
    let room = values(output.room, entry, 2)
    return HeardScene(slots: slots, decay: RoomScale.decay * exp(room[0]), volume: RoomScale.volume * exp(room[1]))
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func softmax(_ logits: [Double]) -> [Double] {
    let top = logits.max() ?? 0
    let weights = logits.map { exp($0 - top) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}
