// The windowed-sinc delay: its definition, and the polynomials that the kernels evaluate.
// Not here: the kernels (CKernels, ck_images.h).

import CKernels
import Foundation

/// A delay by a fraction of a sample: 81 taps of a sinc under a Hann window that stays on the integer grid.
///
/// A pulse at time `τ` samples has `w_k = hann_k · sinc(k - 40 - frac)`, `frac = τ - ⌊τ⌋`, at sample `⌊τ⌋ + k - 40`.
/// The outer two taps are zero. For each tap the kernels use the polynomial of degree 7 in `frac - ½` that agrees with it
/// at eight Chebyshev points: off by less than 10⁻⁶ of the pulse.
public enum FractionalDelay {
  /// Taps, the outer zeros included.
  public static let taps = 81
  /// Samples by which a response is late so that no tap is cut off.
  public static let latency = 40

  /// Tap `k` in 0...80 for a fraction in 0..<1.
  public static func tap(_ k: Int, fraction: Double) -> Double {
    let position = Double(k - latency) - fraction
    let window = 0.5 - 0.5 * cos(2 * .pi * Double(k) / Double(taps - 1))
    guard abs(position) > 1e-12 else { return window }
    return window * sin(.pi * position) / (.pi * position)
  }

  /// The polynomials without any decay.
  static let plain = polynomials(decays: [0])

  /// Coefficients of the taps 1...79 as polynomials of `x = frac - ½`, `[decay][power][tap]`, padded to 80 taps.
  ///
  /// - Parameter decays: for each band the constant ε of a factor `exp(-ε x)` that the taps take in: what the air
  ///   takes over a fraction of a sample.
  static func polynomials(decays: [Double]) -> [Float] {
    let count = Int(CK_IMAGE_MOMENTS)
    let nodes = (0..<count).map { 0.5 * cos(.pi * (Double($0) + 0.5) / Double(count)) }
    let inverse = invertedVandermonde(nodes)
    var result: [Float] = []
    result.reserveCapacity(decays.count * count * Int(CK_IMAGE_TAPS))
    for decay in decays {
      let values = nodes.map { x in (1..<taps - 1).map { tap($0, fraction: x + 0.5) * exp(-decay * x) } }
      for power in 0..<count {
        for tap in 0..<taps - 2 {
          var sum = 0.0
          for node in 0..<count { sum += inverse[power][node] * values[node][tap] }
          result.append(Float(sum))
        }
        result.append(0)
      }
    }
    return result
  }

  /// The matrix that turns values at the nodes into monomial coefficients, `[power][node]`.
  private static func invertedVandermonde(_ nodes: [Double]) -> [[Double]] {
    let count = nodes.count
    var result = Array(repeating: [Double](repeating: 0, count: count), count: count)
    for node in 0..<count {
      // The Lagrange polynomial of the node, factor by factor.
      var coefficients = [1.0]
      var scale = 1.0
      for other in 0..<count where other != node {
        var next = [Double](repeating: 0, count: coefficients.count + 1)
        for (power, value) in coefficients.enumerated() {
          next[power + 1] += value
          next[power] -= nodes[other] * value
        }
        coefficients = next
        scale *= nodes[node] - nodes[other]
      }
      for power in 0..<count { result[power][node] = coefficients[power] / scale }
    }
    return result
  }
}
