// An operation as its definition says it, in float32 and in float64. The definitions are in Reference+….swift.
import Foundation
public import Tensor

/// A differentiable operation on flat arrays, naively written, in both precisions.
public struct Reference: Sendable {
  /// The operation's name, for failure messages.
  public let name: String
  let forward32: @Sendable ([[Float]]) -> [Float]
  let forward64: @Sendable ([[Double]]) -> [Double]
  let backward32: @Sendable ([Float], [[Float]]) -> [[Float]]
  let backward64: @Sendable ([Double], [[Double]]) -> [[Double]]

  /// One generic definition, passed twice so that the compiler makes a version for each precision.
  init(
    _ name: String, _ forward32: @escaping @Sendable ([[Float]]) -> [Float],
    _ forward64: @escaping @Sendable ([[Double]]) -> [Double],
    backward backward32: @escaping @Sendable ([Float], [[Float]]) -> [[Float]],
    _ backward64: @escaping @Sendable ([Double], [[Double]]) -> [[Double]]
  ) {
    self.name = name
    self.forward32 = forward32
    self.forward64 = forward64
    self.backward32 = backward32
    self.backward64 = backward64
  }

  /// The output in float64.
  public func forward(_ inputs: [[Double]]) -> [Double] { forward64(inputs) }

  /// The gradients of all inputs in float64.
  public func backward(_ outputGradient: [Double], _ inputs: [[Double]]) -> [[Double]] {
    backward64(outputGradient, inputs)
  }
}

/// The elements in double precision.
public func doubles(_ tensor: Tensor) -> [Double] { tensor.withElements { $0.map { Double($0) } } }

/// The error function in a reference's own precision.
func errorFunction<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
  if let x = x as? Float, let y = erf(x) as? Scalar { return y }
  return Scalar(erf(Double(x)))
}

/// An operation of one input, element by element, from its value and slope.
func elementwise<Scalar: ReferenceScalar>(_ inputs: [[Scalar]], _ value: (Scalar) -> Scalar) -> [Scalar] {
  inputs[0].map(value)
}

/// The chain rule for `elementwise`.
func elementwiseBackward<Scalar: ReferenceScalar>(
  _ gradient: [Scalar], _ inputs: [[Scalar]], _ slope: (Scalar) -> Scalar
) -> [[Scalar]] {
  [zip(gradient, inputs[0]).map { $0 * slope($1) }]
}

/// Slices of `width` elements.
func rows<Scalar>(_ values: [Scalar], _ width: Int) -> [ArraySlice<Scalar>] {
  stride(from: 0, to: values.count, by: max(1, width)).map { values[$0..<$0 + width] }
}
