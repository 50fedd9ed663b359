// From values to pixels: domains, ticks and their labels.
// Not here: drawing them (PlotRenderer).

import Foundation

/// One axis with its place on the paper.
package struct PlotScale {
  /// A mark on the axis; minor ones have no label.
  package struct Tick: Equatable {
    package var value: Double
    package var label: String
    package var isMajor: Bool { !label.isEmpty }

    /// Creates a mark; an empty label makes it a minor one.
    package init(value: Double, label: String) {
      self.value = value
      self.label = label
    }
  }

  package let domain: ClosedRange<Double>
  let isLogarithmic: Bool
  /// Pixels of the domain's ends; the first may be the larger, as on vertical axes.
  package var start = 0.0
  package var end = 1.0

  /// Fits a domain to the data.
  ///
  /// - Parameter padding: share of the span to leave free on each side.
  package init(axis: PlotAxis, values: [Double], padding: Double) {
    isLogarithmic = axis.scale == .logarithmic
    if let range = axis.range, Self.isDrawable(range.lowerBound, axis.scale),
      Self.isDrawable(range.upperBound, axis.scale)
    {
      domain = Self.widened(range, isLogarithmic: isLogarithmic)
      return
    }
    let usable = values.filter { Self.isDrawable($0, axis.scale) }
    guard var low = usable.min(), var high = usable.max() else {
      domain = isLogarithmic ? 1...10 : 0...1
      return
    }
    if isLogarithmic {
      let margin = pow(high / low, padding)
      domain = Self.widened((low / margin)...(high * margin), isLogarithmic: true)
      return
    }
    if axis.includesZero {
      low = min(low, 0)
      high = max(high, 0)
    }
    let margin = (high - low) * padding
    let touchesZero = axis.includesZero
    domain = Self.widened(
      (touchesZero && low == 0 ? 0 : low - margin)...(touchesZero && high == 0 ? 0 : high + margin),
      isLogarithmic: false)
  }

  /// Numbers near the ends of the floating-point range have no place: spans and ratios of them would overflow.
  private static func isDrawable(_ value: Double, _ scale: PlotAxis.Scale) -> Bool {
    scale == .logarithmic ? (1e-150...1e150).contains(value) : abs(value) <= 1e150
  }

  /// A domain of one point becomes a small range around it.
  private static func widened(_ range: ClosedRange<Double>, isLogarithmic: Bool) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard high - low <= max(1e-12 * max(abs(low), abs(high)), 1e-150) else { return range }
    if isLogarithmic { return (low / 2)...(high * 2) }
    let half = abs(low) <= 1e-140 ? 1 : abs(low) * 0.1
    return (low - half)...(high + half)
  }

  /// The pixel of a value; nil where the axis has none.
  package func position(_ value: Double) -> Double? {
    guard Self.isDrawable(value, isLogarithmic ? .logarithmic : .linear) else { return nil }
    let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
    let share = (transformed(value) - low) / (high - low)
    // Far outside the paper nothing is seen, but huge numbers upset renderers.
    return start + min(max(share, -2), 3) * (end - start)
  }

  private func transformed(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }

  // MARK: Ticks

  /// Ticks inside the domain, about `count` of them with labels.
  package func ticks(about count: Int) -> [Tick] {
    let ticks = isLogarithmic ? logarithmicTicks(about: count) : linearTicks(about: count)
    let slack = 1e-9 * (transformed(domain.upperBound) - transformed(domain.lowerBound))
    let (low, high) = (transformed(domain.lowerBound) - slack, transformed(domain.upperBound) + slack)
    return ticks.filter { (low...high).contains(transformed($0.value)) }
  }

  private func linearTicks(about count: Int) -> [Tick] {
    let span = domain.upperBound - domain.lowerBound
    let step = Self.niceStep(span / Double(max(1, count)))
    let first = (domain.lowerBound / step).rounded(.up)
    let last = (domain.upperBound / step).rounded(.down)
    let largest = max(abs(domain.lowerBound), abs(domain.upperBound))
    guard first <= last else { return [] }
    return stride(from: first, through: last, by: 1).map { index in
      // Multiples instead of sums: no error builds up, and zero is zero.
      Tick(value: index * step, label: Self.label(index * step, step: step, largest: largest))
    }
  }

  private func logarithmicTicks(about count: Int) -> [Tick] {
    let firstDecade = Int(log10(domain.lowerBound).rounded(.down))
    let lastDecade = Int(log10(domain.upperBound).rounded(.up))
    let decades = firstDecade...lastDecade
    let whole = decades.filter { domain.contains(pow(10, Double($0))) }.count
    let labelled = whole >= 2 ? [1] : [1, 2, 5]
    let stride = max(1, Int((Double(decades.count) / Double(max(2, count))).rounded(.up)))
    let isPlain = decades.lowerBound >= -4 && decades.upperBound <= 5
    let ticks = decades.flatMap { decade in
      (1...9).map { digit in
        let value = Double(digit) * pow(10, Double(decade))
        let isLabelled = labelled.contains(digit) && (digit > 1 || decade.isMultiple(of: stride) || whole < 2)
        return Tick(value: value, label: isLabelled ? Self.logarithmicLabel(digit, decade, isPlain: isPlain) : "")
      }
    }
    let visible = ticks.filter { $0.isMajor && domain.contains($0.value) }
    return visible.count >= 2 ? ticks : linearTicks(about: count)
  }

  /// 1, 2 or 5 times a power of ten, the smallest that is not below `raw`.
  static func niceStep(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let digit = [1.0, 2, 5].first { $0 * power >= raw * 0.999999 } ?? 10
    return digit * power
  }

  /// A label that shows as many decimals as the step needs.
  static func label(_ value: Double, step: Double, largest: Double) -> String {
    guard value != 0 else { return "0" }
    if largest < 1e-3 {
      let exponent = Int(log10(largest).rounded(.down))
      let decimals = max(0, exponent - Int(log10(step * 1.000001).rounded(.down)))
      return minus(NumberText.fixed(value / pow(10, Double(exponent)), decimals: decimals)) + "×10"
        + superscript(exponent)
    }
    for (unit, suffix) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    where largest >= unit * 10 || (unit > 1e3 && largest >= unit) {
      return minus(NumberText.shortest(value / unit, decimals: decimals(for: step / unit))) + suffix
    }
    return minus(NumberText.fixed(value, decimals: decimals(for: step)))
  }

  /// With the sign that is as wide as a plus.
  private static func minus(_ text: String) -> String { text.hasPrefix("-") ? "−" + text.dropFirst() : text }

  private static func decimals(for step: Double) -> Int {
    max(0, -Int(log10(step * 1.000001).rounded(.down)))
  }

  private static func logarithmicLabel(_ digit: Int, _ decade: Int, isPlain: Bool) -> String {
    if isPlain { return NumberText.shortest(Double(digit) * pow(10, Double(decade)), decimals: max(0, -decade)) }
    return (digit == 1 ? "" : "\(digit)×") + "10" + superscript(decade)
  }

  static func superscript(_ number: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return String(String(number).map { digits[$0] ?? $0 })
  }
}
