// Attention on hostile numbers: huge logits, infinities, NaN; and the same bits on every run.
import Tensor
import TestSupport
import Testing

@Suite struct AttentionRobustnessTests {
  static let levels = InstructionSet.available

  private func inputs(tokens: Int, seed: UInt64) -> AttentionInputs {
    var problem = AttentionCase(tokens: tokens, group: 3, width: 40)
    problem.slots = 3
    return AttentionInputs(problem, seed: seed)
  }

  /// Logits of ±1e4 neither overflow nor lose the winner.
  @Test(arguments: levels, [1, 2, 97])
  func hugeLogits(level: InstructionSet, tokens: Int) {
    var problem = AttentionCase(tokens: tokens, group: 2, width: 64)
    problem.deviation = 60
    problem.slots = 2
    let inputs = AttentionInputs(problem, seed: 1)
    let results = Runtime.with(instructionSet: level) { inputs.kernelResults() }
    let naive = naiveAttention(inputs), truth = exactAttention(inputs)
    let largestSum = truth.logSumExp.map { abs($0) }.max() ?? 0
    #expect(largestSum > 2_000)
    // The log-sum-exp is stored in float32, so recomputed probabilities are known to a relative `ulp` only; gradients
    // of queries and keys multiply that by keys and queries of this size.
    let tolerance = Double(Float(largestSum).ulp) * problem.deviation * Double(problem.scale) * 32
    for (name, error) in attentionErrors(results, naive: naive, truth: truth) {
      let allowed = name == "o" ? 4 * max(error.naive, error.floor) : max(4 * error.naive, tolerance)
      #expect(error.kernel <= allowed, "\(name), \(level), T \(tokens): \(error)")
    }
  }

  @Test(arguments: levels, [1, 2, 97])
  func constantLogitsOfTenThousand(level: InstructionSet, tokens: Int) {
    for sign: Float in [1, -1] {
      let width = 16
      let query = Tensor(repeating: 50, shape: [1, tokens, 2, width])
      let key = Tensor(repeating: sign * 12.5, shape: [1, tokens, 1, width])
      let value = Tensor(repeating: 3, shape: [1, tokens, 1, width])
      let result = Runtime.with(instructionSet: level) {
        Tensor.attention(query: query, key: key, value: value, mask: .full, scale: 1)
      }
      #expect(result.output.elements.allSatisfy { abs($0 - 3) < 1e-5 })
      #expect(result.logSumExp.elements.allSatisfy { abs($0 - sign * 10_000) < 10 })
    }
  }

  /// A key whose logit is −∞ has weight 0, also when it comes first or fills whole blocks.
  @Test(arguments: levels, [1, 2, 140])
  func minusInfinityLogitsHaveNoWeight(level: InstructionSet, tokens: Int) {
    var problem = AttentionCase(tokens: tokens, keys: 150, group: 1, width: 16)
    problem.mask = .full
    var inputs = AttentionInputs(problem, seed: 2)
    inputs.query = Tensor(repeating: 1, shape: problem.queryShape)
    let hidden = 100
    inputs.key.withMutableElements { key in for index in 0..<hidden * 16 { key[index] = -.infinity } }
    var rest = problem
    rest.keys = 50
    var visible = AttentionInputs(rest, seed: 0)
    visible.query = inputs.query
    visible.key = Tensor(Array(inputs.key.elements[(hidden * 16)...]), shape: rest.keyShape)
    visible.value = Tensor(Array(inputs.value.elements[(hidden * 16)...]), shape: rest.keyShape)
    Runtime.with(instructionSet: level) {
      let left = inputs.forward().output.elements, right = visible.forward().output.elements
      let difference = zip(left, right).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 1e-6, "\(level), T \(tokens)")
    }
  }

  /// NaN in a query reaches its own row; in a key, every row that sees it; nothing else.
  @Test(arguments: levels, [2, 97])
  func nanReachesExactlyItsReaders(level: InstructionSet, tokens: Int) {
    let clean = inputs(tokens: tokens, seed: 3), at = tokens / 2
    func poisonedRows(_ path: WritableKeyPath<AttentionInputs, Tensor>, element: Int) -> [Bool] {
      var dirty = clean
      dirty[keyPath: path].withMutableElements { $0[element] = .nan }
      let output = Runtime.with(instructionSet: level) { dirty.forward().output }
      return (0..<tokens).map { token in
        let row = output[0][token].elements
        let poisoned = row.filter(\.isNaN).count
        #expect(poisoned == 0 || poisoned >= 3, "token \(token)")
        return poisoned > 0
      }
    }
    let width = 40, queryRow = 3 * width
    #expect(poisonedRows(\.query, element: at * queryRow + 5) == (0..<tokens).map { $0 == at })
    #expect(poisonedRows(\.depthQuery, element: at * queryRow + 5) == (0..<tokens).map { $0 == at })
    #expect(poisonedRows(\.slotKeys[1], element: at * width + 39) == (0..<tokens).map { $0 == at })
    #expect(poisonedRows(\.slotValues[1], element: at * width + 39) == (0..<tokens).map { $0 == at })
    // In a causal tile a later key's NaN may reach the earlier rows of its tile through 0·NaN, as in any blocked form;
    // rows that see it must have it.
    #expect(poisonedRows(\.key, element: at * width).suffix(tokens - at).allSatisfy { $0 })
    #expect(poisonedRows(\.value, element: at * width).suffix(tokens - at).allSatisfy { $0 })
  }

  @Test(arguments: levels)
  func runsAndThreadCountsGiveTheSameBits(level: InstructionSet) {
    var problem = AttentionCase(tokens: 300, group: 3, width: 32)
    problem.batch = 2
    problem.slots = 5
    let inputs = AttentionInputs(problem, seed: 5)
    let first = Runtime.with(instructionSet: level, threads: 1) { inputs.kernelResults() }
    for threads in [1, 2, 3, 5] {
      let again = Runtime.with(instructionSet: level, threads: threads) { inputs.kernelResults() }
      #expect(first.isIdentical(to: again), "\(level), \(threads) threads")
    }
  }
}
