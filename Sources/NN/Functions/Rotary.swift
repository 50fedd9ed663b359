// Rotary position embedding.
public import Tensor

/// Rotates each head's half-split pairs by the angle of the token's position.
///
/// - Parameters:
///   - x: `[B, T, H, d]`.
///   - table: cosines and sines of at least `firstPosition + T` positions.
///   - firstPosition: the position of token 0.
/// > Source: arXiv 2104.09864, equation 34, in the half-split form of GPT-NeoX.
public func rotary(_ x: Variable, table: RotaryTable, firstPosition: Int = 0) -> Variable {
  let output = Tensor.rotary(x.value, table: table, firstPosition: firstPosition)
  let target = x.target
  return Variable(output, from: [x], op: "rotary") { gradient, gradients in
    gradients.add(to: target) { Tensor.rotaryInverse(gradient, table: table, firstPosition: firstPosition, into: $0) }
  }
}
