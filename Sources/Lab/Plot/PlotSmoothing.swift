// The trend of a noisy curve.
// Not here: drawing it (PlotRenderer+Marks).

extension PlotSeries {
  /// The points with their local trend in place of their values; gaps stay gaps.
  ///
  /// > Source: Cleveland, "Robust locally weighted regression and smoothing scatterplots", 1979, with a two-sided
  /// > exponential kernel, whose sums can be carried along in linear time.
  var smoothedPoints: [PlotPoint] {
    let values = points.map(\.y).filter(\.isFinite)
    let before = KernelSums.running(values, weight: smoothing)
    let after = KernelSums.running(values.reversed(), weight: smoothing).reversed()
    var trend = zip(zip(before, after), values).map { sums, value in
      sums.0.trend(with: sums.1, value: value)
    }.makeIterator()
    return points.map { $0.y.isFinite ? PlotPoint(x: $0.x, y: trend.next() ?? $0.y) : $0 }
  }
}

/// Weighted sums over all points on one side of a point, itself included: of weights times powers of the distance, and
/// of the values.
private struct KernelSums {
  var weight0 = 0.0, weight1 = 0.0, weight2 = 0.0
  var value0 = 0.0, value1 = 0.0

  static func running(_ values: [Double], weight: Double) -> [KernelSums] {
    var sums = KernelSums()
    return values.map { value in
      // One step on, every distance grows by 1 and every weight falls by the factor.
      sums = KernelSums(
        weight0: 1 + weight * sums.weight0, weight1: weight * (sums.weight1 + sums.weight0),
        weight2: weight * (sums.weight2 + 2 * sums.weight1 + sums.weight0), value0: value + weight * sums.value0,
        value1: weight * (sums.value1 + sums.value0))
      return sums
    }
  }

  /// The height of the fitted line at the point; distances on the other side are negative.
  func trend(with other: KernelSums, value: Double) -> Double {
    let (s0, s1, s2) = (weight0 + other.weight0 - 1, other.weight1 - weight1, weight2 + other.weight2)
    let (t0, t1) = (value0 + other.value0 - value, other.value1 - value1)
    let determinant = s0 * s2 - s1 * s1
    return determinant > 1e-9 * s0 * s2 ? (s2 * t0 - s1 * t1) / determinant : t0 / s0
  }
}
