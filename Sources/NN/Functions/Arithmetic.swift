// Sums, products, means, reshapes and slices of variables.
public import Tensor

/// Element-wise sum of two variables of one shape; the gradient passes to both without a copy.
public func + (left: Variable, right: Variable) -> Variable {
  let (first, second) = (left.target, right.target)
  return Variable(left.value + right.value, from: [left, right], op: "add") { gradient, gradients in
    gradients.add(gradient, to: first)
    gradients.add(gradient, to: second)
  }
}

/// Element-wise difference of two variables of one shape.
public func - (left: Variable, right: Variable) -> Variable {
  let (first, second) = (left.target, right.target)
  return Variable(left.value - right.value, from: [left, right], op: "subtract") { gradient, gradients in
    gradients.add(gradient, to: first)
    gradients.add(to: second) { Tensor.add(gradient, scale: -1, into: $0) }
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
  /// Entries `range` of the leading axis; no copy forward.
  ///
  /// - Precondition: the variable has an axis and `range` lies within it.
  public subscript(range: Range<Int>) -> Variable {
    let target = target
    return Variable(value[range], from: [self], op: "slice") { gradient, gradients in
      let stride = target.shape.count / max(1, target.shape[0])
      gradients.add(to: target) { whole in
        let (low, high) = (range.lowerBound * stride, range.upperBound * stride)
        if !whole.adds {
          whole.elements.update(repeating: 0, count: low)
          (whole.elements + high).update(repeating: 0, count: whole.shape.count - high)
        }
        Tensor.add(gradient, into: Accumulator(whole.elements + low, shape: gradient.shape, beta: whole.beta))
      }
    }
  }

  /// The mean of all elements, `[1]`.
  ///
  /// - Precondition: there is an element.
  public func mean() -> Variable {
    precondition(shape.count > 0, "mean: \(shape) has no elements")
    let (target, count) = (target, Float(shape.count))
    return Variable(Tensor([value.sum() / count]), from: [self], op: "mean") { gradient, gradients in
      let share = Tensor(repeating: gradient.scalar / count, shape: target.shape)
      gradients.add(share, to: target)
    }
  }
}
