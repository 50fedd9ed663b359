// Affine maps of the last axis.
import Tensor

/// `x·Wᵀ + b`.
///
/// - Parameters:
///   - x: `[…, in]`.
///   - weight: `[out, in]`.
///   - bias: `[out]`.
/// - Returns: `[…, out]`.
/// - Precondition: the inner widths agree; traps with both shapes otherwise.
public func linear(_ x: Variable, weight: Parameter, bias: Parameter? = nil) -> Variable {
  let matrix = Variable(weight)
  let product = Tensor.matmul(x.value, matrix.value, transposeB: true)
  let offset = bias.map { Variable($0) }
  let output = offset.map { Tensor.addBias(product, $0.value) } ?? product
  return Variable(output, from: [x, matrix], op: "linear") { gradient, gradients in
    gradients.add(to: x) { Tensor.matmul(gradient, matrix.value, into: $0) }
    gradients.add(to: matrix) { Tensor.matmul(gradient, x.value, transposeA: true, into: $0) }
    if let offset { gradients.add(to: offset) { Tensor.columnSums(gradient, into: $0) } }
  }
}
