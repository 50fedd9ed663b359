// RMS and layer normalisation, forward and backward, at awkward widths and row counts.
import Tensor
import TestSupport
import Testing

private func rmsNormCheck(width: Int, epsilon: Float, hasGain: Bool) -> OperationCheck {
  OperationCheck(
    .rmsNorm(width: width, epsilon: epsilon),
    forward: { Tensor.rmsNorm($0[0], gain: hasGain ? $0[1] : nil, epsilon: epsilon).output }
  ) { gradient, inputs, targets in
    let gain = hasGain ? inputs[1] : nil
    let inverse = Tensor.rmsNorm(inputs[0], gain: gain, epsilon: epsilon).inverseRMS
    Tensor.rmsNormBackward(
      outputGradient: gradient, input: inputs[0], gain: gain, inverseRMS: inverse, inputInto: targets[0],
      gainInto: hasGain ? targets[1] : nil)
  }
}

private func layerNormCheck(epsilon: Float) -> OperationCheck {
  OperationCheck(
    .layerNorm(epsilon: epsilon),
    forward: { Tensor.layerNorm($0[0], gain: $0[1], bias: $0[2], epsilon: epsilon).output }
  ) { gradient, inputs, targets in
    let forward = Tensor.layerNorm(inputs[0], gain: inputs[1], bias: inputs[2], epsilon: epsilon)
    Tensor.layerNormBackward(
      outputGradient: gradient, input: inputs[0], gain: inputs[1], mean: forward.mean,
      inverseDeviation: forward.inverseDeviation, inputInto: targets[0], gainInto: targets[1], biasInto: targets[2])
  }
}

@Suite struct NormalizationTests {
  @Test func rmsNormFollowsTheRule() {
    for (index, width) in awkwardWidths.enumerated() {
      for rows in [0, 1, 33, width > 1000 ? 70 : 129] {
        for hasGain in [true, false] {
          let seed = UInt64(1000 * index + rows)
          var random = TestRandom(seed: seed)
          let x = random.tensor([rows, width], deviation: 2), gain = random.tensor([width])
          let problems = rmsNormCheck(width: width, epsilon: 1e-6, hasGain: hasGain).problems(
            hasGain ? [x, gain] : [x], outputGradient: random.tensor([rows, width]), seed: seed)
          #expect(problems.isEmpty, "\(problems)")
        }
      }
    }
  }

  @Test func layerNormFollowsTheRule() {
    for (index, width) in awkwardWidths.dropFirst().enumerated() {
      for rows in [0, 1, 33, width > 1000 ? 70 : 129] {
        let seed = UInt64(1000 * index + rows)
        var random = TestRandom(seed: seed)
        let problems = layerNormCheck(epsilon: 1e-5).problems(
          [random.tensor([rows, width], deviation: 2), random.tensor([width]), random.tensor([width])],
          outputGradient: random.tensor([rows, width]), seed: seed)
        #expect(problems.isEmpty, "\(problems)")
      }
    }
  }

  @Test func gradientsMatchCentralDifferences() {
    var random = TestRandom(seed: 31)
    let x = doubles(random.tensor([4, 5])), gain = doubles(random.tensor([5])), bias = doubles(random.tensor([5]))
    let weights = doubles(random.tensor([4, 5]))
    for (reference, inputs) in [
      (Reference.rmsNorm(width: 5, epsilon: 1e-3), [x, gain]), (.rmsNorm(width: 5, epsilon: 1e-3), [x]),
      (.layerNorm(epsilon: 1e-3), [x, gain, bias]),
    ] {
      let error = GradientCheck.error(of: reference, at: inputs, outputGradient: weights)
      #expect(error < 1e-6, "\(reference.name), seed 31: \(error)")
    }
  }

  @Test func largeMeansDoNotSpoilTheVariance() {
    var random = TestRandom(seed: 41)
    let x = Tensor(random.tensor([2, 300]).elements.map { $0 + 1000 }, shape: [2, 300])
    let ones = Tensor(repeating: 1, shape: [300]), zeros = Tensor(zeros: [300])
    let truth = Reference.layerNorm(epsilon: 1e-5).forward([doubles(x), doubles(ones), doubles(zeros)])
    for level in InstructionSet.available {
      let result = Runtime.with(instructionSet: level) {
        Tensor.layerNorm(x, gain: ones, bias: zeros, epsilon: 1e-5).output
      }
      #expect(zip(result.elements, truth).allSatisfy { abs(Double($0) - $1) < 2e-4 }, "\(level), seed 41")
    }
  }

  @Test func unwantedGradientsAreNotComputed() {
    var random = TestRandom(seed: 51)
    let x = random.tensor([5, 40]), gain = random.tensor([40]), gradient = random.tensor([5, 40])
    let inverse = Tensor.rmsNorm(x, gain: gain, epsilon: 1e-6).inverseRMS
    let full = Tensor.filled([40]) { into in
      let input = Tensor.filled(x.shape) {
        Tensor.rmsNormBackward(
          outputGradient: gradient, input: x, gain: gain, inverseRMS: inverse, inputInto: $0, gainInto: into)
      }
      let alone = Tensor.filled(x.shape) {
        Tensor.rmsNormBackward(
          outputGradient: gradient, input: x, gain: gain, inverseRMS: inverse, inputInto: $0, gainInto: nil)
      }
      #expect(input.elements == alone.elements)
    }
    let only = Tensor.filled([40]) {
      Tensor.rmsNormBackward(
        outputGradient: gradient, input: x, gain: gain, inverseRMS: inverse, inputInto: nil, gainInto: $0)
    }
    #expect(full.elements == only.elements)
  }

  @Test func rowsOfZerosStayFinite() {
    let x = Tensor(zeros: [2, 20]), gain = Tensor(repeating: 1, shape: [20])
    #expect(Tensor.rmsNorm(x, gain: gain, epsilon: 1e-6).output.elements.allSatisfy { $0 == 0 })
    #expect(Tensor.layerNorm(x, gain: gain, bias: gain, epsilon: 1e-6).output.elements.allSatisfy { $0 == 1 })
  }
}
