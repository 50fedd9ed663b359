// Sums, products and reshapes of variables.
public import Tensor

/// Element-wise sum of two variables of one shape; the gradient passes to both without a copy.
public func + (left: Variable, right: Variable) -> Variable {
  Variable(left.value + right.value, from: [left, right], op: "add") { gradient, gradients in
    gradients.add(gradient, to: left)
    gradients.add(gradient, to: right)
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
    Variable(value.scaled(by: factor), from: [self], op: "scale") { gradient, gradients in
      gradients.add(to: self) { Tensor.add(gradient, scale: factor, into: $0) }
    }
  }

  /// The same elements under another shape; no copy in either direction.
  ///
  /// - Precondition: both shapes have the same count.
  public func reshaped(to shape: Shape) -> Variable {
    Variable(value.reshaped(to: shape), from: [self], op: "reshape") { gradient, gradients in
      gradients.add(gradient, to: self)
    }
  }
}
