// Softmax over the last axis. Not here: softmax inside attention and losses, which fuse their own.
import Tensor

/// `e^x / Σ e^x` over the last axis.
///
/// - Parameter x: `[…, D]`.
/// - Returns: `[…, D]`.
public func softmax(_ x: Variable) -> Variable {
  let (output, input) = (x.value.softmax(), x.target)
  return Variable(output, from: [x], op: "softmax") { gradient, gradients in
    gradients.add(to: input) { Tensor.softmaxBackward(outputGradient: gradient, output: output, into: $0) }
  }
}
