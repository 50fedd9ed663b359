// Labels in memory: which class sounds where in which frame.
// Not here: the files that hold them (DCASELabels.swift), making them of trajectories (TrajectoryLabels.swift).

/// One source that is active in one frame.
public struct LabelEvent: Equatable, Sendable {
  /// The frame, from 0.
  public var frame: Int
  /// The class, from 0.
  public var classIndex: Int
  /// Tells sources of one class apart.
  public var source: Int
  /// Where the source is, as seen by the listener.
  public var direction: Direction
  /// The distance in metres; NaN if it is not known.
  public var distance: Double

  /// Creates an event.
  ///
  /// - Precondition: frame, class and source are not negative.
  public init(frame: Int, classIndex: Int, source: Int = 0, direction: Direction, distance: Double = .nan) {
    precondition(
      frame >= 0 && classIndex >= 0 && source >= 0,
      "LabelEvent: expected frame, class and source ≥ 0, got \(frame), \(classIndex), \(source)")
    self.frame = frame
    self.classIndex = classIndex
    self.source = source
    self.direction = direction
    self.distance = distance
  }
}

/// The events of one recording, arranged by frame.
///
/// Only frames with events take space, so a large frame number costs nothing.
public struct FrameLabels: Equatable, Sendable {
  /// All events by ascending frame; within a frame in the order in which they were given.
  public let events: [LabelEvent]
  /// The frames that have events, ascending.
  public let frames: [Int]
  /// Frames of the recording: at least those up to the last event.
  public let frameCount: Int
  private let starts: [Int]

  /// Arranges events.
  ///
  /// - Parameters:
  ///   - events: in any order.
  ///   - frameCount: frames of the recording, where that is known; raised to hold the last event.
  public init(_ events: [LabelEvent], frameCount: Int = 0) {
    let order = events.indices.sorted { (events[$0].frame, $0) < (events[$1].frame, $1) }
    self.events = order.map { events[$0] }
    var frames: [Int] = []
    var starts: [Int] = []
    for (index, event) in self.events.enumerated() where frames.last != event.frame {
      frames.append(event.frame)
      starts.append(index)
    }
    self.frames = frames
    self.starts = starts + [events.count]
    self.frameCount = max(frameCount, frames.last.map { $0 + 1 } ?? 0)
  }

  /// The last frame that has an event; nil without events.
  public var lastFrame: Int? { frames.last }

  /// The largest class that occurs; nil without events.
  public var lastClass: Int? { events.map(\.classIndex).max() }

  /// The events of the frame at a place in ``frames``.
  public func events(at place: Int) -> ArraySlice<LabelEvent> { events[starts[place]..<starts[place + 1]] }
}
