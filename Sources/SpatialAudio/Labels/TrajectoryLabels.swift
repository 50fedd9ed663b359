// Labels of sources whose motion is known: which frames they are active in, and where they are then.
// Not here: writing the labels (DCASELabels+Writing.swift), motion in a room (the scene renderer).

import Foundation

/// A source whose activity and place are known at every time.
public struct LabelledSource: Sendable {
  /// The class, from 0.
  public var classIndex: Int
  /// When it sounds, in seconds; spans may touch or overlap.
  public var spans: [ClosedRange<Double>]
  /// The place in the listener's frame, in metres, at a time in seconds.
  public var position: @Sendable (Double) -> Vector

  /// A source with a place for every time.
  ///
  /// - Parameter position: metres in the listener's frame (X front, Y left, Z up) at a time in seconds; never zero.
  public init(classIndex: Int, spans: [ClosedRange<Double>], position: @escaping @Sendable (Double) -> Vector) {
    self.classIndex = classIndex
    self.spans = spans
    self.position = position
  }

  /// A source that moves linearly in azimuth, elevation and distance between control points, and rests before the
  /// first and after the last.
  ///
  /// - Parameter trajectory: `[time, azimuth, elevation, distance]` by ascending time, in seconds, degrees and metres;
  ///   azimuths may leave ±180° and turn the way that they count.
  /// - Precondition: at least one point, times ascend, distances are positive.
  public init(classIndex: Int, spans: [ClosedRange<Double>], trajectory: [[Double]]) {
    precondition(
      !trajectory.isEmpty && trajectory.allSatisfy { $0.count == 4 && $0[3] > 0 },
      "LabelledSource: expected points of time, azimuth, elevation and a positive distance, got \(trajectory)")
    precondition(
      zip(trajectory, trajectory.dropFirst()).allSatisfy { $0[0] < $1[0] },
      "LabelledSource: expected ascending times, got \(trajectory.map { $0[0] })")
    self.init(classIndex: classIndex, spans: spans) { time in
      let point = Self.interpolated(trajectory, time)
      return Direction(azimuth: point[1], elevation: point[2]).unit * point[3]
    }
  }

  private static func interpolated(_ points: [[Double]], _ time: Double) -> [Double] {
    guard let next = points.firstIndex(where: { $0[0] > time }) else { return points[points.count - 1] }
    guard next > 0 else { return points[0] }
    let (a, b) = (points[next - 1], points[next])
    let share = (time - a[0]) / (b[0] - a[0])
    return zip(a, b).map { $0 + share * ($1 - $0) }
  }
}

/// Labels by the rules of the format: frame k covers `[k p, (k + 1) p)` for the period p; a source is active in a frame
/// if at least half of it is covered; direction and distance are those at the frame's centre.
public enum TrajectoryLabels {
  /// Events by frame, class and source; the sources of a class are numbered in the order in which they are given.
  ///
  /// - Parameters:
  ///   - sources: times count from the beginning of the recording.
  ///   - duration: seconds of the recording; a frame that begins before its end exists.
  ///   - framePeriod: seconds of a frame.
  /// - Precondition: a positive period; a source that sounds is not at the listener's place.
  public static func events(
    _ sources: [LabelledSource], duration: Double, framePeriod: Double = 0.1
  ) -> [LabelEvent] {
    precondition(
      framePeriod > 0 && duration >= 0 && duration.isFinite,
      "TrajectoryLabels: expected a period > 0 and a duration ≥ 0, got \(framePeriod) s and \(duration) s")
    var events: [LabelEvent] = []
    var numbers: [Int: Int] = [:]
    let frameCount = Int((duration / framePeriod - 1e-9).rounded(.up))
    for source in sources {
      let number = numbers[source.classIndex, default: 0]
      numbers[source.classIndex] = number + 1
      for (frame, seconds) in coverage(merged(source.spans), framePeriod, frameCount)
      where seconds >= framePeriod * (0.5 - 1e-9) {
        let position = source.position((Double(frame) + 0.5) * framePeriod)
        guard let direction = Direction(position) else {
          preconditionFailure("TrajectoryLabels: expected a source away from the listener, got \(position)")
        }
        events.append(
          LabelEvent(
            frame: frame, classIndex: source.classIndex, source: number, direction: direction,
            distance: position.length))
      }
    }
    return events.sorted { ($0.frame, $0.classIndex, $0.source) < ($1.frame, $1.classIndex, $1.source) }
  }

  /// Overlapping spans count once.
  private static func merged(_ spans: [ClosedRange<Double>]) -> [ClosedRange<Double>] {
    var result: [ClosedRange<Double>] = []
    for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, span.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, span.upperBound)
      } else {
        result.append(span)
      }
    }
    return result
  }

  /// Seconds of each frame that the spans cover, for frames that they touch.
  private static func coverage(
    _ spans: [ClosedRange<Double>], _ period: Double, _ frameCount: Int
  ) -> [(frame: Int, seconds: Double)] {
    var seconds: [Int: Double] = [:]
    for span in spans {
      let first = max(0, Int((span.lowerBound / period).rounded(.down)))
      let last = min(frameCount - 1, Int((span.upperBound / period).rounded(.down)))
      guard first <= last else { continue }
      for frame in first...last {
        let (start, end) = (Double(frame) * period, Double(frame + 1) * period)
        seconds[frame, default: 0] += max(0, min(end, span.upperBound) - max(start, span.lowerBound))
      }
    }
    return seconds.map { ($0.key, $0.value) }
  }
}
