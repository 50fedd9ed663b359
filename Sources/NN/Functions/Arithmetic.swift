// Sums, products and reshapes of variables.
public import Tensor

/// Element-wise sum of two variables of one shape; the gradient passes to both without a copy.
public func + (left: Variable, right: Variable) -> Variable {
  let (first, second) = (left.target, right.target)
  return Variable(left.value + right.value, from: [left, right], op: "add") { gradient, gradients in
    gradients.add(gradient, to: first)
    gradients.add(gradient, to: second)
  }
}

/// Element-wise product of two variables of one shape.
public func * (left: Variable, right: Variable) -> Variable {
  Variable(left.value * right.value, from: [left, right], op: "multiply") { gradient, gradients in
    gradients.add(to: left) { Tensor.multiply(gradient, right.value, into: $0) }
    gradients.add(to: right) { Tensor.multiply(gradient, left.value, into: $0) }
  }
}

extension Variable {
  /// The variable times a constant.
  public func scaled(by factor: Float) -> Variable {
    let target = target
    return Variable(value.scaled(by: factor), from: [self], op: "scale") { gradient, gradients in
      gradients.add(to: target) { Tensor.add(gradient, scale: factor, into: $0) }
    }
  }

  /// The same elements under another shape; no copy in either direction.
  ///
  /// - Precondition: both shapes have the same count.
  public func reshaped(to shape: Shape) -> Variable {
    let target = target
    return Variable(value.reshaped(to: shape), from: [self], op: "reshape") { gradient, gradients in
      gradients.add(gradient, to: target)
    }
  }
}
