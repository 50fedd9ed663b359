// Joint detection and localization over segments of a second: the metrics of DCASE 2020 to 2023.
// Not here: frames with distances (FrameSELDMetrics.swift), detection apart from localization
// (SegmentEventMetrics.swift).

/// The segment-level metrics of DCASE 2020 to 2023: ER, F, LE and LR with a spatial threshold.
///
/// In a segment a class has as many tracks as it has sources at once; the k-th track of a class holds the k-th source of
/// each frame. Where `dcaseCompat` is true, numbers are those of the public evaluation code:
/// - frames are those before the last labelled reference frame, rounded up to segments;
/// - the order of sources in a frame is that of the lines;
/// - where both have a class in a segment but never in one frame, misses are counted by the predicted tracks;
/// - a class without any event has F 0, LE 180 and LR 0, and counts in macro means;
/// - angles contain the 1e-10 of the code's norms.
///
/// Only ties may come out otherwise: of two assignments with the same sum of angles that code takes the one that rounding
/// favours on its machine.
///
/// Where it is false, every frame counts, sources are ordered by their number, such a segment has a miss for each
/// reference track and a false alarm for each predicted one, and values that are not defined are NaN and left out.
///
/// > Source: Mesaros, Adavanne, Politis, Heittola and Virtanen, "Joint measurement of localization and detection of sound
/// > events", WASPAA 2019, equations 1 to 6; Politis et al., "Overview and evaluation of sound event localization and
/// > detection in DCASE 2019", IEEE/ACM TASLP 29 (2021), section VI.
public struct SegmentSELDMetrics: SELDMetric {
  /// What a track at a wrong place costs in F.
  public enum WrongPlace: Sendable {
    /// One false positive and one miss: 2021 to 2023.
    case falsePositiveAndMiss
    /// One false positive: 2020.
    case falsePositive
  }

  /// Number of classes.
  public var classCount: Int
  /// The largest angle of a true positive in degrees.
  public var angleThreshold: Double
  /// Label frames of a segment.
  public var framesPerSegment: Int
  /// How classes become one number: `micro` until 2021, `macro` in 2022 and 2023.
  public var average: MetricAverage
  /// What a track at a wrong place costs in F.
  public var wrongPlace: WrongPlace
  /// Whether to count as the public code does.
  public var dcaseCompat: Bool

  /// Creates the metric of 2022 and 2023.
  public init(
    classCount: Int, angleThreshold: Double = 20, framesPerSegment: Int = 10, average: MetricAverage = .macro,
    wrongPlace: WrongPlace = .falsePositiveAndMiss, dcaseCompat: Bool = true
  ) {
    precondition(
      classCount > 0 && framesPerSegment > 0,
      "SegmentSELDMetrics: expected classes and frames, got \(classCount) and \(framesPerSegment)")
    self.classCount = classCount
    self.angleThreshold = angleThreshold
    self.framesPerSegment = framesPerSegment
    self.average = average
    self.wrongPlace = wrongPlace
    self.dcaseCompat = dcaseCompat
  }

  /// The counts of one class.
  public struct Tally: Equatable, Sendable {
    /// Reference tracks.
    public var references = 0
    /// Matched tracks within the threshold.
    public var truePositives = 0
    /// Matched tracks beyond the threshold.
    public var wrongPlaces = 0
    /// Predicted tracks too many.
    public var falsePositives = 0
    /// Reference tracks too many.
    public var misses = 0
    /// The sum of the mean angles of matched tracks, in degrees.
    public var angleSum = 0.0

    /// Matched tracks.
    var matched: Int { truePositives + wrongPlaces }

    static func + (a: Tally, b: Tally) -> Tally {
      Tally(
        references: a.references + b.references, truePositives: a.truePositives + b.truePositives,
        wrongPlaces: a.wrongPlaces + b.wrongPlaces, falsePositives: a.falsePositives + b.falsePositives,
        misses: a.misses + b.misses, angleSum: a.angleSum + b.angleSum)
    }
  }

