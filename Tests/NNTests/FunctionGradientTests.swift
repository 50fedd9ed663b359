// Every differentiable function and layer against its formula: values, gradients, accumulation, recomputation.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct FunctionGradientTests {
  static let cases = FunctionCases.all + LayerCases.all + RecurrentCases.all
  static let seeds: [UInt64] = [1, 2, 3, 4]

  @Test(arguments: cases) func formulasHaveTheirGradients(function: FunctionCase) {
    for seed in Self.seeds.prefix(2) {
      let error = FunctionProblem(function, seed: seed).worstDifferenceError(seed: seed)
      #expect(error <= 1e-6, "\(function), seed \(seed): gradient of the formula off central differences by \(error)")
    }
  }

  @Test(arguments: cases) func errorsAreWithinTwiceTheNaiveOnes(function: FunctionCase) {
    let problems = Self.seeds.map { FunctionProblem(function, seed: $0) }
    for level in InstructionSet.available {
      let results = Runtime.with(instructionSet: level) { problems.map { $0.run() } }
      expectWithinRule(problems, results, factor: 1, "\(level)")
    }
  }

  @Test(arguments: cases) func gradientsOfTwoUsesAddUp(function: FunctionCase) {
    let problems = Self.seeds.map { FunctionProblem(function, seed: $0) }
    expectWithinRule(problems, problems.map { $0.run(repetitions: 2) }, factor: 2, "applied twice")
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

  /// The 2× rule for the output and each gradient, over all problems together: of a single small problem, either error
  /// may be small by luck. Functions are judged by their worst element; layers, which chain up to ten of them, by the
  /// root of the mean square, since the worst element of a chain is luck as well.
  private func expectWithinRule(
    _ problems: [FunctionProblem], _ results: [(output: Tensor, gradients: [[Float]])], factor: Double,
    _ context: String
  ) {
    let truth = problems.map { $0.reference(.float64) }, naive = problems.map { $0.reference(.float32) }
    let isLayer = LayerCases.all.contains { $0.description == problems[0].function.description }
    func judge(_ name: String, _ errors: (Int) -> (kernel: [Double], naive: [Double], largest: Double)) {
      var kernel = 0.0, naive = 0.0
      for index in problems.indices {
        let error = errors(index), floor = 8 * Double(Float(error.largest).ulp)
        kernel = max(kernel, size(error.kernel, worst: !isLayer) / floor)
        naive = max(naive, size(error.naive, worst: !isLayer) / floor)
      }
      #expect(
        kernel <= max(1, 2 * naive),
        "\(problems[0].function), \(context): \(name) off by \(kernel) floors, naive float32 by \(naive)")
    }
    judge("output") { index in
      differences(results[index].output.elements, truth[index].output, naive[index].output, factor: 1)
    }
    for (place, name) in problems[0].gradientNames.enumerated() {
      judge("gradient of \(name)") { index in
        differences(
          results[index].gradients[place], truth[index].gradients[place], naive[index].gradients[place],
          factor: factor)
      }
    }
  }

  private func differences(
    _ kernel: [Float], _ truth: [Double], _ naive: [Double], factor: Double
  ) -> (kernel: [Double], naive: [Double], largest: Double) {
    (
      zip(kernel, truth).map { Double($0) - factor * $1 }, zip(naive, truth).map { factor * ($0 - $1) },
      max(factor * (truth.map(abs).max() ?? 0), 1e-30)
    )
  }

  private func size(_ errors: [Double], worst: Bool) -> Double {
    guard !errors.contains(where: \.isNaN) else { return .infinity }
    if worst { return errors.map(abs).max() ?? 0 }
    return (errors.reduce(0) { $0 + $1 * $1 } / Double(max(1, errors.count))).squareRoot()
  }
}
