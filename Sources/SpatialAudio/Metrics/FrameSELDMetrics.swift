// Joint detection, localization and distance frame by frame: the metrics of DCASE 2024.
// Not here: segments (SegmentSELDMetrics.swift).

/// The frame-level metrics of DCASE 2024: F with thresholds of angle and distance, and class-dependent errors of
/// direction and distance.
///
/// Where `dcaseCompat` is true, numbers are those of the public evaluation code:
/// - frames are those before the last labelled reference frame, so that frame itself is left out;
/// - a distance that is missing makes the mean errors of its class NaN, a reference of 0 m makes them huge;
/// - a class without any event has F 0 and counts in the mean of F; the overall score is the mean of the classes' scores;
/// - angles contain the 1e-10 of the code's norms.
///
/// Only ties may come out otherwise: of two assignments with the same sum of angles that code takes the one that rounding
/// favours on its machine.
///
/// Where it is false, every frame counts, pairs without a usable distance are left out of the distance errors, values
/// that are not defined are NaN and left out, and the overall score is that of the overall F, DOAE and RDE.
///
/// > Source: DCASE 2024 task 3, section on evaluation; Krause, Politis and Mesaros, "Sound event detection and localization
/// > with distance estimation", EUSIPCO 2024.
public struct FrameSELDMetrics: SELDMetric {
  /// Number of classes.
  public var classCount: Int
  /// The largest angle of a true positive in degrees.
  public var angleThreshold: Double
  /// The largest distance error of a true positive over the reference distance.
  public var relativeDistanceThreshold: Double
  /// The largest distance error of a true positive in metres; off if infinite.
  public var distanceThreshold: Double
  /// How classes become one number.
  public var average: MetricAverage
  /// Whether to count as the public code does.
  public var dcaseCompat: Bool

  /// Creates the metric of 2024.
  public init(
    classCount: Int, angleThreshold: Double = 20, relativeDistanceThreshold: Double = 1,
    distanceThreshold: Double = .infinity, average: MetricAverage = .macro, dcaseCompat: Bool = true
  ) {
    precondition(classCount > 0, "FrameSELDMetrics: expected classes, got \(classCount)")
    self.classCount = classCount
    self.angleThreshold = angleThreshold
    self.relativeDistanceThreshold = relativeDistanceThreshold
    self.distanceThreshold = distanceThreshold
    self.average = average
    self.dcaseCompat = dcaseCompat
  }

  /// The counts of one class.
  public struct Tally: Equatable, Sendable {
    /// Reference events.
    public var references = 0
    /// Matched pairs within all thresholds.
    public var truePositives = 0
    /// Matched pairs beyond a threshold.
    public var wrongPlaces = 0
    /// Predicted events too many.
    public var falsePositives = 0
    /// Reference events too many.
    public var misses = 0
    /// The sum of the angles of matched pairs, in degrees.
    public var angleSum = 0.0
    /// The sum of the distance errors of matched pairs, in metres.
    public var distanceSum = 0.0
    /// Pairs in `distanceSum`.
    public var distancePairs = 0
    /// The sum of the distance errors over the reference distances.
    public var relativeSum = 0.0
    /// Pairs in `relativeSum`.
    public var relativePairs = 0
    /// How often a reference source that was matched in two frames on end changed its predicted source.
    public var identitySwitches = 0

    /// Matched pairs.
    var matched: Int { truePositives + wrongPlaces }

