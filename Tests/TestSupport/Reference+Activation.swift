// Activations and elementwise arithmetic as their definitions say.
import Foundation
public import Tensor

private func sigmoid<S: ReferenceScalar>(_ x: S) -> S { 1 / (1 + S.exponential(-x)) }

private func siluSlope<S: ReferenceScalar>(_ x: S) -> S { sigmoid(x) * (1 + x * (1 - sigmoid(x))) }

private func geluExact<S: ReferenceScalar>(_ x: S) -> S { x / 2 * (1 + errorFunction(x / S(2).squareRoot())) }

private func geluExactSlope<S: ReferenceScalar>(_ x: S) -> S {
  let density: S = S.exponential(-x * x / 2) / (2 * S.pi).squareRoot()
  return (1 + errorFunction(x / S(2).squareRoot())) / 2 + x * density
}

private func hyperbolicTangent<S: ReferenceScalar>(_ x: S) -> S {
  if let x = x as? Float, let y = tanh(x) as? S { return y }
  return S(tanh(Double(x)))
}

private func geluTanhArgument<S: ReferenceScalar>(_ x: S) -> S {
  let cube: S = x * x * x
  return (2 / S.pi).squareRoot() * (x + S(0.044715) * cube)
}

private func geluTanh<S: ReferenceScalar>(_ x: S) -> S { x / 2 * (1 + hyperbolicTangent(geluTanhArgument(x))) }

private func geluTanhSlope<S: ReferenceScalar>(_ x: S) -> S {
  let t = hyperbolicTangent(geluTanhArgument(x))
  let argumentSlope: S = (2 / S.pi).squareRoot() * (1 + 3 * S(0.044715) * x * x)
  let steepness: S = x / 2 * (1 - t * t)
  return (1 + t) / 2 + steepness * argumentSlope
}

private func siluProduct<S: ReferenceScalar>(_ inputs: [[S]]) -> [S] {
  zip(inputs[0], inputs[1]).map { $0 * sigmoid($0) * $1 }
}

private func siluProductBackward<S: ReferenceScalar>(_ gradient: [S], _ inputs: [[S]]) -> [[S]] {
  let (gate, up) = (inputs[0], inputs[1])
  return [
    gradient.indices.map { gradient[$0] * up[$0] * siluSlope(gate[$0]) },
    gradient.indices.map { gradient[$0] * gate[$0] * sigmoid(gate[$0]) },
  ]
}

private func product<S: ReferenceScalar>(_ inputs: [[S]]) -> [S] { zip(inputs[0], inputs[1]).map { $0 * $1 } }

private func productBackward<S: ReferenceScalar>(_ gradient: [S], _ inputs: [[S]]) -> [[S]] {
  [zip(gradient, inputs[1]).map { $0 * $1 }, zip(gradient, inputs[0]).map { $0 * $1 }]
}

private func biased<S: ReferenceScalar>(_ inputs: [[S]]) -> [S] {
  rows(inputs[0], inputs[1].count).flatMap { zip($0, inputs[1]).map { $0 + $1 } }
}

private func biasedBackward<S: ReferenceScalar>(_ gradient: [S], _ inputs: [[S]]) -> [[S]] {
  let width = inputs[1].count
  return [gradient, rows(gradient, width).reduce([S](repeating: 0, count: width)) { zip($0, $1).map { $0 + $1 } }]
}

extension Reference {
  /// `x·sigmoid(x)`.
  public static let silu = Reference(
    "silu", { elementwise($0) { $0 * sigmoid($0) } }, { elementwise($0) { $0 * sigmoid($0) } },
    backward: { elementwiseBackward($0, $1, siluSlope) }, { elementwiseBackward($0, $1, siluSlope) })

  /// GELU.
  public static func gelu(_ approximation: GELUApproximation) -> Reference {
    switch approximation {
    case .exact:
      Reference(
        "gelu", { elementwise($0, geluExact) }, { elementwise($0, geluExact) },
        backward: { elementwiseBackward($0, $1, geluExactSlope) }, { elementwiseBackward($0, $1, geluExactSlope) })
    case .tanh:
      Reference(
        "gelu tanh", { elementwise($0, geluTanh) }, { elementwise($0, geluTanh) },
        backward: { elementwiseBackward($0, $1, geluTanhSlope) }, { elementwiseBackward($0, $1, geluTanhSlope) })
    }
  }

  /// `silu(gate)·up`.
  public static let siluProduct = Reference(
    "siluProduct", TestSupport.siluProduct, TestSupport.siluProduct, backward: siluProductBackward,
    siluProductBackward)

  /// `a·b`.
  public static let multiply = Reference("multiply", product, product, backward: productBackward, productBackward)

  /// `x + bias` in every row.
  public static let addBias = Reference("addBias", biased, biased, backward: biasedBackward, biasedBackward)
}
