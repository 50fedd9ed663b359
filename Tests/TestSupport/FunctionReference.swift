// The formulas of differentiable functions over traced scalars, written from their definitions: no blocks, no fusion.
// Not here: attention, rotation and convolution (FunctionReference+Sequence.swift).
import Foundation
import NN
public import Tensor

/// Formulas to judge the library's functions by.
public enum FunctionReference {
  /// `left + right`.
  public static func add(_ left: TracedArray, _ right: TracedArray) -> TracedArray {
    TracedArray(zip(left.elements, right.elements).map { $0 + $1 }, shape: left.shape)
  }

  /// `left ∘ right`.
  public static func multiply(_ left: TracedArray, _ right: TracedArray) -> TracedArray {
    TracedArray(zip(left.elements, right.elements).map { $0 * $1 }, shape: left.shape)
  }

  /// `x ∘ gain` by rows.
  public static func columnScale(_ x: TracedArray, _ gain: TracedArray) -> TracedArray {
    TracedArray(x.rows.flatMap { zip($0, gain.elements).map { $0 * $1 } }, shape: x.shape)
  }

  /// `x + offset`, the offset repeating as often as it fits.
  public static func addBias(_ x: TracedArray, _ offset: TracedArray) -> TracedArray {
    let count = offset.elements.count
    return TracedArray(x.elements.enumerated().map { $1 + offset.elements[$0 % count] }, shape: x.shape)
  }

  /// `x·Wᵀ + b`.
  public static func linear(_ x: TracedArray, _ weight: TracedArray, _ bias: TracedArray? = nil) -> TracedArray {
    let outputs = x.rows.flatMap { row in
      weight.rows.enumerated().map { index, column in
        let product = sum(zip(row, column).map { $0 * $1 })
        return bias.map { product + $0.elements[index] } ?? product
      }
    }
    return TracedArray(outputs, shape: x.shape.replacingLast(with: weight.shape[0]))
  }

  /// Rows of `table`.
  public static func embedding(_ tokens: [Int], _ table: TracedArray, shape: Shape) -> TracedArray {
    TracedArray(tokens.flatMap { table.rows[$0] }, shape: shape)
  }

  /// `x / √(mean(x²) + ε) ∘ gain`.
  public static func rmsNorm(_ x: TracedArray, _ gain: TracedArray?, epsilon: Double) -> TracedArray {
    let unit = x.rows.flatMap { row in
      let root = (sum(row.map { $0 * $0 }) * (1 / Double(row.count)) + epsilon).squareRoot
      return row.map { $0 / root }
    }
    let normalized = TracedArray(unit, shape: x.shape)
    return gain.map { columnScale(normalized, $0) } ?? normalized
  }

  /// `(x − mean) / √(variance + ε) ∘ gain + bias`.
  public static func layerNorm(
    _ x: TracedArray, _ gain: TracedArray, _ bias: TracedArray, epsilon: Double
  ) -> TracedArray {
    let unit = x.rows.flatMap { row in
      let mean = sum(row) * (1 / Double(row.count))
      let centred = row.map { $0 - mean }
      let root = (sum(centred.map { $0 * $0 }) * (1 / Double(row.count)) + epsilon).squareRoot
      return centred.map { $0 / root }
    }
    return addBias(columnScale(TracedArray(unit, shape: x.shape), gain), bias)
  }

  /// `x·σ(x)`.
  public static func silu(_ x: TracedArray) -> TracedArray { x.map { $0 * $0.sigmoid } }

  /// `x·Φ(x)`, or its approximation by a hyperbolic tangent.
  public static func gelu(_ x: TracedArray, exact: Bool) -> TracedArray {
    x.map { x in
      guard !exact else { return x * ((x * 0.5.squareRoot()).errorFunction + 1) * 0.5 }
      let inner = (x + x * x * x * 0.044715) * (2 / Double.pi).squareRoot()
      return x * (inner.hyperbolicTangent + 1) * 0.5
    }
  }

  /// The logarithm of `Σ e^x`.
  public static func logSumExp(_ row: some Collection<TracedScalar>) -> TracedScalar {
    let highest = row.map(\.value).max() ?? 0
    return sum(row.map { ($0 + -highest).exponential }).logarithm + highest
  }

  /// Softmax of each row.
  public static func softmax(_ x: TracedArray) -> TracedArray {
    let rows = x.rows.flatMap { row in
      let highest = row.map(\.value).max() ?? 0
      let powers = row.map { ($0 + -highest).exponential }
      let total = sum(powers)
      return powers.map { $0 / total }
    }
    return TracedArray(rows, shape: x.shape)
  }

  /// Cross-entropy with z-loss of each row that counts, and their mean.
  ///
  /// - Parameter targets: one for each row; negative ones do not count.
  public static func crossEntropy(
    _ logits: TracedArray, _ targets: [Int], zLoss: Double
  ) -> (mean: TracedArray, losses: [Double]) {
    var terms: [TracedScalar] = []
    let losses = zip(logits.rows, targets).map { row, target in
      guard target >= 0 else { return 0.0 }
      let z = logSumExp(row), loss = z - row[row.startIndex + target] + z * z * zLoss
      terms.append(loss)
      return loss.value
    }
    return (TracedArray([sum(terms) * (1 / Double(terms.count))], shape: [1]), losses)
  }

  /// The mean of all elements.
  public static func mean(_ x: TracedArray) -> TracedArray {
    TracedArray([sum(x.elements) * (1 / Double(x.elements.count))], shape: [1])
  }
}
