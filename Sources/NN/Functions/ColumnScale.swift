// A factor or an offset for each feature, shared by all rows.
import Tensor

/// `x ∘ gain` over the last axis.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - gain: `[D]`.
/// - Returns: `[…, D]`.
/// - Precondition: the widths agree; traps with both shapes otherwise.
public func columnScale(_ x: Variable, by gain: Parameter) -> Variable {
  let factor = Variable(gain)
  let output = Tensor.columnScale(x.value, by: factor.value)
  return Variable(output, from: [x, factor], op: "columnScale") { gradient, gradients in
    gradients.add(to: x) { Tensor.columnScaleBackward(gradient, gain: factor.value, into: $0) }
    gradients.add(to: factor) { Tensor.columnScaleGainGradient(gradient, input: x.value, into: $0) }
  }
}

/// `x + offset`, where the offset's shape is that of `x` without some of its leading axes: a bias `[D]`, or learned
/// positions `[P, D]` that every sequence of `[B, P, D]` shares.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - offset: the trailing axes of `x`.
/// - Returns: an array like `x`.
/// - Precondition: the trailing axes agree; traps with both shapes otherwise.
public func addBias(_ x: Variable, _ offset: Parameter) -> Variable {
  precondition(
    x.shape.dimensions.suffix(offset.shape.rank) == offset.shape.dimensions[...],
    "addBias: \(offset.name) of \(offset.shape) for \(x.shape)")
  let (bias, input, shape) = (Variable(offset), x.target, x.shape)
  let columns = offset.shape.count
  let rows: Shape = [columns == 0 ? 0 : shape.count / columns, columns]
  let output = Tensor.addBias(x.value.reshaped(to: rows), bias.value.reshaped(to: [columns])).reshaped(to: shape)
  return Variable(output, from: [x, bias], op: "addBias") { gradient, gradients in
    gradients.add(gradient, to: input)
    gradients.add(to: bias) { target in
      Tensor.columnSums(
        gradient.reshaped(to: rows), into: Accumulator(target.elements, shape: [columns], beta: target.beta))
    }
  }
}
