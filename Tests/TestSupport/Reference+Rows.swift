// Normalisation, softmax, cross-entropy, rotation and lookup of rows as their definitions say.
import Foundation
public import Tensor

private func rmsNorm<S: ReferenceScalar>(_ inputs: [[S]], _ width: Int, _ epsilon: S) -> [S] {
  let gain = inputs.count > 1 ? inputs[1] : [S](repeating: 1, count: width)
  return rows(inputs[0], width).flatMap { row in
    let root = (row.reduce(0) { $0 + $1 * $1 } / S(width) + epsilon).squareRoot()
    return zip(row, gain).map { $0 / root * $1 }
  }
}

private func rmsNormBackward<S: ReferenceScalar>(
  _ gradient: [S], _ inputs: [[S]], _ width: Int, _ epsilon: S
) -> [[S]] {
  let gain = inputs.count > 1 ? inputs[1] : [S](repeating: 1, count: width)
  var dx: [S] = [], dgain = [S](repeating: 0, count: width)
  for (row, slopes) in zip(rows(inputs[0], width), rows(gradient, width)) {
    let x = Array(row), dy = Array(slopes)
    let root = (x.reduce(0) { $0 + $1 * $1 } / S(width) + epsilon).squareRoot()
    let mean = x.indices.reduce(S(0)) { $0 + dy[$1] * gain[$1] * x[$1] } / S(width)
    dx += x.indices.map { dy[$0] * gain[$0] / root - x[$0] * mean / (root * root * root) }
    for i in x.indices { dgain[i] += dy[i] * x[i] / root }
  }
  return inputs.count > 1 ? [dx, dgain] : [dx]
}

private func layerNorm<S: ReferenceScalar>(_ inputs: [[S]], _ epsilon: S) -> [S] {
  let (gain, bias) = (inputs[1], inputs[2]), width = gain.count
  return rows(inputs[0], width).flatMap { row in
    let mean = row.reduce(0, +) / S(width)
    let root = (row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / S(width) + epsilon).squareRoot()
    return row.enumerated().map { ($1 - mean) / root * gain[$0] + bias[$0] }
  }
}

private func layerNormBackward<S: ReferenceScalar>(_ gradient: [S], _ inputs: [[S]], _ epsilon: S) -> [[S]] {
  let gain = inputs[1], width = gain.count
  var dx: [S] = [], dgain = [S](repeating: 0, count: width), dbias = dgain
  for (row, slopes) in zip(rows(inputs[0], width), rows(gradient, width)) {
    let dy = Array(slopes), mean = row.reduce(0, +) / S(width)
    let root = (row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / S(width) + epsilon).squareRoot()
    let h = row.map { ($0 - mean) / root }
    let a = dy.indices.reduce(S(0)) { $0 + dy[$1] * gain[$1] } / S(width)
    let b = dy.indices.reduce(S(0)) { $0 + dy[$1] * gain[$1] * h[$1] } / S(width)
    dx += dy.indices.map { (dy[$0] * gain[$0] - a - h[$0] * b) / root }
    for i in dy.indices {
      dgain[i] += dy[i] * h[i]
      dbias[i] += dy[i]
    }
  }
  return [dx, dgain, dbias]
}

private func softmaxRow<S: ReferenceScalar>(_ row: ArraySlice<S>) -> [S] {
  let top = row.max() ?? 0, weights = row.map { S.exponential($0 - top) }, sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}

private func softmax<S: ReferenceScalar>(_ inputs: [[S]], _ width: Int) -> [S] {
  rows(inputs[0], width).flatMap(softmaxRow)
}

private func softmaxBackward<S: ReferenceScalar>(_ gradient: [S], _ inputs: [[S]], _ width: Int) -> [[S]] {
  [
    zip(rows(inputs[0], width), rows(gradient, width)).flatMap { row, slopes in
      let y = softmaxRow(row), mean = zip(y, slopes).reduce(S(0)) { $0 + $1.0 * $1.1 }
      return zip(y, slopes).map { $0 * ($1 - mean) }
    }
  ]
}

private func logSumExp<S: ReferenceScalar>(_ row: ArraySlice<S>) -> S {
  let top = row.max() ?? 0
  return top + S.logarithm(row.reduce(0) { $0 + S.exponential($1 - top) })
}

private func crossEntropy<S: ReferenceScalar>(_ inputs: [[S]], _ width: Int, _ targets: [Int], _ zLoss: S) -> [S] {
  zip(rows(inputs[0], width), targets).map { row, target in
    let sum = logSumExp(row)
    return target < 0 ? 0 : sum - row[row.startIndex + target] + zLoss * sum * sum
  }
}

