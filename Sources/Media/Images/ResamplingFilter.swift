// The filters of resizing, and the weights of each output sample.
// Not here: the loops over pixels (ImageResampling.swift).

import Foundation

/// What a resized sample is made of.
///
/// When a picture shrinks, the support widens by the factor, so that every input sample counts: no aliasing.
public enum ResamplingFilter: String, Codable, CaseIterable, Hashable, Sendable {
  /// The mean over the area of the output pixel.
  case box
  /// A triangle: linear interpolation when enlarging.
  case bilinear
  /// Piecewise cubics with a = -0.5.
  case bicubic
  /// A sinc under the central lobe of a wider sinc, three lobes: the sharpest.
  case lanczos

  /// Half the width of the filter in samples, where nothing shrinks.
  public var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The filter's value at a distance in samples.
  ///
  /// > Source: Keys, "Cubic convolution interpolation", IEEE Trans. ASSP 29, 1981, eq. 8 with a = -1/2 (bicubic);
  /// Duchon, "Lanczos filtering in one and two dimensions", J. Appl. Meteorology 18, 1979 (lanczos).
  func value(_ distance: Double) -> Double {
    let x = abs(distance)
    guard x <= support else { return 0 }
    switch self {
    case .box:
      // Half-open, so that a sample on an edge counts once.
      return distance > -0.5 ? 1 : 0
    case .bilinear: return 1 - x
    case .bicubic:
      return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
    case .lanczos: return Self.sinc(x) * Self.sinc(x / 3)
    }
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
}

/// For each output sample of one axis: the first input sample, and the weights from there on.
struct ResamplingWeights: Sendable {
  /// The first input sample of each output.
  let starts: [Int]
  /// `outputs × taps` weights that add up to 1; those beyond the samples of an output are 0.
  let weights: [Float]
  /// Weights an output.
  let taps: Int

  /// Weights smaller than this are rounding errors of zeros.
  private static let negligible = 1e-9

  /// Weights that stretch the interval `lower..<upper` of `count` samples over `outputs` samples.
  ///
  /// > Source: Pillow's documentation, "Filters": the support is `support × max(1, scale)`, and what lies beyond the
  /// edges does not count.
  init(_ filter: ResamplingFilter, count: Int, lower: Double, upper: Double, outputs: Int) {
    let scale = (upper - lower) / Double(outputs)
    let stretch = max(1, scale)
    let support = filter.support * stretch
    var rows: [(first: Int, weights: ArraySlice<Double>)] = []
    rows.reserveCapacity(outputs)
    for output in 0..<outputs {
      let center = lower + (Double(output) + 0.5) * scale
      let first = min(max(0, Int(center - support + 0.5)), count - 1)
      let last = max(first + 1, min(count, Int(center + support + 0.5)))
      let all = (first..<last).map { filter.value((Double($0) - center + 0.5) / stretch) }
      let kept = Self.trimmed(all)
      let sum = kept.reduce(0, +)
      rows.append((first + kept.startIndex, sum == 0 ? kept : ArraySlice(kept.map { $0 / sum })))
    }
    // The first samples never step back, so that rows can be filtered once, in order.
    var starts = rows.map(\.first)
    for output in stride(from: outputs - 2, through: 0, by: -1) {
      starts[output] = min(starts[output], starts[output + 1])
    }
    let taps = zip(rows, starts).map { $0.first + $0.weights.count - $1 }.max() ?? 1
    // Nothing is read behind the last sample: such outputs start earlier, with weights of 0.
    starts = starts.map { min($0, count - taps) }
    var packed = [Float](repeating: 0, count: outputs * taps)
    for (output, row) in rows.enumerated() {
      let offset = output * taps + row.first - starts[output]
      for (index, weight) in row.weights.enumerated() { packed[offset + index] = Float(weight) }
    }
    self.starts = starts
    self.weights = packed
    self.taps = taps
  }

  /// Without zeros at the ends, so that an axis that keeps its size has one weight a sample.
  private static func trimmed(_ weights: [Double]) -> ArraySlice<Double> {
    guard let first = weights.firstIndex(where: { abs($0) > negligible }),
      let last = weights.lastIndex(where: { abs($0) > negligible })
    else { return weights.prefix(1) }
    return weights[first...last]
  }
}