  /// The counts of files.
  public struct Statistics: MetricStatistics, Equatable {
    /// By class.
    public var classes: [Tally]
    /// Substitutions, deletions and insertions over all classes.
    public var errors = 0

    /// The counts of both.
    public static func + (a: Statistics, b: Statistics) -> Statistics {
      Statistics(classes: zip(a.classes, b.classes).map { $0 + $1 }, errors: a.errors + b.errors)
    }
  }

  /// The counts of no file.
  public var noStatistics: Statistics { Statistics(classes: Array(repeating: Tally(), count: classCount)) }

  /// The counts of one file.
  public func statistics(reference: FrameLabels, prediction: FrameLabels) -> Statistics {
    EventMatching.requireClasses(reference, prediction, below: classCount)
    let frames = EventMatching.comparedFrames(reference, prediction, dcaseCompat: dcaseCompat)
    let limit = (frames + framesPerSegment - 1) / framesPerSegment * framesPerSegment
    var result = noStatistics
    var segment = Segment()
    var current = -1
    EventMatching.forEachFrame(reference, prediction, below: limit, sortsBySource: !dcaseCompat) { frame, classes in
      if frame / framesPerSegment != current {
        count(segment, into: &result)
        segment = Segment()
        current = frame / framesPerSegment
      }
      for (classIndex, events) in classes { segment.add(events, classIndex, dcaseCompat: dcaseCompat) }
    }
    count(segment, into: &result)
    return result
  }

  /// What a class does in one segment.
  private struct Tracks {
    var reference = 0
    var prediction = 0
    /// Sum of angles and frames, by the place of the reference in its frame.
    var matched: [Int: (angle: Double, frames: Int)] = [:]
  }

  private struct Segment {
    var classes: [Int: Tracks] = [:]

    mutating func add(_ events: EventMatching.ClassEvents, _ classIndex: Int, dcaseCompat: Bool) {
      var tracks = classes[classIndex] ?? Tracks()
      tracks.reference = max(tracks.reference, events.reference.count)
      tracks.prediction = max(tracks.prediction, events.prediction.count)
      for pair in EventMatching.pairs(events.reference, events.prediction, dcaseCompat: dcaseCompat) {
        let before = tracks.matched[pair.reference] ?? (0, 0)
        tracks.matched[pair.reference] = (before.angle + pair.angle, before.frames + 1)
      }
      classes[classIndex] = tracks
    }
  }

  private func count(_ segment: Segment, into result: inout Statistics) {
    var (misses, alarms) = (0, 0)
    for (classIndex, tracks) in segment.classes {
      let tally = tally(of: tracks)
      result.classes[classIndex] = result.classes[classIndex] + tally
      misses += tally.misses
      alarms += tally.falsePositives + tally.wrongPlaces
    }
    // min(misses, alarms) substitutions, and the rest deletions or insertions.
    result.errors += max(misses, alarms)
  }

  private func tally(of tracks: Tracks) -> Tally {
    var tally = Tally(references: tracks.reference)
    guard !tracks.matched.isEmpty else {
      let isInBoth = tracks.reference > 0 && tracks.prediction > 0
      tally.misses = isInBoth && dcaseCompat ? tracks.prediction : tracks.reference
      tally.falsePositives = isInBoth && dcaseCompat ? 0 : tracks.prediction
      return tally
    }
    let slack = dcaseCompat ? 0 : EventMatching.tolerance
    for (_, track) in tracks.matched.sorted(by: { $0.key < $1.key }) {
      let angle = track.angle / Double(track.frames)
      tally.angleSum += angle
      if angle <= angleThreshold + slack { tally.truePositives += 1 } else { tally.wrongPlaces += 1 }
    }
    tally.falsePositives = max(0, tracks.prediction - tracks.reference)
    tally.misses = max(0, tracks.reference - tracks.prediction)
    return tally
  }
}
