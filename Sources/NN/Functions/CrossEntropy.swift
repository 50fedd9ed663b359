// The language-model head: projection to the vocabulary, softmax and loss in one operation that never holds the
// logits of more than a few hundred tokens.
public import Tensor

/// What `linearCrossEntropy` computes.
public struct CrossEntropy {
  /// The mean loss over the targets that count, in nats, `[1]`.
  public let mean: Variable
  /// The loss of each token, 0 where the target is ignored, `[B·T]`.
  public let losses: Tensor
  /// The number of targets that count.
  public let count: Int
}

/// Mean cross-entropy of `softmax(x·Wᵀ)` against `targets`, in vocabulary chunks.
///
/// With a tape, the gradients of `x` and `W` are computed together with the loss while a chunk's logits are in cache;
/// backward only scales them. Peak extra memory: one chunk of logits and one array like `W`.
///
/// - Parameters:
///   - x: hidden states `[…, D]`.
///   - weight: `[V, D]`.
///   - targets: class ids, one for each row of `x`; −1 is ignored.
///   - zLoss: weight of `(log Z)²`, which keeps logits from drifting; 0 to leave it out.
///   - chunkRows: rows whose logits are held at once.
/// - Precondition: one target for each row; at least one counts.
/// > Source: chunked evaluation as in arXiv 2410.10989, section 3.2; z-loss as in arXiv 2204.02311, section 5.
public func linearCrossEntropy(
  _ x: Variable, weight: Parameter, targets: IndexTensor, zLoss: Float = 0, chunkRows: Int = 512
) -> CrossEntropy {
  let (rows, width, classes) = (x.shape.rows, x.shape.columns, weight.shape[0])
  precondition(
    targets.count == rows && weight.shape[1] == width,
    "linearCrossEntropy: \(targets.shape) targets for \(x.shape), weight \(weight.shape)")
  let matrix = Variable(weight)
  let count = targets.withElements { $0.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) } }
  precondition(count > 0, "linearCrossEntropy: every one of \(rows) targets is ignored")
  let records = x.tape != nil
  let inputGradient = records ? Tensor(zeros: x.shape) : nil
  let weightGradient = records && weight.isTrainable ? Tensor(zeros: weight.shape) : nil
  var losses = Tensor(zeros: [rows])
  losses.withMutableElements { losses in
    guard let lossBase = losses.baseAddress else { return }
    targets.withElements { targets in
      guard let targetBase = targets.baseAddress else { return }
      for start in stride(from: 0, to: rows, by: chunkRows) {
        let size = min(chunkRows, rows - start)
        let chunk = x.value.reshaped(to: [rows, width])[start..<start + size]
        var logits = Tensor.matmul(chunk, matrix.value, transposeB: true)
        logits.withMutableElements { buffer in
          guard let base = buffer.baseAddress else { return }
          if records {
            Tensor.crossEntropyRows(
              logits: base, rows: size, columns: classes, targets: targetBase + start, ignoring: -1,
              gradientScale: 1 / Float(count), zLoss: zLoss, losses: lossBase + start)
          } else {
            Tensor.crossEntropyLosses(
              logits: base, rows: size, columns: classes, targets: targetBase + start, ignoring: -1, zLoss: zLoss,
              losses: lossBase + start)
          }
        }
        if let inputGradient {
          let target = Accumulator(inputGradient.base + start * width, shape: [size, width], beta: 0)
          Tensor.matmul(logits, matrix.value, into: target)
        }
        if let weightGradient {
          let target = Accumulator(weightGradient.base, shape: weight.shape, beta: start == 0 ? 0 : 1)
          Tensor.matmul(logits, chunk, transposeA: true, into: target)
        }
      }
    }
  }
  let mean = Tensor([losses.withElements { Float($0.reduce(0) { $0 + Double($1) } / Double(count)) }])
  let target = x.target
  let output = Variable(mean, from: [x], op: "linearCrossEntropy") { gradient, gradients in
    let seed = gradient.scalar
    if let inputGradient {
      if seed == 1 {
        gradients.add(inputGradient, to: target)
      } else {
        gradients.add(to: target) { Tensor.add(inputGradient, scale: seed, into: $0) }
      }
    }
    if let weightGradient {
      gradients.add(to: matrix) { Tensor.add(weightGradient, scale: seed, into: $0) }
    }
  }
  return CrossEntropy(mean: output, losses: losses, count: count)
}
