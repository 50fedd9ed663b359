// Point-wise non-linearities.
public import Tensor

/// `silu(gate) ∘ up`, the gated product of SwiGLU.
///
/// - Parameters:
///   - gate: `[…, F]`.
///   - up: `[…, F]`.
/// > Source: arXiv 2002.05202, equation 6.
public func siluProduct(gate: Variable, up: Variable) -> Variable {
  let output = Tensor.siluProduct(gate: gate.value, up: up.value)
  return Variable(output, from: [gate, up], op: "siluProduct") { gradient, gradients in
    gradients.add(toAll: [gate.target, up.target]) { targets in
      Tensor.siluProductBackward(
        outputGradient: gradient, gate: gate.value, up: up.value, gateInto: targets[0], upInto: targets[1])
    }
  }
}

/// `x·σ(x)`, the sigmoid linear unit.
///
/// > Source: arXiv 1606.08415, section 2.
public func silu(_ x: Variable) -> Variable {
  Variable(Tensor.silu(x.value), from: [x], op: "silu") { gradient, gradients in
    gradients.add(to: x) { Tensor.siluBackward(outputGradient: gradient, input: x.value, into: $0) }
  }
}

/// `x·Φ(x)`, the Gaussian error linear unit.
///
/// - Parameters:
///   - x: any shape.
///   - approximation: how the Gaussian's distribution function Φ is evaluated.
/// > Source: arXiv 1606.08415, section 2.
public func gelu(_ x: Variable, approximation: GELUApproximation = .exact) -> Variable {
  Variable(Tensor.gelu(x.value, approximation: approximation), from: [x], op: "gelu") { gradient, gradients in
    gradients.add(to: x) {
      Tensor.geluBackward(outputGradient: gradient, input: x.value, approximation: approximation, into: $0)
    }
  }
}
