// Activations against their definitions: values, gradients, extremes.
import Tensor
import TestSupport
import Testing

private let counts = [0, 1, 2, 3, 5, 8, 15, 16, 17, 33, 64, 127, 1000, 20_011]

@Suite struct ActivationTests {
  private func silu() -> OperationCheck {
    OperationCheck(.silu, forward: { Tensor.silu($0[0]) }) { gradient, inputs, targets in
      Tensor.siluBackward(outputGradient: gradient, input: inputs[0], into: targets[0])
    }
  }

  private func gelu(_ approximation: GELUApproximation) -> OperationCheck {
    OperationCheck(.gelu(approximation), forward: { Tensor.gelu($0[0], approximation: approximation) }) {
      gradient, inputs, targets in
      Tensor.geluBackward(
        outputGradient: gradient, input: inputs[0], approximation: approximation, into: targets[0])
    }
  }

  @Test func unaryActivationsFollowTheRule() {
    for check in [silu(), gelu(.exact), gelu(.tanh)] {
      for (index, count) in counts.enumerated() {
        for deviation in [0.01, 1, 6] {
          let seed = UInt64(index)
          var random = TestRandom(seed: seed)
          let problems = check.problems(
            [random.tensor([count], deviation: deviation)], outputGradient: random.tensor([count]), seed: seed)
          #expect(problems.isEmpty, "\(problems)")
        }
      }
    }
  }

  @Test func siluProductFollowsTheRule() {
    let check = OperationCheck(.siluProduct, forward: { Tensor.siluProduct(gate: $0[0], up: $0[1]) }) {
      gradient, inputs, targets in
      Tensor.siluProductBackward(
        outputGradient: gradient, gate: inputs[0], up: inputs[1], gateInto: targets[0], upInto: targets[1])
    }
    for (index, count) in counts.enumerated() {
      let seed = UInt64(index)
      var random = TestRandom(seed: seed)
      let problems = check.problems(
        [random.tensor([count], deviation: 3), random.tensor([count])], outputGradient: random.tensor([count]),
        seed: seed)
      #expect(problems.isEmpty, "\(problems)")
    }
  }

  @Test func mixedDestinationsOfSiluProduct() {
    var random = TestRandom(seed: 3)
    let gate = random.tensor([37]), up = random.tensor([37]), gradient = random.tensor([37])
    let reference = Reference.siluProduct.backward(doubles(gradient), [doubles(gate), doubles(up)])
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        var dgate = Tensor(repeating: 5, shape: [37]), dup = Tensor(repeating: .nan, shape: [37])
        dgate.withMutableElements { dgate in
          dup.withMutableElements { dup in
            guard let first = dgate.baseAddress, let second = dup.baseAddress else { return }
            Tensor.siluProductBackward(
              outputGradient: gradient, gate: gate, up: up,
              gateInto: Accumulator(first, shape: [37], beta: 1), upInto: Accumulator(second, shape: [37], beta: 0))
          }
        }
        for i in 0..<37 {
          #expect(abs(Double(dgate.elements[i]) - 5 - reference[0][i]) < 1e-5, "\(level)")
          #expect(abs(Double(dup.elements[i]) - reference[1][i]) < 1e-5, "\(level)")
        }
      }
    }
  }

  @Test func gradientsMatchCentralDifferences() {
    var random = TestRandom(seed: 11)
    for reference in [Reference.silu, .gelu(.exact), .gelu(.tanh), .siluProduct, .multiply] {
      let inputs = (0..<2).map { _ in doubles(random.tensor([9], deviation: 2)) }
      let isUnary = ["silu", "gelu", "gelu tanh"].contains(reference.name)
      let error = GradientCheck.error(
        of: reference, at: isUnary ? [inputs[0]] : inputs, outputGradient: doubles(random.tensor([9])))
      #expect(error < 1e-6, "\(reference.name), seed 11: \(error)")
    }
    let bias = GradientCheck.error(
      of: .addBias, at: [doubles(random.tensor([12])), doubles(random.tensor([4]))],
      outputGradient: doubles(random.tensor([12])))
    #expect(bias < 1e-6, "addBias, seed 11: \(bias)")
  }

  @Test func extremesStayFinite() {
    let x = Tensor([-1e30, -3e5, -200, -90, 0, -0.0, 90, 200, 3e5, 1e30])
    let ones = Tensor(repeating: 1, shape: x.shape)
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        let values = [Tensor.silu(x), Tensor.gelu(x, approximation: .exact), Tensor.gelu(x, approximation: .tanh)]
        let slopes: [Tensor] = [
          .filled(x.shape) { Tensor.siluBackward(outputGradient: ones, input: x, into: $0) },
          .filled(x.shape) {
            Tensor.geluBackward(outputGradient: ones, input: x, approximation: .exact, into: $0)
          },
          .filled(x.shape) {
            Tensor.geluBackward(outputGradient: ones, input: x, approximation: .tanh, into: $0)
          },
        ]
        for (value, slope) in zip(values, slopes) {
          #expect(value.elements[..<6].allSatisfy { abs($0) < 1e-30 }, "\(level) \(value.elements)")
          #expect(value.elements[6...].elementsEqual(x.elements[6...]), "\(level) \(value.elements)")
          #expect(slope.elements[4] == 0.5 && slope.elements[5] == 0.5, "\(level) \(slope.elements)")
          #expect(slope.elements[..<3].allSatisfy { abs($0) < 1e-30 }, "\(level) \(slope.elements)")
          #expect(slope.elements[6...].allSatisfy { $0 == 1 }, "\(level) \(slope.elements)")
        }
      }
    }
  }

  @Test func notANumberPropagates() {
    let x = Tensor(repeating: .nan, shape: [19])
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        let values = [Tensor.silu(x), Tensor.gelu(x, approximation: .exact), Tensor.gelu(x, approximation: .tanh)]
        for value in values { #expect(value.elements.allSatisfy { $0.isNaN }, "\(level)") }
      }
    }
  }
}
