// The two distributions that intervals need: normal and Student's t.
// Not here: estimates from data (Statistics).

import Foundation

/// Distribution functions and their inverses in double precision.
package enum Distributions {
  /// P(X ≤ x) of the standard normal distribution.
  static func normalCumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The standard normal quantile of `probability` in (0, 1).
  package static func normalQuantile(_ probability: Double) -> Double {
    quantile(probability, of: normalCumulative)
  }

  /// P(T ≤ t) of Student's distribution.
  static func studentCumulative(_ t: Double, degrees: Double) -> Double {
    let tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The quantile of Student's distribution of `probability` in (0, 1).
  package static func studentQuantile(_ probability: Double, degrees: Double) -> Double {
    quantile(probability, of: { studentCumulative($0, degrees: degrees) })
  }

  /// Inverts a symmetric distribution function by bisection; the lower half keeps precision in the tail.
  private static func quantile(_ probability: Double, of cumulative: (Double) -> Double) -> Double {
    precondition(probability > 0 && probability < 1, "quantile: expected a probability in (0, 1), got \(probability)")
    if probability > 0.5 { return -quantile(1 - probability, of: cumulative) }
    if probability == 0.5 { return 0 }
    var low = -1.0
    while cumulative(low) > probability { low *= 2 }
    var high = 0.0
    while true {
      let middle = 0.5 * (low + high)
      if middle == low || middle == high { return middle }
      if cumulative(middle) < probability { low = middle } else { high = middle }
    }
  }

  /// The regularised incomplete beta function I_x(a, b).
  ///
  /// > Source: DLMF 8.17.22, the continued fraction, evaluated by Lentz's method; it converges fast for
  /// > x < (a + 1) / (a + b + 2), and 8.17.4 maps the rest there.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let logBeta = lgamma(a) + lgamma(b) - lgamma(a + b)
    let front = exp(a * log(x) + b * log1p(-x) - logBeta) / a
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1), tiny)
    var fraction = d
    for m in 1...10_000 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / guarded(1 + even * d, tiny)
      c = guarded(1 + even / c, tiny)
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / guarded(1 + odd * d, tiny)
      c = guarded(1 + odd / c, tiny)
      let change = c * d
      fraction *= change
      if abs(change - 1) < 1e-16 { break }
    }
    return front * fraction
  }

  private static func guarded(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }
}
