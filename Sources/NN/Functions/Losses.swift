// Losses of outputs that a model computed itself. Not here: the language-model head (CrossEntropy.swift).
public import Tensor

/// Mean cross-entropy of `softmax(logits)` against `targets`, for classifiers.
///
/// - Parameters:
///   - logits: `[…, V]`.
///   - targets: class ids, one for each row of `logits`; −1 is ignored.
///   - zLoss: weight of `(log Z)²`, which keeps logits from drifting; 0 to leave it out.
/// - Precondition: one target for each row; at least one counts.
public func crossEntropy(_ logits: Variable, targets: IndexTensor, zLoss: Float = 0) -> CrossEntropy {
  let (rows, columns, input) = (logits.shape.rows, logits.shape.columns, logits.target)
  precondition(targets.count == rows, "crossEntropy: \(targets.shape) targets for logits \(logits.shape)")
  let count = targets.countedTargets
  precondition(count > 0, "crossEntropy: every one of \(rows) targets is ignored")
  var losses = Tensor(zeros: [rows])
  var logitGradient: Tensor?
  if input.isWanted {
    logitGradient = logits.value
    logitGradient?.withMutableElements { values in
      losses.withMutableElements { losses in
        targets.withElements { targets in
          guard let values = values.baseAddress, let losses = losses.baseAddress, let targets = targets.baseAddress
          else { return }
          Tensor.crossEntropyRows(
            logits: values, rows: rows, columns: columns, targets: targets, ignoring: -1,
            gradientScale: 1 / Float(count), zLoss: zLoss, losses: losses)
        }
      }
    }
  } else {
    losses.withMutableElements { losses in
      targets.withElements { targets in
        guard let losses = losses.baseAddress, let targets = targets.baseAddress else { return }
        Tensor.crossEntropyLosses(
          logits: logits.value.base, rows: rows, columns: columns, targets: targets, ignoring: -1, zLoss: zLoss,
          losses: losses)
      }
    }
  }
  let mean = Tensor([losses.mean(of: count)])
  let output = Variable(mean, from: [logits], op: "crossEntropy") { [logitGradient] gradient, gradients in
    guard let logitGradient else { return }
    gradients.add(to: input) { Tensor.add(logitGradient, scale: gradient.scalar, into: $0) }
  }
  return CrossEntropy(mean: output, losses: losses, count: count)
}

/// `mean((x − target)²)` over all elements.
///
/// - Parameters:
///   - x: predictions.
///   - target: what they should be, of the same shape.
/// - Returns: `[1]`.
/// - Precondition: the shapes are equal and not empty; traps with both otherwise.
public func meanSquaredError(_ x: Variable, target: Tensor) -> Variable {
  precondition(x.shape == target.shape && x.shape.count > 0, "meanSquaredError: \(x.shape) against \(target.shape)")
  let (difference, input) = (x.value - target, x.target)
  let mean = Float(difference.sumOfSquares() / Double(difference.count))
  return Variable(Tensor([mean]), from: [x], op: "meanSquaredError") { gradient, gradients in
    let factor = 2 * gradient.scalar / Float(difference.count)
    gradients.add(to: input) { Tensor.add(difference, scale: factor, into: $0) }
  }
}

extension NDArray where Element == Int32 {
  /// How many targets are not ignored.
  var countedTargets: Int { withElements { $0.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) } } }
}

extension NDArray where Element == Float {
  /// The sum of losses over `count`, in double precision.
  func mean(of count: Int) -> Float { withElements { Float($0.reduce(0) { $0 + Double($1) } / Double(count)) } }
}
