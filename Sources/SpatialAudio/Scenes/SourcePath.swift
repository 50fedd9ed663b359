// Where a source is at each time.
// Not here: how motion is rendered (MotionRenderer.swift) and labelled (Labels).

import Foundation

/// A path through a room, over the time of a scene.
public enum SourcePath: Equatable, Sendable {
  /// A source at rest, in metres.
  case rest(Vector)
  /// Straight stretches between points at constant speed, from the beginning to the end of the scene.
  case polyline([Vector], duration: Double)
  /// A turn about a vertical axis at constant speed.
  case arc(center: Vector, radius: Double, from: Double, to: Double, duration: Double)

  /// Whether the source moves.
  public var isMoving: Bool {
    if case .rest = self { return false }
    return true
  }

  /// The place at a time in seconds; before the beginning and after the end it rests.
  public func position(at time: Double) -> Vector {
    switch self {
    case .rest(let point): return point
    case .polyline(let points, let duration):
      let lengths = zip(points, points.dropFirst()).map { ($1 - $0).length }
      var rest = min(1, max(0, time / duration)) * lengths.reduce(0, +)
      for (index, length) in lengths.enumerated() {
        if rest <= length || index == lengths.count - 1 {
          return points[index] + (points[index + 1] - points[index]) * (length > 0 ? min(1, rest / length) : 0)
        }
        rest -= length
      }
      return points[0]
    case .arc(let center, let radius, let from, let to, let duration):
      let angle = (from + (to - from) * min(1, max(0, time / duration))) * .pi / 180
      return center + Vector(radius * cos(angle), radius * sin(angle), 0)
    }
  }

  /// The place from which sound arrives at the listener at a time: that of the source when it left.
  ///
  /// - Parameters:
  ///   - time: of arrival, in seconds.
  ///   - listener: in metres.
  public func apparentPosition(at time: Double, listener: Vector, speedOfSound: Double) -> Vector {
    guard isMoving else { return position(at: time) }
    var emission = time
    // Sources move far below the speed of sound: each step is some hundred times nearer.
    for _ in 0..<4 { emission = time - (position(at: emission) - listener).length / speedOfSound }
    return position(at: emission)
  }
}
