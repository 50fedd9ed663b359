// The language-model head: projection to the vocabulary, softmax and loss in one operation that never holds the
// logits of more than a few hundred rows. Not here: losses of logits that a model computed itself (Losses.swift).
public import Tensor

/// What `linearCrossEntropy` computes.
public struct CrossEntropy {
  /// The mean loss over the targets that count, z-loss included, in nats, `[1]`.
  public let mean: Variable
  /// The loss of each row, 0 where the target is ignored, `[rows]`.
  public let losses: Tensor
  /// The number of targets that count.
  public let count: Int
}

/// Mean cross-entropy of `softmax(x·Wᵀ)` against `targets`, in chunks of rows.
///
/// With a tape, the gradients of `x` and `W` are computed together with the loss while a chunk's logits are at hand;
/// backward only scales them. Peak extra memory: one chunk of logits, one array like `x` and one like `W`.
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
  precondition(
    targets.count == x.shape.rows && weight.shape.rank == 2 && weight.shape[1] == x.shape.columns && chunkRows > 0,
    "linearCrossEntropy: \(targets.shape) targets for \(x.shape), weight \(weight.shape), chunks of \(chunkRows)")
  let matrix = Variable(weight)
  var head = ChunkedHead(
    input: x.value, weight: matrix.value, targets: targets, zLoss: zLoss,
    wantsInput: x.target.isWanted, wantsWeight: x.tape != nil && weight.isTrainable, precision: x.precision)
  head.evaluate(chunkRows: chunkRows)
  let (input, inputGradient, weightGradient) = (x.target, head.inputGradient, head.weightGradient)
  let output = Variable(Tensor([head.losses.mean(of: head.count)]), from: [x, matrix], op: "linearCrossEntropy") {
    gradient, gradients in
    let seed = gradient.scalar
    if let inputGradient {
      if seed == 1 {
        gradients.add(inputGradient, to: input)
      } else {
        gradients.add(to: input) { Tensor.add(inputGradient, scale: seed, into: $0) }
      }
    }
    if let weightGradient { gradients.add(to: matrix) { Tensor.add(weightGradient, scale: seed, into: $0) } }
  }
  return CrossEntropy(mean: output, losses: head.losses, count: head.count)
}

/// One evaluation of the head: losses and, where wanted, the gradients of their mean.
private struct ChunkedHead {
  let input: Tensor
  let weight: Tensor
  let matrix: ProductOperand
  let precision: Precision
  let targets: IndexTensor
  let zLoss: Float
  let count: Int
  private(set) var losses: Tensor
  private(set) var inputGradient: Tensor?
  private(set) var weightGradient: Tensor?

  init(
    input: Tensor, weight: Tensor, targets: IndexTensor, zLoss: Float, wantsInput: Bool, wantsWeight: Bool,
    precision: Precision
  ) {
    self.input = input.reshaped(to: [input.shape.rows, input.shape.columns])
    self.weight = weight
    self.matrix = ProductOperand(weight, precision)
    self.precision = precision
    self.targets = targets.reshaped(to: [targets.count])
    self.zLoss = zLoss
    self.count = targets.countedTargets
    precondition(count > 0, "linearCrossEntropy: every one of \(targets.count) targets is ignored")
    self.losses = Tensor(zeros: [targets.count])
    self.inputGradient = wantsInput ? Tensor(zeros: input.shape) : nil
    self.weightGradient = wantsWeight ? Tensor(zeros: weight.shape) : nil
  }

  mutating func evaluate(chunkRows: Int) {
    for start in stride(from: 0, to: targets.count, by: chunkRows) {
      evaluate(start..<min(start + chunkRows, targets.count))
    }
  }

  private mutating func evaluate(_ rows: Range<Int>) {
    let chunk = ProductOperand(input[rows], precision)
    let logits = ProductOperand(softmaxed(Tensor.matmul(chunk, matrix, transposeB: true), rows), precision)
    let (width, first) = (input.shape[1], rows.lowerBound == 0)
    inputGradient?.withMutableElements { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = Accumulator(base + rows.lowerBound * width, shape: chunk.shape, beta: 0)
      Tensor.matmul(logits, matrix, into: target)
    }
    let shape = weight.shape
    weightGradient?.withMutableElements { buffer in
      guard let base = buffer.baseAddress else { return }
      Tensor.matmul(logits, chunk, transposeA: true, into: Accumulator(base, shape: shape, beta: first ? 0 : 1))
    }
  }

  /// Writes the losses of `rows` and returns the gradient of their logits, or the logits if no gradient is wanted.
  private mutating func softmaxed(_ logits: Tensor, _ rows: Range<Int>) -> Tensor {
    let columns = logits.shape.columns
    let gradientScale: Float? = inputGradient == nil && weightGradient == nil ? nil : 1 / Float(count)
    var logits = logits
    losses.withMutableElements { losses in
      targets[rows].withElements { targets in
        logits.withMutableElements { logits in
          guard let losses = losses.baseAddress, let targets = targets.baseAddress, let logits = logits.baseAddress
          else { return }
          if let gradientScale {
            Tensor.crossEntropyRows(
              logits: logits, rows: rows.count, columns: columns, targets: targets, ignoring: -1,
              gradientScale: gradientScale, zLoss: zLoss, losses: losses + rows.lowerBound)
          } else {
            Tensor.crossEntropyLosses(
              logits: logits, rows: rows.count, columns: columns, targets: targets, ignoring: -1, zLoss: zLoss,
              losses: losses + rows.lowerBound)
          }
        }
      }
    }
    return logits
  }
}
