// Normally distributed numbers by the Box–Muller transform, in double arithmetic without fused operations or library
// calls: the result is the same, bit for bit, on every machine.

/// Two independent standard normal numbers from two uniform ones.
package struct NormalPair {
  /// `√(−2 log u)·cos 2πv`.
  package let cosine: Double
  /// `√(−2 log u)·sin 2πv`.
  package let sine: Double

  /// From 64 random bits each; 53 are used.
  @inline(__always)
  package init(_ first: UInt64, _ second: UInt64) {
    self.init(u: Double((first >> 11) + 1) * 0x1p-53, v: Double(second >> 11) * 0x1p-53)
  }

  /// From 32 random bits each: no number lies beyond 6.67.
  @inline(__always)
  init(_ first: UInt32, _ second: UInt32) {
    self.init(u: (Double(first) + 1) * 0x1p-32, v: Double(second) * 0x1p-32)
  }

  /// - Parameters:
  ///   - u: in (0, 1].
  ///   - v: in [0, 1).
  @inline(__always)
  private init(u: Double, v: Double) {
    let radius = (-2 * Self.logarithm(u)).squareRoot()
    let turn = Self.turn(v)
    cosine = radius * turn.cosine
    sine = radius * turn.sine
  }

  /// The natural logarithm of a normal positive number, to about 1e-15.
  @inline(__always)
  static func logarithm(_ x: Double) -> Double {
    var exponent = Int(x.bitPattern >> 52) - 1023
    var fraction = Double(bitPattern: x.bitPattern & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
    if fraction > 1.4142135623730951 {
      fraction *= 0.5
      exponent += 1
    }
    // log f = 2 artanh s with |s| < 0.1716; the series is cut where its terms fall below 2^-56.
    let s = (fraction - 1) / (fraction + 1), square = s * s
    var series = 1.0 / 21
    series = series * square + 1.0 / 19
    series = series * square + 1.0 / 17
    series = series * square + 1.0 / 15
    series = series * square + 1.0 / 13
    series = series * square + 1.0 / 11
    series = series * square + 1.0 / 9
    series = series * square + 1.0 / 7
    series = series * square + 1.0 / 5
    series = series * square + 1.0 / 3
    return Double(exponent) * 0.6931471805599453 + (2 * s + 2 * s * square * series)
  }

  /// Cosine and sine of `v` full turns, `0 ≤ v < 1`, to about 1e-16.
  @inline(__always)
  static func turn(_ v: Double) -> (cosine: Double, sine: Double) {
    let quarters = (4 * v).rounded(.toNearestOrEven)
    let angle = (v - quarters * 0.25) * 6.283185307179586, square = angle * angle  // |angle| ≤ π/4
    var sine = -1.0 / 1_307_674_368_000
    sine = sine * square + 1.0 / 6_227_020_800
    sine = sine * square - 1.0 / 39_916_800
    sine = sine * square + 1.0 / 362_880
    sine = sine * square - 1.0 / 5_040
    sine = sine * square + 1.0 / 120
    sine = sine * square - 1.0 / 6
    sine = angle + angle * square * sine
    var cosine = 1.0 / 20_922_789_888_000
    cosine = cosine * square - 1.0 / 87_178_291_200
    cosine = cosine * square + 1.0 / 479_001_600
    cosine = cosine * square - 1.0 / 3_628_800
    cosine = cosine * square + 1.0 / 40_320
    cosine = cosine * square - 1.0 / 720
    cosine = cosine * square + 1.0 / 24
    cosine = 1 - 0.5 * square + square * square * cosine
    switch Int(quarters) & 3 {
    case 0: return (cosine, sine)
    case 1: return (-sine, cosine)
    case 2: return (-cosine, -sine)
    default: return (sine, -cosine)
    }
  }
}
