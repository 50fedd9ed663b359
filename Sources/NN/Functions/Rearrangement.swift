// Rows taken in another order, columns taken apart and put side by side.
// Not here: rows of a parameter by token (Embedding.swift), slices of the leading axis (Arithmetic.swift).
public import Tensor

/// Rows of `x` at `indices`; a row may occur several times or not at all.
///
/// - Parameters:
///   - x: `[…, D]`, seen as rows of D.
///   - indices: numbers of rows, of any shape.
/// - Returns: the shape of `indices` followed by D.
/// - Precondition: every index is one of a row; traps with it otherwise.
public func gatherRows(_ x: Variable, _ indices: IndexTensor) -> Variable {
  let flat: Shape = [x.shape.rows, x.shape.columns]
  let target = x.target
  return Variable(
    Tensor.gatherRows(x.value.reshaped(to: flat), indices), from: [x], op: "gatherRows"
  ) { gradient, gradients in
    gradients.add(to: target) {
      Tensor.scatterAddRows(gradient, indices, into: Accumulator($0.elements, shape: flat, beta: $0.beta))
    }
  }
}

/// Sequences `[B, T, D]` with time first, `[T, B, D]`, or the reverse; `order` says which token comes at each place.
///
/// - Precondition: `order`, if given, holds T numbers below T.
public func timeFirst(_ x: Variable, order: [Int]? = nil) -> Variable {
  let (batch, steps) = (x.shape[0], x.shape[1])
  let order = order ?? Array(0..<steps)
  precondition(x.shape.rank == 3 && order.count == steps, "timeFirst: \(x.shape), an order of \(order.count)")
  let indices = order.flatMap { step in (0..<batch).map { Int32($0 * steps + step) } }
  return gatherRows(x, IndexTensor(indices, shape: [steps, batch]))
}

extension Variable {
  /// Columns `range` of the last axis, as a copy.
  ///
  /// - Precondition: `range` is not empty and lies within the axis.
  public func columns(_ range: Range<Int>) -> Variable {
    let (rows, width, target) = (shape.rows, shape.columns, target)
    precondition(
      !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= width, "columns: \(range) of \(shape)")
    let part = Tensor.filled(shape.replacingLast(with: range.count)) { result in
      for row in 0..<rows {
        (result.elements + row * range.count).update(
          from: value.base + row * width + range.lowerBound, count: range.count)
      }
    }
    return Variable(part, from: [self], op: "columns") { gradient, gradients in
      gradients.add(to: target) { result in
        if !result.adds { result.elements.update(repeating: 0, count: result.shape.count) }
        for row in 0..<rows {
          let (into, from) = (result.elements + row * width + range.lowerBound, gradient.base + row * range.count)
          for column in 0..<range.count { into[column] += from[column] }
        }
      }
    }
  }
}

/// Variables side by side along the last axis.
///
/// - Parameter parts: `[…, D₁]`, `[…, D₂]`, … with the same leading axes.
/// - Returns: `[…, D₁ + D₂ + …]`.
/// - Precondition: there is a part, and all have as many rows.
public func sideBySide(_ parts: [Variable]) -> Variable {
  precondition(
    !parts.isEmpty && parts.allSatisfy { $0.shape.rows == parts[0].shape.rows }, "sideBySide: \(parts.map(\.shape))")
  guard parts.count > 1 else { return parts[0] }
  let rows = parts[0].shape.rows
  let widths = parts.map(\.shape.columns), width = widths.reduce(0, +)
  let whole = Tensor.filled(parts[0].shape.replacingLast(with: width)) { result in
    var first = 0
    for part in parts {
      let count = part.shape.columns
      for row in 0..<rows {
        (result.elements + row * width + first).update(from: part.value.base + row * count, count: count)
      }
      first += count
    }
  }
  let targets = parts.map(\.target)
  return Variable(whole, from: parts, op: "sideBySide") { gradient, gradients in
    var first = 0
    for (target, count) in zip(targets, widths) {
      gradients.add(to: target) { result in
        for row in 0..<rows {
          let (into, from) = (result.elements + row * count, gradient.base + row * width + first)
          for column in 0..<count { into[column] = result.adds ? into[column] + from[column] : from[column] }
        }
      }
      first += count
    }
  }
}
