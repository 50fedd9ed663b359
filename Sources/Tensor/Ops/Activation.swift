// Activation functions, forward and backward. Not here: softmax (Softmax.swift).
internal import CKernels

/// How GELU is computed.
public enum GELUApproximation: String, Sendable, Codable, CaseIterable {
  /// `x·Φ(x)` with the error function.
  case exact
  /// `x/2·(1 + tanh(√(2/π)(x + 0.044715x³)))`, as GPT-2.
  case tanh
}

extension NDArray where Element == Float {
  /// `silu(gate)·up`, elementwise: the middle of a SwiGLU feed-forward.
  ///
  /// - Precondition: shapes are equal; traps with both otherwise.
  public static func siluProduct(gate: Tensor, up: Tensor) -> Tensor {
    requireSameShape("siluProduct", gate.shape, up.shape)
    let kernels = Runtime.kernels
    return .filled(gate.shape) { result in
      parallelElements(gate.count, cost: 2) { range in
        let at = range.lowerBound
        kernels.rows.silu_product(gate.base + at, up.base + at, result.elements + at, Int64(range.count))
      }
    }
  }

  /// The gradients of `siluProduct`, both in one pass.
  ///
  /// - Precondition: all shapes are equal; traps with them otherwise.
  public static func siluProductBackward(
    outputGradient: Tensor, gate: Tensor, up: Tensor, gateInto: Accumulator, upInto: Accumulator
  ) {
    requireSameShape("siluProductBackward", gate.shape, up.shape, outputGradient.shape)
    requireCount("siluProductBackward", gate.shape, into: gateInto)
    requireCount("siluProductBackward", up.shape, into: upInto)
    let kernels = Runtime.kernels
    parallelElements(gate.count, cost: 2) { range in
      let at = range.lowerBound
      kernels.rows.silu_product_backward(
        outputGradient.base + at, gate.base + at, up.base + at, gateInto.beta, gateInto.elements + at, upInto.beta,
        upInto.elements + at, Int64(range.count))
    }
  }

  /// `x·sigmoid(x)`.
  public static func silu(_ x: Tensor) -> Tensor {
    let kernels = Runtime.kernels
    return .filled(x.shape) { result in
      parallelElements(x.count, cost: 2) { range in
        kernels.rows.silu(x.base + range.lowerBound, result.elements + range.lowerBound, Int64(range.count))
      }
    }
  }

  /// The gradient of `silu`.
  ///
  /// - Precondition: shapes are equal; traps with them otherwise.
  public static func siluBackward(outputGradient: Tensor, input: Tensor, into result: Accumulator) {
    requireSameShape("siluBackward", input.shape, outputGradient.shape)
    requireCount("siluBackward", input.shape, into: result)
    let kernels = Runtime.kernels
    parallelElements(input.count, cost: 2) { range in
      let at = range.lowerBound
      kernels.rows.silu_backward(
        outputGradient.base + at, input.base + at, result.beta, result.elements + at, Int64(range.count))
    }
  }

  /// The Gaussian error linear unit.
  ///
  /// > Source: arXiv 1606.08415, section 2.
  public static func gelu(_ x: Tensor, approximation: GELUApproximation) -> Tensor {
    let kernels = Runtime.kernels
    return .filled(x.shape) { result in
      parallelElements(x.count, cost: 4) { range in
        let source = x.base + range.lowerBound, target = result.elements + range.lowerBound
        switch approximation {
        case .exact: kernels.rows.gelu_erf(source, target, Int64(range.count))
        case .tanh: kernels.rows.gelu_tanh(source, target, Int64(range.count))
        }
      }
    }
  }

  /// The gradient of `gelu`.
  ///
  /// - Precondition: shapes are equal; traps with them otherwise.
  public static func geluBackward(
    outputGradient: Tensor, input: Tensor, approximation: GELUApproximation, into result: Accumulator
  ) {
    requireSameShape("geluBackward", input.shape, outputGradient.shape)
    requireCount("geluBackward", input.shape, into: result)
    let kernels = Runtime.kernels
    parallelElements(input.count, cost: 4) { range in
      let at = range.lowerBound, count = Int64(range.count)
      let gradient = outputGradient.base + at, source = input.base + at, target = result.elements + at
      switch approximation {
      case .exact: kernels.rows.gelu_erf_backward(gradient, source, result.beta, target, count)
      case .tanh: kernels.rows.gelu_tanh_backward(gradient, source, result.beta, target, count)
      }
    }
  }
}
