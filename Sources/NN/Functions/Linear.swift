// Affine maps of the last axis.
import Tensor

/// `x·Wᵀ + b`.
///
/// - Parameters:
///   - x: `[…, in]`.
///   - weight: `[out, in]`.
///   - bias: `[out]`.
/// - Returns: `[…, out]`; the products multiply in the precision of the tape.
/// - Precondition: the inner widths agree; traps with both shapes otherwise.
public func linear(_ x: Variable, weight: Parameter, bias: Parameter? = nil) -> Variable {
  let matrix = Variable(weight)
  let precision = x.precision
  let (input, columns) = (ProductOperand(x.value, precision), ProductOperand(matrix.value, precision))
  let product = Tensor.matmul(input, columns, transposeB: true)
  let offset = bias.map { Variable($0) }
  let output = offset.map { Tensor.addBias(product, $0.value) } ?? product
  let inputTarget = x.target
  return Variable(output, from: [x, matrix], op: "linear") { gradient, gradients in
    let slopes = ProductOperand(gradient, precision)
    gradients.add(to: inputTarget) { Tensor.matmul(slopes, columns, into: $0) }
    gradients.add(to: matrix) { Tensor.matmul(slopes, input, transposeA: true, into: $0) }
    if let offset { gradients.add(to: offset) { Tensor.columnSums(gradient, into: $0) } }
  }
}
