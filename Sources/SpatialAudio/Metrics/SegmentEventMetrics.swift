// Detection and localization apart from each other: the metrics of DCASE 2019.
// Not here: joint metrics (SegmentSELDMetrics.swift, FrameSELDMetrics.swift).

/// The metrics of DCASE 2019: detection by class in segments of a second, and directions matched in each frame whatever
/// their classes.
///
/// Every frame counts. Values that are not defined are NaN.
///
/// > Source: Adavanne, Politis, Nikunen and Virtanen, "Sound event localization and detection of overlapping sources using
/// > convolutional recurrent neural networks", IEEE JSTSP 13 (2019), section III-C; Mesaros, Heittola and Virtanen,
/// > "Metrics for polyphonic sound event detection", Applied Sciences 6 (2016).
public struct SegmentEventMetrics: SELDMetric {
  /// Number of classes.
  public var classCount: Int
  /// Label frames of a segment.
  public var framesPerSegment: Int

  /// Creates the metric.
  public init(classCount: Int, framesPerSegment: Int = 10) {
    precondition(
      classCount > 0 && framesPerSegment > 0,
      "SegmentEventMetrics: expected classes and frames, got \(classCount) and \(framesPerSegment)")
    self.classCount = classCount
    self.framesPerSegment = framesPerSegment
  }

  /// The segments of one class.
  public struct Tally: Equatable, Sendable {
    /// Segments with the class in both.
    public var truePositives = 0
    /// Segments with the class in the prediction only.
    public var falsePositives = 0
    /// Segments with the class in the reference only.
    public var misses = 0

    static func + (a: Tally, b: Tally) -> Tally {
      Tally(
        truePositives: a.truePositives + b.truePositives, falsePositives: a.falsePositives + b.falsePositives,
        misses: a.misses + b.misses)
    }
  }

  /// The counts of files.
  public struct Statistics: MetricStatistics, Equatable {
    /// By class.
    public var classes: [Tally]
    /// Substitutions, deletions and insertions in segments.
    public var errors = 0
    /// The sum of the angles of matched directions, in degrees.
    public var angleSum = 0.0
    /// Matched directions.
    public var matched = 0
    /// Frames with as many predicted directions as reference directions.
    public var correctFrames = 0
    /// Frames.
    public var frames = 0

    /// The counts of both.
    public static func + (a: Statistics, b: Statistics) -> Statistics {
      Statistics(
        classes: zip(a.classes, b.classes).map { $0 + $1 }, errors: a.errors + b.errors,
        angleSum: a.angleSum + b.angleSum, matched: a.matched + b.matched,
        correctFrames: a.correctFrames + b.correctFrames, frames: a.frames + b.frames)
    }
  }

  /// The counts of no file.
  public var noStatistics: Statistics { Statistics(classes: Array(repeating: Tally(), count: classCount)) }

  /// The counts of one file.
  public func statistics(reference: FrameLabels, prediction: FrameLabels) -> Statistics {
    EventMatching.requireClasses(reference, prediction, below: classCount)
    var result = noStatistics
    result.frames = max(reference.frameCount, prediction.frameCount)
    // Frames without any event are correct; they are not visited.
    result.correctFrames = result.frames
    var active: [Int: (reference: Bool, prediction: Bool)] = [:]
    var segment = -1
    EventMatching.forEachFrame(reference, prediction, below: result.frames, sortsBySource: true) { frame, classes in
      if frame / framesPerSegment != segment {
        count(active, into: &result)
        active = [:]
        segment = frame / framesPerSegment
      }
      for (classIndex, events) in classes {
        let before = active[classIndex] ?? (false, false)
        active[classIndex] = (
          before.reference || !events.reference.isEmpty, before.prediction || !events.prediction.isEmpty
        )
      }
      let sorted = classes.sorted { $0.key < $1.key }.map(\.value)
      countDirections(sorted.flatMap(\.reference), sorted.flatMap(\.prediction), into: &result)
    }
    count(active, into: &result)
    return result
  }

  private func count(_ active: [Int: (reference: Bool, prediction: Bool)], into result: inout Statistics) {
    var (misses, alarms) = (0, 0)
    for (classIndex, state) in active {
      switch state {
      case (true, true): result.classes[classIndex].truePositives += 1
      case (true, false):
        result.classes[classIndex].misses += 1
        misses += 1
      default:
        result.classes[classIndex].falsePositives += 1
        alarms += 1
      }
    }
    result.errors += max(misses, alarms)
  }

  private func countDirections(
    _ reference: [LabelEvent], _ prediction: [LabelEvent], into result: inout Statistics
  ) {
    if reference.count != prediction.count { result.correctFrames -= 1 }
    for pair in EventMatching.pairs(reference, prediction, dcaseCompat: false) {
      result.angleSum += pair.angle
      result.matched += 1
    }
  }

  /// The score of all classes.
  public func score(_ statistics: Statistics) -> SegmentEventScore {
    let sum = statistics.classes.reduce(Tally(), +)
    let references = sum.truePositives + sum.misses
    let noError = references > 0 ? 180 : Double.nan
    var score = SegmentEventScore(
      errorRate: references > 0 ? Double(statistics.errors) / Double(references) : .nan, fScore: Self.fScore(sum),
      angleError: statistics.matched > 0 ? statistics.angleSum / Double(statistics.matched) : noError,
      frameRecall: statistics.frames > 0 ? Double(statistics.correctFrames) / Double(statistics.frames) : .nan,
      seldScore: 0)
    score.seldScore = DefinedMean.of([
      score.errorRate, 1 - score.fScore, score.angleError / 180, 1 - score.frameRecall,
    ])
    return score
  }

  /// The detection score of one class; directions have no class here, so their numbers are NaN.
  public func score(ofClass classIndex: Int, _ statistics: Statistics) -> SegmentEventScore {
    let tally = statistics.classes[classIndex]
    let references = tally.truePositives + tally.misses
    return SegmentEventScore(
      errorRate: references > 0 ? Double(tally.misses + tally.falsePositives) / Double(references) : .nan,
      fScore: Self.fScore(tally), angleError: .nan, frameRecall: .nan, seldScore: .nan)
  }

  private static func fScore(_ tally: Tally) -> Double {
    let denominator = 2 * tally.truePositives + tally.falsePositives + tally.misses
    return denominator > 0 ? Double(2 * tally.truePositives) / Double(denominator) : .nan
  }
}

/// The numbers of ``SegmentEventMetrics``.
public struct SegmentEventScore: MetricScore, Equatable {
  /// Errors of detection over reference segments; may exceed 1.
  public var errorRate: Double
  /// The F score of detection, 0 to 1.
  public var fScore: Double
  /// The mean angle of matched directions in degrees.
  public var angleError: Double
  /// The share of frames with the right number of directions, 0 to 1.
  public var frameRecall: Double
  /// The mean of ER, 1 - F, DOA error / 180 and 1 - frame recall; low is good.
  public var seldScore: Double

  /// The quantities.
  public static let quantities = [
    MetricQuantity("er", "ER", better: .lower),
    MetricQuantity("f", "F (%)", better: .higher, scale: 100, decimals: 1),
    MetricQuantity("doa_error_deg", "DOA error (°)", better: .lower, decimals: 1, isByClass: false),
    MetricQuantity(
      "frame_recall", "Frame recall (%)", better: .higher, scale: 100, decimals: 1, isByClass: false),
    MetricQuantity("seld", "SELD", better: .lower, isByClass: false),
  ]

  /// The numbers.
  public var values: [Double] { [errorRate, fScore, angleError, frameRecall, seldScore] }
}