private func crossEntropyBackward<S: ReferenceScalar>(
  _ gradient: [S], _ inputs: [[S]], _ width: Int, _ targets: [Int], _ zLoss: S
) -> [[S]] {
  [
    rows(inputs[0], width).enumerated().flatMap { index, row -> [S] in
      guard targets[index] >= 0 else { return [S](repeating: 0, count: width) }
      let factor = 1 + 2 * zLoss * logSumExp(row)
      return softmaxRow(row).enumerated().map {
        gradient[index] * ($1 * factor - ($0 == targets[index] ? 1 : 0))
      }
    }
  ]
}

/// Rotation of the pairs (i, i + d/2) of `[T, H, d]`, in the direction of `sign`.
private func rotate<S: ReferenceScalar>(
  _ x: [S], _ shape: Shape, _ base: Double, _ first: Int, _ sign: Double
) -> [S] {
  let (tokens, heads, width) = (shape[0], shape[1], shape[2]), half = width / 2
  var y = x
  for t in 0..<tokens {
    for i in 0..<half {
      let angle = sign * Double(first + t) * pow(base, -2 * Double(i) / Double(width))
      let c = S(cos(angle)), s = S(sin(angle))
      for h in 0..<heads {
        let at = (t * heads + h) * width + i
        y[at] = x[at] * c - x[at + half] * s
        y[at + half] = x[at + half] * c + x[at] * s
      }
    }
  }
  return y
}

private func gather<S: ReferenceScalar>(_ inputs: [[S]], _ width: Int, _ indices: [Int]) -> [S] {
  indices.flatMap { inputs[0][$0 * width..<($0 + 1) * width] }
}

private func scatter<S: ReferenceScalar>(
  _ gradient: [S], _ inputs: [[S]], _ width: Int, _ indices: [Int]
) -> [[S]] {
  var table = [S](repeating: 0, count: inputs[0].count)
  for (row, index) in indices.enumerated() {
    for column in 0..<width { table[index * width + column] += gradient[row * width + column] }
  }
  return [table]
}

extension Reference {
  /// RMS normalisation of rows of `width`; inputs x and, optionally, the gain.
  public static func rmsNorm(width: Int, epsilon: Float) -> Reference {
    Reference(
      "rmsNorm", { TestSupport.rmsNorm($0, width, epsilon) }, { TestSupport.rmsNorm($0, width, Double(epsilon)) },
      backward: { rmsNormBackward($0, $1, width, epsilon) }, { rmsNormBackward($0, $1, width, Double(epsilon)) })
  }

  /// Layer normalisation; inputs x, gain, bias.
  public static func layerNorm(epsilon: Float) -> Reference {
    Reference(
      "layerNorm", { TestSupport.layerNorm($0, epsilon) }, { TestSupport.layerNorm($0, Double(epsilon)) },
      backward: { layerNormBackward($0, $1, epsilon) }, { layerNormBackward($0, $1, Double(epsilon)) })
  }

  /// Softmax of rows of `width`.
  public static func softmax(width: Int) -> Reference {
    Reference(
      "softmax", { TestSupport.softmax($0, width) }, { TestSupport.softmax($0, width) },
      backward: { softmaxBackward($0, $1, width) }, { softmaxBackward($0, $1, width) })
  }

  /// Log-sum-exp of rows of `width`.
  public static func logSumExp(width: Int) -> Reference {
    Reference(
      "logSumExp", { rows($0[0], width).map(TestSupport.logSumExp) },
      { rows($0[0], width).map(TestSupport.logSumExp) },
      backward: { d, x in [zip(d, rows(x[0], width)).flatMap { d, row in softmaxRow(row).map { d * $0 } }] },
      { d, x in [zip(d, rows(x[0], width)).flatMap { d, row in softmaxRow(row).map { d * $0 } }] })
  }

  /// Cross-entropy with z-loss of rows of `width`; negative targets do not count.
  public static func crossEntropy(width: Int, targets: [Int], zLoss: Float) -> Reference {
    Reference(
      "crossEntropy", { TestSupport.crossEntropy($0, width, targets, zLoss) },
      { TestSupport.crossEntropy($0, width, targets, Double(zLoss)) },
      backward: { crossEntropyBackward($0, $1, width, targets, zLoss) },
      { crossEntropyBackward($0, $1, width, targets, Double(zLoss)) })
  }

  /// Rotation of `[T, H, d]` at positions from `first`.
  public static func rotary(_ shape: Shape, base: Double, first: Int) -> Reference {
    Reference(
      "rotary", { rotate($0[0], shape, base, first, 1) }, { rotate($0[0], shape, base, first, 1) },
      backward: { dy, _ in [rotate(dy, shape, base, first, -1)] },
      { dy, _ in [rotate(dy, shape, base, first, -1)] })
  }

  /// Rows of a table.
  public static func gather(width: Int, indices: [Int]) -> Reference {
    Reference(
      "gather", { TestSupport.gather($0, width, indices) }, { TestSupport.gather($0, width, indices) },
      backward: { scatter($0, $1, width, indices) }, { scatter($0, $1, width, indices) })
  }
}
