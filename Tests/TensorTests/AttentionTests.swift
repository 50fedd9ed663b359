// Accuracy of attention over awkward sizes, on every instruction-set level and on one and two threads.
import Tensor
import TestSupport
import Testing

@Suite struct AttentionTests {
  @Test(arguments: Array(AttentionCase.awkward.enumerated()))
  func errorIsAtMostTwiceTheNaiveOne(seed: Int, problem: AttentionCase) {
    let inputs = AttentionInputs(problem, seed: UInt64(seed))
    let naive = naiveAttention(inputs), truth = exactAttention(inputs)
    for level in InstructionSet.available {
      let results = Runtime.with(instructionSet: level, threads: 1) { inputs.kernelResults(initial: .nan) }
      for (name, error) in attentionErrors(results, naive: naive, truth: truth) {
        #expect(error.isWithinRule, "\(name) of \(problem), \(level), seed \(seed): \(error)")
        #expect(error.relativeNorm <= 2e-5, "\(name) of \(problem), \(level), seed \(seed): \(error)")
      }
      let sums = zip(results.logSumExp, truth.logSumExp)
      #expect(sums.allSatisfy { abs(Double($0) - $1) <= 4e-6 * max(1, abs($1)) }, "\(problem), \(level), seed \(seed)")
      let parallel = Runtime.with(instructionSet: level, threads: 2) { inputs.kernelResults() }
      #expect(results.isIdentical(to: parallel), "two threads differ from one: \(problem), \(level), seed \(seed)")
    }
  }

  /// The reference itself: its gradients are the central differences of its output.
  @Test(arguments: [AttentionMask.causal, .full])
  func referenceGradientsAreCentralDifferences(mask: AttentionMask) {
    var problem = AttentionCase(tokens: 3, keys: 4, group: 2, width: 3)
    problem.batch = 2
    problem.heads = 2
    problem.slots = 2
    problem.mask = mask
    let inputs = AttentionInputs(problem, seed: 7)
    let results = exactAttention(inputs)
    let gradient = inputs.outputGradient.elements
    func loss(_ inputs: AttentionInputs) -> Double {
      zip(exactAttention(inputs).output, gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    func check(_ path: WritableKeyPath<AttentionInputs, Tensor>, _ expected: ArraySlice<Double>, _ name: String) {
      for (index, expected) in expected.enumerated() {
        var (high, low) = (inputs, inputs)
        let step: Float = 0x1p-10
        high[keyPath: path].withMutableElements { $0[index] += step }
        low[keyPath: path].withMutableElements { $0[index] -= step }
        let width =
          Double(high[keyPath: path].withElements { $0[index] }) - Double(low[keyPath: path].withElements { $0[index] })
        let difference = (loss(high) - loss(low)) / width
        #expect(abs(difference - expected) <= 2e-5 * max(1, abs(expected)), "\(name)[\(index)] of \(problem)")
      }
    }
    check(\.query, results.query[...], "dq")
    check(\.key, results.key[...], "dk")
    check(\.value, results.value[...], "dv")
    check(\.depthQuery, results.depthQuery[...], "dqd")
    let size = problem.slotShape.count
    for slot in 0..<2 {
      check(\.slotKeys[slot], results.slotKeys[slot * size..<(slot + 1) * size], "dKd \(slot)")
      check(\.slotValues[slot], results.slotValues[slot * size..<(slot + 1) * size], "dVd \(slot)")
    }
  }

  @Test(arguments: InstructionSet.available)
  func gradientsAreAddedToWhatIsThere(level: InstructionSet) {
    var problem = AttentionCase(tokens: 37, group: 3, width: 40)
    problem.slots = 3
    let inputs = AttentionInputs(problem, seed: 3)
    Runtime.with(instructionSet: level) {
      let fresh = inputs.kernelResults(), added = inputs.kernelResults(initial: 2, beta: 1)
      for (before, after) in zip(fresh.named.dropFirst().prefix(4), added.named.dropFirst().prefix(4)) {
        let error = zip(before.values, after.values).map { abs($0 + 2 - $1) }.max() ?? 0
        #expect(error <= 2e-6, "\(before.name), \(level)")
      }
    }
  }

  /// Slot gradients too large for the caches go past them where they overwrite: the bits are those of adding to zeros.
  @Test(arguments: InstructionSet.available, [1, 3, 5, 8, 9])
  func overwrittenSlotGradientsAreThoseAddedToZeros(level: InstructionSet, group: Int) {
    var problem = AttentionCase(tokens: 512, group: group, width: 64)
    (problem.slots, problem.heads, problem.mask) = (66, 2, .window(3))
    let inputs = AttentionInputs(problem, seed: 5)
    #expect(inputs.depthColumns()?.slots.isBeyondCaches == true)
    Runtime.with(instructionSet: level, threads: 2) {
      let written = inputs.kernelResults(initial: .nan), added = inputs.kernelResults(initial: 0, beta: 1)
      #expect(written.slotKeys == added.slotKeys && written.slotValues == added.slotValues)
    }
  }

  /// Query and depth query may share a destination that adds.
  @Test func sharedQueryGradientIsTheSum() {
    var problem = AttentionCase(tokens: 20, group: 2, width: 24)
    problem.slots = 4
    let inputs = AttentionInputs(problem, seed: 4)
    let separate = inputs.kernelResults(), columns = inputs.depthColumns()
    let (output, logSumExp) = inputs.forward()
    let unused = UnsafeMutablePointer<Float>.allocate(capacity: inputs.key.count)
    defer { unused.deallocate() }
    let sink = Accumulator(unused, shape: inputs.key.shape, beta: 0)
    let sum = Tensor.filled(inputs.query.shape) { target in
      target.elements.initialize(repeating: 0, count: target.shape.count)
      let shared = Accumulator(target.elements, shape: target.shape, beta: 1)
      Tensor.attentionBackward(
        outputGradient: inputs.outputGradient, output: output, logSumExp: logSumExp, query: inputs.query,
        key: inputs.key, value: inputs.value, mask: problem.mask, scale: problem.scale, depth: columns,
        into: AttentionGradients(query: shared, key: sink, value: sink, depthQuery: shared))
    }
    for (index, value) in sum.elements.enumerated() {
      #expect(abs(value - separate.query[index] - separate.depthQuery[index]) <= 2e-6, "element \(index)")
    }
  }
}
