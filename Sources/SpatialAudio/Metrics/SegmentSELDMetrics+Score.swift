// From the counts of segments to ER, F, LE, LR and SELD.
// Not here: the counting (SegmentSELDMetrics.swift).

/// The numbers of ``SegmentSELDMetrics``.
public struct SegmentSELDScore: MetricScore, Equatable {
  /// Errors of all classes over reference tracks; may exceed 1.
  public var errorRate: Double
  /// The location-dependent F score, 0 to 1.
  public var fScore: Double
  /// The mean angle of matched tracks in degrees, whatever the threshold.
  public var localizationError: Double
  /// The share of reference tracks that are matched, 0 to 1, whatever the threshold.
  public var localizationRecall: Double
  /// The mean of ER, 1 - F, LE / 180 and 1 - LR; low is good.
  public var seldScore: Double

  /// The quantities.
  public static let quantities = [
    MetricQuantity("er", "ER", better: .lower, isByClass: false),
    MetricQuantity("f", "F (%)", better: .higher, scale: 100, decimals: 1),
    MetricQuantity("le_deg", "LE (°)", better: .lower, decimals: 1),
    MetricQuantity("lr", "LR (%)", better: .higher, scale: 100, decimals: 1),
    MetricQuantity("seld", "SELD", better: .lower),
  ]

  /// The numbers.
  public var values: [Double] { [errorRate, fScore, localizationError, localizationRecall, seldScore] }
}

extension SegmentSELDMetrics {
  /// The score of all classes.
  public func score(_ statistics: Statistics) -> SegmentSELDScore {
    let errorRate = errorRate(statistics)
    guard average == .macro else { return score(statistics.classes.reduce(Tally(), +), errorRate) }
    let classes = statistics.classes.map { score($0, errorRate) }
    let mean = dcaseCompat ? DefinedMean.ofAll : DefinedMean.of
    var result = SegmentSELDScore(
      errorRate: errorRate, fScore: mean(classes.map(\.fScore)),
      localizationError: mean(classes.map(\.localizationError)),
      localizationRecall: mean(classes.map(\.localizationRecall)), seldScore: mean(classes.map(\.seldScore)))
    if !dcaseCompat { result.seldScore = Self.seldScore(result) }
    return result
  }

  /// The score of one class. ER is that of all classes, as in the published tables.
  public func score(ofClass classIndex: Int, _ statistics: Statistics) -> SegmentSELDScore {
    score(statistics.classes[classIndex], errorRate(statistics))
  }

  private func errorRate(_ statistics: Statistics) -> Double {
    let references = Double(statistics.classes.reduce(0) { $0 + $1.references })
    if dcaseCompat { return Double(statistics.errors) / (references + EventMatching.epsilon) }
    return references > 0 ? Double(statistics.errors) / references : .nan
  }

  private func score(_ tally: Tally, _ errorRate: Double) -> SegmentSELDScore {
    let undefined = dcaseCompat ? 0 : Double.nan
    let spatialCost = wrongPlace == .falsePositive ? 0.5 : 1
    let half = 0.5 * Double(tally.falsePositives + tally.misses)
    let detections = Double(tally.truePositives) + spatialCost * Double(tally.wrongPlaces) + half
    let located = tally.matched + tally.misses
    let noError = dcaseCompat || located > 0 ? 180 : Double.nan
    var score = SegmentSELDScore(
      errorRate: errorRate, fScore: detections > 0 ? Double(tally.truePositives) / detections : undefined,
      localizationError: tally.matched > 0 ? tally.angleSum / Double(tally.matched) : noError,
      localizationRecall: located > 0 ? Double(tally.matched) / Double(located) : undefined, seldScore: 0)
    score.seldScore = Self.seldScore(score)
    return score
  }

  private static func seldScore(_ score: SegmentSELDScore) -> Double {
    DefinedMean.of([
      score.errorRate, 1 - score.fScore, score.localizationError / 180, 1 - score.localizationRecall,
    ])
  }
}
