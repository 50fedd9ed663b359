// Writing label files, with one rule for every rounding.
// Not here: reading (DCASELabels+Reading.swift).

public import Foundation
import Lab

extension DCASELabels {
  /// Writes events into a file that is replaced as a whole.
  ///
  /// - Throws: `DCASELabelError`, `FileError`.
  public static func write(_ events: [LabelEvent], to url: URL, form: Form = .reference) throws {
    try AtomicFile.write(text(of: events, form: form), to: url)
  }

  /// The lines of events, sorted by frame, then class, then source; frames without events have no lines.
  ///
  /// Integers are rounded half away from zero; after that an azimuth of 180 becomes -180.
  ///
  /// - Throws: `DCASELabelError` for events without a distance where the form needs one, and for events of one frame
  ///   with the same class and source.
  public static func text(of events: [LabelEvent], form: Form = .reference) throws(DCASELabelError) -> String {
    let sorted = events.sorted { ($0.frame, $0.classIndex, $0.source) < ($1.frame, $1.classIndex, $1.source) }
    var text = ""
    var previous: LabelEvent?
    for event in sorted {
      if let previous,
        (previous.frame, previous.classIndex, previous.source)
          == (event.frame, event.classIndex, event.source)
      {
        throw .duplicateSource(frame: event.frame, classIndex: event.classIndex, source: event.source)
      }
      previous = event
      text += "\(event.frame),\(event.classIndex),\(event.source),"
      switch form {
      case .reference: text += "\(angles(event.direction)),\(whole(100 * (try distance(event))))\n"
      case .referenceWithoutDistance: text += "\(angles(event.direction))\n"
      case .systemOutput:
        let unit = event.direction.unit
        text += "\(unit.x),\(unit.y),\(unit.z),\(try distance(event))\n"
      }
    }
    return text
  }

  /// The direction as it comes back from a file of whole degrees.
  public static func rounded(_ direction: Direction) -> Direction {
    let (azimuth, elevation) = wholeAngles(direction)
    return Direction(azimuth: Double(azimuth), elevation: Double(elevation))
  }

  private static func angles(_ direction: Direction) -> String {
    let (azimuth, elevation) = wholeAngles(direction)
    return "\(azimuth),\(elevation)"
  }

  private static func wholeAngles(_ direction: Direction) -> (azimuth: Int, elevation: Int) {
    let azimuth = whole(direction.azimuth)
    return (azimuth >= 180 ? azimuth - 360 : azimuth, whole(direction.elevation))
  }

  /// Rounds half away from zero. What is a half on paper may be a hair off in floating point, hence the first step.
  private static func whole(_ value: Double) -> Int {
    let snapped = (value * 1e9).rounded() / 1e9
    return Int(snapped.rounded(.toNearestOrAwayFromZero))
  }

  private static func distance(_ event: LabelEvent) throws(DCASELabelError) -> Double {
    guard event.distance >= 0, event.distance <= 1e6 else {
      throw .missingDistance(frame: event.frame, classIndex: event.classIndex, source: event.source)
    }
    return event.distance
  }
}