    static func + (a: Tally, b: Tally) -> Tally {
      Tally(
        references: a.references + b.references, truePositives: a.truePositives + b.truePositives,
        wrongPlaces: a.wrongPlaces + b.wrongPlaces, falsePositives: a.falsePositives + b.falsePositives,
        misses: a.misses + b.misses, angleSum: a.angleSum + b.angleSum, distanceSum: a.distanceSum + b.distanceSum,
        distancePairs: a.distancePairs + b.distancePairs, relativeSum: a.relativeSum + b.relativeSum,
        relativePairs: a.relativePairs + b.relativePairs, identitySwitches: a.identitySwitches + b.identitySwitches)
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

  /// A reference event with the predicted event of its class that was assigned to it.
  public struct MatchedPair: Sendable {
    /// The reference event.
    public var reference: LabelEvent
    /// The predicted event.
    public var prediction: LabelEvent
    /// The angle between them in degrees.
    public var angle: Double
  }

  /// The counts of no file.
  public var noStatistics: Statistics { Statistics(classes: Array(repeating: Tally(), count: classCount)) }

  /// The counts of one file.
  public func statistics(reference: FrameLabels, prediction: FrameLabels) -> Statistics {
    EventMatching.requireClasses(reference, prediction, below: classCount)
    var result = noStatistics
    var identities = Identities()
    let limit = EventMatching.comparedFrames(reference, prediction, dcaseCompat: dcaseCompat)
    EventMatching.forEachFrame(reference, prediction, below: limit, sortsBySource: !dcaseCompat) { frame, classes in
      var (misses, alarms) = (0, 0)
      for (classIndex, events) in classes {
        let pairs = EventMatching.pairs(events.reference, events.prediction, dcaseCompat: dcaseCompat)
        var tally = tally(events, pairs)
        tally.identitySwitches = identities.switches(frame, classIndex, events, pairs)
        result.classes[classIndex] = result.classes[classIndex] + tally
        misses += tally.misses
        alarms += tally.falsePositives + tally.wrongPlaces
      }
      result.errors += max(misses, alarms)
    }
    return result
  }

  /// The pairs behind the class-dependent errors, by frame.
  public func pairs(reference: FrameLabels, prediction: FrameLabels) -> [MatchedPair] {
    var result: [MatchedPair] = []
    let limit = EventMatching.comparedFrames(reference, prediction, dcaseCompat: dcaseCompat)
    EventMatching.forEachFrame(reference, prediction, below: limit, sortsBySource: !dcaseCompat) { _, classes in
      for (_, events) in classes.sorted(by: { $0.key < $1.key }) {
        for pair in EventMatching.pairs(events.reference, events.prediction, dcaseCompat: dcaseCompat) {
          result.append(
            MatchedPair(
              reference: events.reference[pair.reference], prediction: events.prediction[pair.prediction],
              angle: pair.angle))
        }
      }
    }
    return result
  }

  private func tally(_ events: EventMatching.ClassEvents, _ pairs: [EventMatching.Pair]) -> Tally {
    var tally = Tally(references: events.reference.count)
    tally.falsePositives = max(0, events.prediction.count - events.reference.count)
    tally.misses = max(0, events.reference.count - events.prediction.count)
    let slack = dcaseCompat ? 0 : EventMatching.tolerance
    for pair in pairs {
      let truth = events.reference[pair.reference].distance
      let error = abs(truth - events.prediction[pair.prediction].distance)
      let relative = dcaseCompat ? error / (truth + EventMatching.epsilon) : truth > 0 ? error / truth : .nan
      // Comparisons with NaN are false: an unknown distance is not a wrong one.
      let isWrong =
        pair.angle > angleThreshold + slack || error > distanceThreshold + slack
        || relative > relativeDistanceThreshold + slack
      if isWrong { tally.wrongPlaces += 1 } else { tally.truePositives += 1 }
      tally.angleSum += pair.angle
      if dcaseCompat || !error.isNaN {
        tally.distanceSum += error
        tally.distancePairs += 1
      }
      if dcaseCompat || !relative.isNaN {
        tally.relativeSum += relative
        tally.relativePairs += 1
      }
    }
    return tally
  }

  /// Who was matched with whom in the last frame in which a class was in both.
  private struct Identities {
    private var last: [Int: (frame: Int, partners: [Int: Int])] = [:]

    mutating func switches(
      _ frame: Int, _ classIndex: Int, _ events: EventMatching.ClassEvents, _ pairs: [EventMatching.Pair]
    ) -> Int {
      guard !pairs.isEmpty else { return 0 }
      let references = Self.unique(events.reference.map(\.source))
      let predictions = Self.unique(events.prediction.map(\.source))
      var partners: [Int: Int] = [:]
      for pair in pairs { partners[references[pair.reference]] = predictions[pair.prediction] }
      let before = last[classIndex].flatMap { $0.frame == frame - 1 ? $0.partners : nil } ?? [:]
      last[classIndex] = (frame, partners)
      return partners.count { key, value in before[key].map { $0 != value } ?? false }
    }

    /// A source that occurs again gets a number of its own: -1, -2, ….
    private static func unique(_ sources: [Int]) -> [Int] {
      var seen: Set<Int> = []
      var next = -1
      return sources.map { source in
        if seen.insert(source).inserted { return source }
        defer { next -= 1 }
        return next
      }
    }
  }
}
