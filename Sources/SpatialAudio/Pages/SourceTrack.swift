// A source's direction over time, from the control points of the scene's description.
// Not here: how trajectories are planned (ScenePlanner.swift).

/// Directions at any time by linear interpolation of unwrapped angles.
package struct SourceTrack {
  /// A direction in degrees, azimuth unwrapped, and a distance in metres.
  package struct Values: Equatable {
    package var azimuth: Double
    package var elevation: Double
    package var distance: Double
  }

  /// A place on a curve over time.
  package struct Point: Equatable {
    package var time: Double
    package var value: Double
  }

  private let times: [Double]
  private let values: [Values]

  /// Control points that are not numbers or not complete are left out.
  package init(_ source: SceneMetadata.Source) {
    let usable = source.trajectory.filter { $0.count >= 4 && $0[..<4].allSatisfy(\.isFinite) }
    let sorted = usable.sorted { $0[0] < $1[0] }
    times = sorted.map { $0[0] }
    values = sorted.map { Values(azimuth: $0[1], elevation: $0[2], distance: $0[3]) }
  }

  /// The values at a time, those of the nearer end outside of the control points; nil without control points.
  package func values(at time: Double) -> Values? {
    guard let first = values.first, let last = values.last else { return nil }
    guard let next = times.firstIndex(where: { $0 > time }) else { return last }
    guard next > 0 else { return first }
    let span = times[next] - times[next - 1]
    let share = span > 0 ? (time - times[next - 1]) / span : 1
    let (a, b) = (values[next - 1], values[next])
    return Values(
      azimuth: a.azimuth + share * (b.azimuth - a.azimuth),
      elevation: a.elevation + share * (b.elevation - a.elevation),
      distance: a.distance + share * (b.distance - a.distance))
  }

  /// In -180 ..< 180 degrees.
  package static func wrapped(_ azimuth: Double) -> Double {
    azimuth - 360 * ((azimuth + 180) / 360).rounded(.down)
  }

  /// The azimuth over a span of time in -180 ... 180 degrees, as curves that end where they would leave this range.
  package func azimuthCurves(from start: Double, to end: Double, steps: Int = 200) -> [[Point]] {
    var curves: [[Point]] = [[]]
    var previous: Point?
    for time in Self.times(from: start, to: end, steps: steps) {
      guard let azimuth = values(at: time)?.azimuth else { return [] }
      if let before = previous {
        let turn = ((azimuth + 180) / 360).rounded(.down) - ((before.value + 180) / 360).rounded(.down)
        if abs(turn) == 1 {
          // Where it crosses the back of the head.
          let edge = 360 * ((max(azimuth, before.value) + 180) / 360).rounded(.down) - 180
          let crossing = before.time + (edge - before.value) / (azimuth - before.value) * (time - before.time)
          curves[curves.count - 1].append(Point(time: crossing, value: turn > 0 ? 180 : -180))
          curves.append([Point(time: crossing, value: turn > 0 ? -180 : 180)])
        } else if turn != 0 {
          curves.append([])
        }
      }
      curves[curves.count - 1].append(Point(time: time, value: Self.wrapped(azimuth)))
      previous = Point(time: time, value: azimuth)
    }
    return curves.filter { !$0.isEmpty }
  }

  /// The elevation over a span of time.
  package func elevationCurve(from start: Double, to end: Double, steps: Int = 200) -> [Point] {
    Self.times(from: start, to: end, steps: steps).compactMap { time in
      values(at: time).map { Point(time: time, value: $0.elevation) }
    }
  }

  private static func times(from start: Double, to end: Double, steps: Int) -> [Double] {
    guard start.isFinite, end.isFinite, end > start else { return start.isFinite ? [start] : [] }
    return (0...steps).map { start + (end - start) * Double($0) / Double(steps) }
  }
}
