// Muon: momentum whose matrices are orthogonalised before they are applied; AdamW for everything that is no matrix.
// Not here: the orthogonalisation (NewtonSchulz.swift).
import Tensor

/// Orthogonalised momentum for matrices, AdamW for embedding tables, gains and biases.
///
/// Each matrix moves by `0.2·√max(rows, columns)` times an approximately orthogonal matrix, so that its updates have
/// the root mean square of typical AdamW updates and both rules share one learning rate. A parameter of more than two
/// axes counts as `[first, rest]`.
///
/// > Source: arXiv 2502.16982, algorithm 1 and equation 4; Nesterov momentum as in the original Muon.
public struct Muon: Optimizer {
  /// Decay of the momentum.
  public let momentum: Double
  /// Weight decay of matrices, multiplied by the learning rate.
  public let decay: Double
  /// The constants of the AdamW part.
  public let others: AdamWSettings
  private let slots: [FlatSlot]
  /// Momenta of the matrices, laid out like their range of the flat buffers.
  private var momenta: Tensor
  private let matrixRange: Range<Int>
  private var moments: AdamMoments
  private var steps = 0

  /// An optimiser of all parameters of `store`, at step 0.
  ///
  /// - Precondition: the store is frozen; parameters of the group `matrix` have two axes or more.
  public init(
    _ store: ParameterStore, momentum: Double = 0.95, decay: Double = 0.1, others: AdamWSettings = AdamWSettings()
  ) {
    self.momentum = momentum
    self.decay = decay
    self.others = others
    self.matrixRange = store.range(of: [.matrix])
    self.slots = FlatSlot.all(of: store, in: matrixRange)
    for slot in slots {
      precondition(slot.shape.rank >= 2, "Muon: \(slot.name) is in the group matrix but has shape \(slot.shape)")
    }
    self.momenta = Tensor(zeros: [matrixRange.count])
    self.moments = AdamMoments(store, range: store.range(of: [.embedding, .vector]))
  }

  /// `muon`.
  public var name: String { "muon" }

  /// The step count, `momentum.<parameter>` of matrices, `first.…` and `second.…` of the rest.
  public var state: OptimizerState {
    OptimizerState(
      steps: steps, tensors: slots.map { ("momentum.\($0.name)", $0.view(of: momenta)) } + moments.tensors)
  }

  /// Replaces the step count, the momenta and the moments.
  public mutating func restore(_ state: OptimizerState) {
    steps = state.steps
    restoreByName(state.tensors, expected: slots.count + moments.tensors.count) { name, value in
      guard name.hasPrefix("momentum.") else { return moments.assign(value, to: name) }
      let parameter = name.dropFirst(9)
      guard let slot = slots.first(where: { $0.name == parameter }) else { return false }
      slot.copy(value, into: &momenta, at: slot.range.lowerBound)
      return true
    }
  }

  /// One step of every trainable parameter.
  public mutating func step(_ store: ParameterStore, learningRate: Float, gradientScale: Float) {
    precondition(
      matrixRange.upperBound <= store.values.count && slots == FlatSlot.all(of: store, in: matrixRange),
      "Muon.step: the optimiser was made for another store")
    steps += 1
    let rule = MatrixStep(
      momentum: Float(momentum), fresh: Float(1 - momentum), keep: Float(1 - Double(learningRate) * decay),
      learningRate: learningRate, gradientScale: gradientScale)
    let (values, gradients, start) = (store.values, store.gradients, matrixRange.lowerBound)
    momenta.withMutableElements { momenta in
      guard let base = momenta.baseAddress else { return }
      for parameter in store.parameters
      where parameter.isTrainable && parameter.group == .matrix && parameter.shape.count > 0 {
        rule.apply(
          parameter.shape, values: values.base + parameter.offset, gradients: gradients.base + parameter.offset,
          momenta: base + (parameter.offset - start))
      }
    }
    withExtendedLifetime((values, gradients)) {}
    moments.step(store, others, learningRate: learningRate, gradientScale: gradientScale, step: steps)
  }
}

/// The update of one matrix, with the numbers of one step.
private struct MatrixStep {
  let momentum: Float
  /// The weight of the new gradient in the momentum.
  let fresh: Float
  /// What weight decay leaves of the values.
  let keep: Float
  let learningRate: Float
  let gradientScale: Float

  func apply(
    _ shape: Shape, values: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    momenta: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (shape[0], shape.count / shape[0])
    let update = orthogonalized(direction(rows, columns, gradients, momenta))
    let scale = learningRate * 0.2 * Float(max(rows, columns)).squareRoot()
    let keep = keep
    let (source, values) = (UnsafeShared(UnsafePointer(update.base)), UnsafeShared(values))
    parallelFor(rows * columns, grain: 1 << 16) { range in
      for index in range {
        values.pointer[index] = values.pointer[index] * keep - scale * source.pointer[index]
      }
    }
    withExtendedLifetime(update) {}
  }

  /// Updates the momenta and looks one step ahead of them: `[rows, columns]`.
  private func direction(
    _ rows: Int, _ columns: Int, _ gradients: UnsafePointer<Float>, _ momenta: UnsafeMutablePointer<Float>
  ) -> Tensor {
    let (gradients, momenta) = (UnsafeShared(gradients), UnsafeShared(momenta))
    let (momentum, fresh, gradientScale) = (momentum, fresh, gradientScale)
    return Tensor(uninitializedShape: [rows, columns]) { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = UnsafeShared(base)
      parallelFor(rows * columns, grain: 1 << 16) { range in
        for index in range {
          let gradient = gradients.pointer[index] * gradientScale
          let mean = momenta.pointer[index] + fresh * (gradient - momenta.pointer[index])
          momenta.pointer[index] = mean
          target.pointer[index] = gradient + momentum * (mean - gradient)
        }
      }
    }
  }
}
