// Reverse-mode differentiation of scalar expressions, one operation at a time, in float64 or in emulated float32.
// Not here: the formulas of operations (FunctionReference*.swift).
import Foundation
public import Tensor

/// A record of scalar operations, from which the gradient of any result follows by the chain rule.
///
/// It shares nothing with the library's tape: a formula written once gives the truth (float64), its gradient, and, with
/// every single result rounded to float32, the naive float32 version that kernels are measured against.
public final class ScalarTrace {
  /// What results are rounded to.
  public enum Precision: Sendable {
    /// Every result is rounded to float32, as straightforward float32 code would.
    case float32
    /// Nothing is rounded.
    case float64
  }

  private struct Node {
    var first: Int32
    var second: Int32
    var firstSlope: Double
    var secondSlope: Double
  }

  private let precision: Precision
  private var nodes: [Node] = []

  /// An empty record.
  public init(_ precision: Precision) { self.precision = precision }

  /// `value` in the record's precision.
  public func rounded(_ value: Double) -> Double { precision == .float32 ? Double(Float(value)) : value }

  /// An input.
  public func variable(_ value: Double) -> TracedScalar { record(value) }

  /// Inputs with the values of `values`.
  public func variables(_ values: [Double], shape: Shape) -> TracedArray {
    TracedArray(values.map { variable($0) }, shape: shape)
  }

  func record(
    _ value: Double, _ first: Int32 = -1, _ firstSlope: Double = 0, _ second: Int32 = -1, _ secondSlope: Double = 0
  ) -> TracedScalar {
    nodes.append(
      Node(first: first, second: second, firstSlope: rounded(firstSlope), secondSlope: rounded(secondSlope)))
    return TracedScalar(trace: self, index: Int32(nodes.count - 1), value: rounded(value))
  }

  /// The gradients of `Σ weights·outputs` by each of the `inputs`.
  public func gradients(of outputs: TracedArray, weights: [Double], by inputs: TracedArray...) -> [[Double]] {
    gradients(of: outputs, weights: weights, by: inputs)
  }

  /// The gradients of `Σ weights·outputs` by each of the `inputs`.
  public func gradients(of outputs: TracedArray, weights: [Double], by inputs: [TracedArray]) -> [[Double]] {
    precondition(outputs.elements.count == weights.count, "ScalarTrace: one weight for each output")
    var slopes = [Double](repeating: 0, count: nodes.count)
    for (output, weight) in zip(outputs.elements, weights) {
      slopes[Int(output.index)] = rounded(slopes[Int(output.index)] + weight)
    }
    for index in nodes.indices.reversed() where slopes[index] != 0 {
      let node = nodes[index], slope = slopes[index]
      for (parent, factor) in [(node.first, node.firstSlope), (node.second, node.secondSlope)] where parent >= 0 {
        slopes[Int(parent)] = rounded(slopes[Int(parent)] + rounded(slope * factor))
      }
    }
    return inputs.map { $0.elements.map { slopes[Int($0.index)] } }
  }
}

/// A number together with how it was computed.
public struct TracedScalar {
  unowned let trace: ScalarTrace
  let index: Int32
  /// The number.
  public let value: Double

  private func unary(_ result: Double, slope: Double) -> TracedScalar { trace.record(result, index, slope) }

  private func binary(
    _ other: TracedScalar, _ result: Double, _ slope: Double, _ otherSlope: Double
  ) -> TracedScalar {
    trace.record(result, index, slope, other.index, otherSlope)
  }

  /// Sum.
  public static func + (left: TracedScalar, right: TracedScalar) -> TracedScalar {
    left.binary(right, left.value + right.value, 1, 1)
  }

  /// Difference.
  public static func - (left: TracedScalar, right: TracedScalar) -> TracedScalar {
    left.binary(right, left.value - right.value, 1, -1)
  }

  /// Product.
  public static func * (left: TracedScalar, right: TracedScalar) -> TracedScalar {
    left.binary(right, left.value * right.value, right.value, left.value)
  }

  /// Quotient.
  public static func / (left: TracedScalar, right: TracedScalar) -> TracedScalar {
    let quotient = left.value / right.value
    return left.binary(right, quotient, 1 / right.value, -quotient / right.value)
  }

  /// Sum with a constant.
  public static func + (left: TracedScalar, right: Double) -> TracedScalar { left.unary(left.value + right, slope: 1) }

  /// Product with a constant.
  public static func * (left: TracedScalar, right: Double) -> TracedScalar {
    left.unary(left.value * right, slope: right)
  }

  /// e^x.
  public var exponential: TracedScalar { unary(exp(value), slope: exp(value)) }
  /// Natural logarithm.
  public var logarithm: TracedScalar { unary(log(value), slope: 1 / value) }
  /// Square root.
  public var squareRoot: TracedScalar { unary(value.squareRoot(), slope: 0.5 / value.squareRoot()) }
  /// Hyperbolic tangent.
  public var hyperbolicTangent: TracedScalar { unary(tanh(value), slope: 1 - tanh(value) * tanh(value)) }
  /// The error function.
  public var errorFunction: TracedScalar {
    unary(erf(value), slope: 2 / Double.pi.squareRoot() * exp(-value * value))
  }
  /// `1 / (1 + e^-x)`.
  public var sigmoid: TracedScalar {
    let result = 1 / (1 + exp(-value))
    return unary(result, slope: result * (1 - result))
  }
}

/// An array of traced numbers, row-major.
public struct TracedArray {
  /// The elements.
  public let elements: [TracedScalar]
  /// The shape.
  public let shape: Shape

  /// An array of the given elements.
  public init(_ elements: [TracedScalar], shape: Shape) {
    precondition(elements.count == shape.count, "TracedArray: \(elements.count) elements for \(shape)")
    self.elements = elements
    self.shape = shape
  }

  /// The values.
  public var values: [Double] { elements.map(\.value) }

  /// The same elements under another shape.
  public func reshaped(to shape: Shape) -> TracedArray { TracedArray(elements, shape: shape) }

  /// The rows of the last axis.
  public var rows: [ArraySlice<TracedScalar>] {
    (0..<shape.rows).map { elements[$0 * shape.columns..<($0 + 1) * shape.columns] }
  }

  /// Element by element.
  public func map(_ transform: (TracedScalar) -> TracedScalar) -> TracedArray {
    TracedArray(elements.map(transform), shape: shape)
  }
}

/// `Σ terms`, in order.
///
/// - Precondition: there is a term.
public func sum(_ terms: some Sequence<TracedScalar>) -> TracedScalar {
  var total: TracedScalar?
  for term in terms { total = total.map { $0 + term } ?? term }
  guard let total else { preconditionFailure("sum: no terms") }
  return total
}
