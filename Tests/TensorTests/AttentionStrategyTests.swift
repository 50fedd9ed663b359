// Every way to evaluate depth slots gives the definition's result; chunks of tokens; slots without a sequence.
import Tensor
import TestSupport
import Testing

@Suite struct AttentionStrategyTests {
  /// Sizes around the tiles, with room before and after the visible slots or without, by strategy and chunk.
  private static let cases: [AttentionCase] = {
    var cases: [AttentionCase] = []
    for (strategyIndex, strategy) in DepthStrategy.allCases.enumerated() {
      for (sizeIndex, size) in [(1, 1, 16), (13, 2, 24), (64, 3, 40), (97, 8, 64), (129, 1, 32)].enumerated() {
        for chunk in [1, 2, 7, 64] {
          var problem = AttentionCase(tokens: size.0, group: size.1, width: size.2)
          problem.strategy = strategy
          problem.chunk = chunk
          problem.slots = [3, 8, 1, 5][(sizeIndex + chunk) % 4]
          problem.batch = size.0 < 64 ? 2 : 1
          problem.heads = size.1 < 3 ? 2 : 1
          if (strategyIndex + sizeIndex) % 2 == 0 { (problem.slotsBefore, problem.slotsAfter) = (2, 1) }
          if sizeIndex == 2 { problem.mask = .window(9) }
          cases.append(problem)
        }
      }
    }
    return cases
  }()

  @Test(arguments: Array(cases.enumerated()))
  func everyStrategyIsTheDefinition(seed: Int, problem: AttentionCase) {
    let inputs = AttentionInputs(problem, seed: UInt64(seed))
    let naive = naiveAttention(inputs), truth = exactAttention(inputs)
    for level in InstructionSet.available {
      let results = Runtime.with(instructionSet: level, threads: 1) { inputs.kernelResults(initial: .nan) }
      for (name, error) in attentionErrors(results, naive: naive, truth: truth) {
        #expect(error.relativeNorm <= 2e-5, "\(name) of \(problem), \(level), seed \(seed): \(error)")
      }
      let sums = zip(results.logSumExp, truth.logSumExp)
      #expect(sums.allSatisfy { abs(Double($0) - $1) <= 4e-6 * max(1, abs($1)) }, "\(problem), \(level), seed \(seed)")
      let parallel = Runtime.with(instructionSet: level, threads: 2) { inputs.kernelResults() }
      #expect(results.isIdentical(to: parallel), "two threads differ from one: \(problem), \(level), seed \(seed)")
    }
  }

  /// Depth-only attention is attention to one slot after the other as if they were keys of one token.
  @Test(arguments: [(1, 16, 1), (8, 64, 1), (3, 40, 1), (2, 24, 4)])
  func slotsAloneAreAttentionToThem(group: Int, width: Int, chunk: Int) {
    var problem = AttentionCase(tokens: 21, group: group, width: width)
    (problem.batch, problem.heads, problem.slots) = (2, 2, 5)
    (problem.slotsBefore, problem.slotsAfter, problem.chunk) = (1, 2, chunk)
    var inputs = AttentionInputs(problem, seed: 11)
    // A sequence that no one attends to: the first key alone is visible and its logit is far below all others.
    problem.mask = .window(1)
    inputs = AttentionInputs(problem, seed: 11)
    inputs.key = Tensor(repeating: -1e4, shape: problem.keyShape)
    inputs.query = Tensor(repeating: 1, shape: problem.queryShape)
    let truth = exactAttention(inputs)
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        guard let columns = inputs.depthColumns() else { return }
        let (output, logSumExp) = Tensor.depthAttention(columns, scale: problem.scale)
        let twin = columns.slots.zeroTwin()
        let query = Tensor.filled(inputs.query.shape) { target in
          Tensor.depthAttentionBackward(
            outputGradient: inputs.outputGradient, output: output, logSumExp: logSumExp, depth: columns,
            scale: problem.scale, queryInto: target, slotsInto: twin)
        }
        let slots = (0..<5).map { twin.read(slot: 1 + $0) }
        for (name, values, expected) in [
          ("o", output.elements, truth.output), ("lse", logSumExp.elements, truth.logSumExp),
          ("dqd", query.elements, truth.depthQuery), ("dKd", slots.flatMap(\.keys.elements), truth.slotKeys),
          ("dVd", slots.flatMap(\.values.elements), truth.slotValues),
        ] {
          let worst = zip(values, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
          #expect(
            values.count == expected.count && worst <= 1e-5, "\(name), G \(group), chunk \(chunk), \(level): \(worst)")
        }
      }
    }
  }

  /// Enough work for two threads, at a level other than the best: all of it runs there, with the same bits.
  @Test(arguments: InstructionSet.available)
  func slotsAloneDoNotDependOnTheThreads(level: InstructionSet) throws {
    var problem = AttentionCase(tokens: 300, group: 3, width: 40)
    (problem.heads, problem.slots) = (2, 9)
    let inputs = AttentionInputs(problem, seed: 13), columns = try #require(inputs.depthColumns())
    func run(_ threads: Int) -> [[Float]] {
      Runtime.with(instructionSet: level, threads: threads) {
        let (output, logSumExp) = Tensor.depthAttention(columns, scale: problem.scale), twin = columns.slots.zeroTwin()
        let query = Tensor.filled(inputs.query.shape) { target in
          Tensor.depthAttentionBackward(
            outputGradient: inputs.outputGradient, output: output, logSumExp: logSumExp, depth: columns,
            scale: problem.scale, queryInto: target, slotsInto: twin)
        }
        return [output, logSumExp, query, twin.read(slot: 0).keys, twin.read(slot: 8).values].map(\.elements)
      }
    }
    #expect(run(1) == run(2))
  }

  @Test func manyQueryHeadsShareOneKeyHead() {
    var problem = AttentionCase(tokens: 40, group: 160, width: 16)
    problem.slots = 3
    let inputs = AttentionInputs(problem, seed: 12)
    let truth = exactAttention(inputs), results = inputs.kernelResults(), naive = naiveAttention(inputs)
    for (name, error) in attentionErrors(results, naive: naive, truth: truth) {
      #expect(error.relativeNorm <= 2e-5, "\(name): \(error)")
    }
  }
}
