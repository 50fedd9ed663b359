// Root-mean-square and layer normalisation of the last axis.
import Tensor

/// `x / √(mean(x²) + ε) ∘ gain` over the last axis.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - gain: `[D]`; nil for the plain unit-RMS vector.
///   - epsilon: added to the mean square.
/// > Source: arXiv 1910.07467, equation 4.
public func rmsNorm(_ x: Variable, gain: Parameter?, epsilon: Float) -> Variable {
  let scale = gain.map { Variable($0) }
  let (output, inverseRMS) = Tensor.rmsNorm(x.value, gain: scale?.value, epsilon: epsilon)
  return Variable(output, from: [x], op: "rmsNorm") { gradient, gradients in
    gradients.add(to: [x.target] + (scale.map { [$0.target] } ?? [])) { targets in
      Tensor.rmsNormBackward(
        outputGradient: gradient, input: x.value, gain: scale?.value, inverseRMS: inverseRMS, inputInto: targets[0],
        gainInto: scale == nil ? nil : targets[1])
    }
  }
}

/// `(x − mean) / √(variance + ε) ∘ gain + bias` over the last axis.
///
/// - Parameters:
///   - x: `[…, D]`.
///   - gain: `[D]`.
///   - bias: `[D]`.
///   - epsilon: added to the variance.
/// > Source: arXiv 1607.06450, equation 4.
public func layerNorm(_ x: Variable, gain: Parameter, bias: Parameter, epsilon: Float) -> Variable {
  let scale = Variable(gain), offset = Variable(bias)
  let (output, mean, inverseDeviation) = Tensor.layerNorm(
    x.value, gain: scale.value, bias: offset.value, epsilon: epsilon)
  return Variable(output, from: [x], op: "layerNorm") { gradient, gradients in
    gradients.add(to: [x.target, scale.target, offset.target]) { targets in
      Tensor.layerNormBackward(
        outputGradient: gradient, input: x.value, gain: scale.value, mean: mean, inverseDeviation: inverseDeviation,
        inputInto: targets[0], gainInto: targets[1], biasInto: targets[2])
    }
  }
}
