// Every differentiable function and layer against its formula: values, gradients, accumulation, recomputation.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct FunctionGradientTests {
  static let cases = FunctionCases.all + LayerCases.all
  static let seeds: [UInt64] = [1, 2]

  @Test(arguments: cases, seeds) func formulaHasItsGradient(function: FunctionCase, seed: UInt64) {
    let error = FunctionProblem(function, seed: seed).worstDifferenceError(seed: seed)
    #expect(error <= 1e-6, "\(function), seed \(seed): gradient of the formula off central differences by \(error)")
  }

  @Test(arguments: cases, seeds, InstructionSet.available)
  func errorsAreWithinTwiceTheNaiveOnes(function: FunctionCase, seed: UInt64, level: InstructionSet) {
    Runtime.with(instructionSet: level) {
      let problem = FunctionProblem(function, seed: seed)
      let (output, gradients) = problem.run()
      expectWithinRule(problem, output: output, gradients: gradients, factor: 1, "seed \(seed), \(level)")
    }
  }

  @Test(arguments: cases) func gradientsOfTwoUsesAddUp(function: FunctionCase) {
    let problem = FunctionProblem(function, seed: 3)
    let (output, gradients) = problem.run(repetitions: 2)
    expectWithinRule(problem, output: output, gradients: gradients, factor: 2, "seed 3, applied twice")
  }

  @Test(arguments: cases) func recomputingChangesNoBit(function: FunctionCase) {
    let problem = FunctionProblem(function, seed: 4)
    let (plain, recomputed) = (problem.run(), problem.run(recomputing: true))
    #expect(plain.output.elements == recomputed.output.elements, "\(function)")
    #expect(plain.gradients == recomputed.gradients, "\(function)")
  }

  @Test(arguments: cases) func constantInputsChangeNoParameterGradient(function: FunctionCase) {
    let problem = FunctionProblem(function, seed: 6), inputs = problem.inputs.count
    let (plain, constant) = (problem.run(), problem.run(constantInputs: true))
    #expect(plain.gradients.dropFirst(inputs) == constant.gradients.dropFirst(inputs), "\(function)")
  }

  @Test(arguments: cases) func frozenParametersChangeNoInputGradient(function: FunctionCase) {
    let problem = FunctionProblem(function, seed: 7), inputs = problem.inputs.count
    let plain = problem.run().gradients
    for parameter in problem.store.parameters { parameter.isTrainable = false }
    let frozen = problem.run().gradients
    #expect(plain.prefix(inputs) == frozen.prefix(inputs), "\(function)")
    #expect(frozen.dropFirst(inputs).joined().allSatisfy { $0 == 0 }, "\(function): a frozen gradient is not zero")
  }

  @Test(arguments: cases) func freezingOneParameterChangesNoOther(function: FunctionCase) {
    let problem = FunctionProblem(function, seed: 8), inputs = problem.inputs.count
    let plain = problem.run().gradients
    for (index, parameter) in problem.store.parameters.enumerated() {
      parameter.isTrainable = false
      var expected = plain
      expected[inputs + index] = expected[inputs + index].map { _ in 0 }
      #expect(problem.run().gradients == expected, "\(function), \(parameter.name) frozen")
      parameter.isTrainable = true
    }
  }

  @Test(arguments: cases) func recordingChangesNoValue(function: FunctionCase) {
    let problem = FunctionProblem(function, seed: 5)
    #expect(problem.run().output.elements == problem.output.elements, "\(function)")
  }

  private func expectWithinRule(
    _ problem: FunctionProblem, output: Tensor, gradients: [[Float]], factor: Double, _ context: String
  ) {
    let truth = problem.reference(.float64), naive = problem.reference(.float32)
    let ratio = ErrorRatio(kernel: output.elements, naive: naive.output.map { Float($0) }, truth: truth.output)
    #expect(ratio.isWithinRule, "\(problem.function), \(context): output, \(ratio)")
    for (index, name) in problem.gradientNames.enumerated() {
      let ratio = ErrorRatio(
        kernel: gradients[index], naive: naive.gradients[index].map { Float(factor * $0) },
        truth: truth.gradients[index].map { factor * $0 })
      #expect(ratio.isWithinRule, "\(problem.function), \(context): gradient of \(name), \(ratio)")
    }
  }
}
