// Optimiser updates over flat buffers. Not here: schedules, groups and state (NN/Optimizers).
internal import CKernels
internal import Foundation

extension NDArray where Element == Float {
  /// One AdamW step over flat buffers, in one pass.
  ///
  /// `g = gradientScale·gradient; m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²;`
  /// `p = (1 − learningRate·decay)·p − learningRate · m/(1−β1^t) / (√(v/(1−β2^t)) + epsilon)`.
  ///
  /// - Parameters:
  ///   - parameters: values, updated.
  ///   - gradients: gradients of the same count.
  ///   - first: running mean of gradients, updated.
  ///   - second: running mean of squared gradients, updated.
  ///   - count: the number of elements.
  ///   - learningRate: step length.
  ///   - beta1: decay of `first`.
  ///   - beta2: decay of `second`.
  ///   - epsilon: added to the root.
  ///   - decay: weight decay, decoupled from the gradient.
  ///   - step: t, from 1.
  ///   - gradientScale: multiplies every gradient, such as a clipping factor.
  /// - Precondition: `step ≥ 1`; the four buffers do not overlap.
  /// > Source: arXiv 1711.05101, algorithm 2; decay scaled by the learning rate as PyTorch does.
  package static func adamWStep(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>, first: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, count: Int, learningRate: Double, beta1: Double, beta2: Double,
    epsilon: Double,
    decay: Double, step: Int, gradientScale: Float
  ) {
    precondition(step >= 1, "adamWStep: step \(step)")
    let constants = ck_adamw(
      gradient_scale: gradientScale, keep: Float(1 - learningRate * decay),
      step_size: Float(learningRate / (1 - pow(beta1, Double(step)))),
      beta1: Float(beta1), one_minus_beta1: Float(1 - beta1), beta2: Float(beta2), one_minus_beta2: Float(1 - beta2),
      inverse_root_correction: Float(1 / (1 - pow(beta2, Double(step))).squareRoot()), epsilon: Float(epsilon))
    let kernels = Runtime.kernels
    let parameters = UnsafeShared(parameters), gradients = UnsafeShared(gradients)
    let first = UnsafeShared(first), second = UnsafeShared(second)
    parallelElements(count) { range in
      let at = range.lowerBound
      withUnsafePointer(to: constants) {
        kernels.rows.adamw(
          parameters.pointer + at, gradients.pointer + at, first.pointer + at, second.pointer + at, $0,
          Int64(range.count))
      }
    }
  }
}
