// From the counts of frames to F, DOAE, RDE and the rest.
// Not here: the counting (FrameSELDMetrics.swift).

/// The numbers of ``FrameSELDMetrics``.
public struct FrameSELDScore: MetricScore, Equatable {
  /// The location- and distance-dependent F score, 0 to 1.
  public var fScore: Double
  /// The mean angle of matched pairs in degrees, whatever the thresholds; NaN without pairs.
  public var angleError: Double
  /// The mean distance error of matched pairs over the reference distance; NaN without distances.
  public var relativeDistanceError: Double
  /// The mean distance error of matched pairs in metres; NaN without distances.
  public var distanceError: Double
  /// Errors of all classes over reference events; may exceed 1. Not part of the challenge's ranking.
  public var errorRate: Double
  /// The share of reference events that are matched, 0 to 1, whatever the thresholds.
  public var localizationRecall: Double
  /// The mean of 1 - F, DOAE / 180 and RDE, of those that are defined; low is good.
  public var seldScore: Double
  /// Changes of the predicted source behind a reference source.
  public var identitySwitches: Double

  /// The quantities.
  public static let quantities = [
    MetricQuantity("f", "F (%)", better: .higher, scale: 100, decimals: 1),
    MetricQuantity("doae_deg", "DOAE (°)", better: .lower, decimals: 1),
    MetricQuantity("rde", "RDE (%)", better: .lower, scale: 100, decimals: 1),
    MetricQuantity("distance_error_m", "Dist. error (m)", better: .lower, decimals: 2),
    MetricQuantity("er", "ER", better: .lower, isByClass: false),
    MetricQuantity("lr", "LR (%)", better: .higher, scale: 100, decimals: 1),
    MetricQuantity("seld", "SELD", better: .lower),
    MetricQuantity("id_switches", "ID switches", better: .neither, decimals: 0),
  ]

  /// The numbers.
  public var values: [Double] {
    [
      fScore, angleError, relativeDistanceError, distanceError, errorRate, localizationRecall, seldScore,
      identitySwitches,
    ]
  }
}

extension FrameSELDMetrics {
  /// The score of all classes.
  public func score(_ statistics: Statistics) -> FrameSELDScore {
    let errorRate = errorRate(statistics)
    let sum = score(statistics.classes.reduce(Tally(), +), errorRate)
    guard average == .macro else { return sum }
    let classes = statistics.classes.map { score($0, errorRate) }
    let mean = dcaseCompat ? DefinedMean.ofAll : DefinedMean.of
    var result = FrameSELDScore(
      fScore: mean(classes.map(\.fScore)), angleError: DefinedMean.of(classes.map(\.angleError)),
      relativeDistanceError: DefinedMean.of(classes.map(\.relativeDistanceError)),
      distanceError: DefinedMean.of(classes.map(\.distanceError)), errorRate: errorRate,
      localizationRecall: mean(classes.map(\.localizationRecall)), seldScore: mean(classes.map(\.seldScore)),
      identitySwitches: sum.identitySwitches)
    if !dcaseCompat { result.seldScore = Self.seldScore(result) }
    return result
  }

  /// The score of one class. ER is that of all classes, as in the published tables.
  public func score(ofClass classIndex: Int, _ statistics: Statistics) -> FrameSELDScore {
    score(statistics.classes[classIndex], errorRate(statistics))
  }

  private func errorRate(_ statistics: Statistics) -> Double {
    let references = Double(statistics.classes.reduce(0) { $0 + $1.references })
    if dcaseCompat { return Double(statistics.errors) / (references + EventMatching.epsilon) }
    return references > 0 ? Double(statistics.errors) / references : .nan
  }

  private func score(_ tally: Tally, _ errorRate: Double) -> FrameSELDScore {
    let undefined = dcaseCompat ? 0 : Double.nan
    let detections = Double(tally.matched) + 0.5 * Double(tally.falsePositives + tally.misses)
    let located = tally.matched + tally.misses
    var score = FrameSELDScore(
      fScore: detections > 0 ? Double(tally.truePositives) / detections : undefined,
      angleError: Self.mean(tally.angleSum, tally.matched),
      relativeDistanceError: Self.mean(tally.relativeSum, tally.relativePairs),
      distanceError: Self.mean(tally.distanceSum, tally.distancePairs), errorRate: errorRate,
      localizationRecall: located > 0 ? Double(tally.matched) / Double(located) : undefined, seldScore: 0,
      identitySwitches: Double(tally.identitySwitches))
    score.seldScore = Self.seldScore(score)
    return score
  }

  private static func mean(_ sum: Double, _ count: Int) -> Double { count > 0 ? sum / Double(count) : .nan }

  private static func seldScore(_ score: FrameSELDScore) -> Double {
    DefinedMean.of([1 - score.fScore, score.angleError / 180, score.relativeDistanceError])
  }
}
