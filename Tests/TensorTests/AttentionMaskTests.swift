// What masks let through: windows in decoding, documents as separate sequences, and logits that outgrow their base.
import Tensor
import TestSupport
import Testing

@Suite struct AttentionMaskTests {
  @Test(arguments: InstructionSet.available)
  func documentsAreSeparateSequences(level: InstructionSet) {
    let lengths = [3, 50, 1, 75], tokens = lengths.reduce(0, +)
    var problem = AttentionCase(tokens: tokens, group: 2, width: 24)
    problem.heads = 2
    problem.mask = .documents(DocumentBoundaries(lengths: [lengths]), within: .causal)
    let inputs = AttentionInputs(problem, seed: 1)
    func rows(_ tensor: Tensor, _ range: Range<Int>) -> Tensor {
      let row = tensor.shape[2] * tensor.shape[3]
      return Tensor(
        Array(tensor.elements[range.lowerBound * row..<range.upperBound * row]),
        shape: [1, range.count, tensor.shape[2], tensor.shape[3]])
    }
    Runtime.with(instructionSet: level) {
      let packed = inputs.forward().output
      var first = 0
      for length in lengths {
        let range = first..<first + length
        let alone = Tensor.attention(
          query: rows(inputs.query, range), key: rows(inputs.key, range), value: rows(inputs.value, range),
          mask: .causal, scale: problem.scale
        ).output
        let error = zip(alone.elements, rows(packed, range).elements).map { abs($0 - $1) }.max() ?? 0
        #expect(error <= 2e-6, "document \(range), \(level)")
        first += length
      }
    }
  }

  /// The last queries alone see what they saw in the whole sequence.
  @Test(arguments: InstructionSet.available, [1, 5, 64, 1000])
  func windowIsTheSameInDecoding(level: InstructionSet, window: Int) {
    var problem = AttentionCase(tokens: 90, group: 3, width: 16)
    problem.mask = .window(window)
    let inputs = AttentionInputs(problem, seed: 2), row = 3 * 16
    Runtime.with(instructionSet: level) {
      let whole = inputs.forward().output.elements
      for count in [1, 4, 60] {
        let last = Tensor(Array(inputs.query.elements.suffix(count * row)), shape: [1, count, 3, 16])
        let output = Tensor.attention(
          query: last, key: inputs.key, value: inputs.value, mask: .window(window), scale: problem.scale
        ).output
        let error = zip(output.elements, whole.suffix(count * row)).map { abs($0 - $1) }.max() ?? 0
        #expect(error <= 2e-6, "last \(count), window \(window), \(level)")
      }
    }
  }

  /// Logits that rise by hundreds from one key block to the next, for some rows of a tile and not for others.
  @Test(arguments: InstructionSet.available, [Float(0.2), 3, 40])
  func risingLogitsKeepTheirPrecision(level: InstructionSet, slope: Float) {
    let tokens = 400, width = 16
    var inputs = AttentionInputs(AttentionCase(tokens: tokens, group: 1, width: width), seed: 3)
    inputs.key.withMutableElements { keys in
      for token in 0..<tokens { keys[token * width] = Float(token) * slope }
    }
    inputs.query.withMutableElements { queries in
      for token in 0..<tokens { queries[token * width] = [1, -1, 0.01][token % 3] }
    }
    let naive = naiveAttention(inputs), truth = exactAttention(inputs)
    let results = Runtime.with(instructionSet: level) { inputs.kernelResults(initial: .nan) }
    // The backward pass sees probabilities through the log-sum-exp, rounded at its own size, beside keys in the hundreds.
    let bound = max(2e-5, 0x1p-20 * (truth.logSumExp.map { abs($0) }.max() ?? 0))
    for (name, error) in attentionErrors(results, naive: naive, truth: truth) {
      #expect(
        error.relativeNorm <= (name == "o" ? 2e-5 : bound) || error.isWithinRule,
        "\(name), slope \(slope), \(level): \(error)")
    }
    #expect(results.output.allSatisfy { $0.isFinite })
  }
}
