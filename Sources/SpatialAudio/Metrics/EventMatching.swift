// What the metrics on events share: frames side by side, angles, pairs of one class.
// Not here: what is counted (SegmentSELDMetrics.swift, FrameSELDMetrics.swift, SegmentEventMetrics.swift).

import Foundation

/// Matching of reference events with predicted ones.
enum EventMatching {
  /// A matched pair, by place in the lists that were matched.
  struct Pair {
    var reference: Int
    var prediction: Int
    /// Degrees.
    var angle: Double
  }

  /// The events of one class in one frame.
  struct ClassEvents {
    var reference: [LabelEvent] = []
    var prediction: [LabelEvent] = []
  }

  /// The smallest positive step at 1, which the public code adds to denominators.
  static let epsilon = Double.ulpOfOne

  /// Slack of thresholds and of ties: a limit that is met on paper is met in floating point.
  static let tolerance = 1e-9

  /// The angle between two directions in degrees.
  ///
  /// The public code adds 1e-10 under the square roots of its norms, so that equal directions are 8·10⁻⁴ degrees apart.
  /// Its scalar product of nearly equal directions carries a noise of 2·10⁻⁹ degrees; the cosine of the exact angle does
  /// not, so that ties do not hang on the machine.
  static func angle(_ a: Direction, _ b: Direction, dcaseCompat: Bool) -> Double {
    let exact = a.angle(to: b)
    guard dcaseCompat else { return exact }
    return acos(cos(exact * .pi / 180) / (1 + 1e-10)) * 180 / .pi
  }

  /// Pairs with the least sum of angles.
  ///
  /// Angles are compared in billionths of a degree: what is a tie on paper (two sources on the horizon between two
  /// others) is one here, and does not hang on the last bit of a cosine.
  static func pairs(_ reference: [LabelEvent], _ prediction: [LabelEvent], dcaseCompat: Bool) -> [Pair] {
    guard !reference.isEmpty, !prediction.isEmpty else { return [] }
    var angles: [Double] = []
    angles.reserveCapacity(reference.count * prediction.count)
    for a in reference {
      for b in prediction { angles.append(angle(a.direction, b.direction, dcaseCompat: dcaseCompat)) }
    }
    if angles.count == 1 { return [Pair(reference: 0, prediction: 0, angle: angles[0])] }
    let assignment = Assignment.minimumSum(
      costs: angles.map { ($0 * 1e9).rounded() }, rows: reference.count, columns: prediction.count)
    return assignment.map {
      Pair(reference: $0.row, prediction: $0.column, angle: angles[$0.row * prediction.count + $0.column])
    }
  }

  /// Frames that the public code looks at: those before the last labelled one.
  static func comparedFrames(_ reference: FrameLabels, _ prediction: FrameLabels, dcaseCompat: Bool) -> Int {
    dcaseCompat ? reference.lastFrame ?? 0 : max(reference.frameCount, prediction.frameCount)
  }

  /// Calls `body` for each frame below `limit` in which anything is active, with its events by class.
  ///
  /// - Parameter sortsBySource: within a class by source instead of by line, so that the order of lines counts for
  ///   nothing.
  static func forEachFrame(
    _ reference: FrameLabels, _ prediction: FrameLabels, below limit: Int, sortsBySource: Bool,
    _ body: (_ frame: Int, _ classes: [Int: ClassEvents]) -> Void
  ) {
    var (i, j) = (0, 0)
    while true {
      let a = i < reference.frames.count ? reference.frames[i] : Int.max
      let b = j < prediction.frames.count ? prediction.frames[j] : Int.max
      let frame = min(a, b)
      guard frame < limit else { return }
      var classes: [Int: ClassEvents] = [:]
      if a == frame {
        for event in reference.events(at: i) {
          classes[event.classIndex, default: ClassEvents()].reference.append(event)
        }
        i += 1
      }
      if b == frame {
        for event in prediction.events(at: j) {
          classes[event.classIndex, default: ClassEvents()].prediction.append(event)
        }
        j += 1
      }
      if sortsBySource {
        for key in Array(classes.keys) {
          classes[key]?.reference.sortBySource()
          classes[key]?.prediction.sortBySource()
        }
      }
      body(frame, classes)
    }
  }

  /// - Precondition: every class of the labels is below `classCount`.
  static func requireClasses(_ reference: FrameLabels, _ prediction: FrameLabels, below classCount: Int) {
    let largest = max(reference.lastClass ?? -1, prediction.lastClass ?? -1)
    precondition(largest < classCount, "SELD metrics: expected classes below \(classCount), got \(largest)")
  }
}

extension [LabelEvent] {
  fileprivate mutating func sortBySource() {
    let order = indices.sorted { (self[$0].source, $0) < (self[$1].source, $1) }
    self = order.map { self[$0] }
  }
}
