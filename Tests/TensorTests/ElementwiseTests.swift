// Sums, products and biases at awkward sizes, levels and thread counts.
import Tensor
import TestSupport
import Testing

/// Counts around vector widths, and one large enough for two threads.
private let counts = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 1000, 40_003]

@Suite struct ElementwiseTests {
  @Test func productsAndTheirGradients() {
    for (index, count) in counts.enumerated() {
      let seed = UInt64(index)
      var random = TestRandom(seed: seed)
      let check = OperationCheck(.multiply, forward: { $0[0] * $0[1] }) { gradient, inputs, targets in
        Tensor.multiply(gradient, inputs[1], into: targets[0])
        Tensor.multiply(gradient, inputs[0], into: targets[1])
      }
      let problems = check.problems(
        [random.tensor([count]), random.tensor([count])], outputGradient: random.tensor([count]), seed: seed)
      #expect(problems.isEmpty, "\(problems)")
    }
  }

  @Test func biasesAndTheirGradients() {
    for (index, width) in awkwardWidths.enumerated() {
      for rows in [0, 1, 7, 8, 9, width > 1000 ? 40 : 67] {
        let seed = UInt64(100 * index + rows)
        var random = TestRandom(seed: seed)
        let check = OperationCheck(.addBias, forward: { Tensor.addBias($0[0], $0[1]) }) { gradient, _, targets in
          Tensor.add(gradient, into: targets[0])
          Tensor.columnSums(gradient, into: targets[1])
        }
        let problems = check.problems(
          [random.tensor([rows, width]), random.tensor([width])], outputGradient: random.tensor([rows, width]),
          seed: seed)
        #expect(problems.isEmpty, "\(problems)")
      }
    }
  }

  /// One float operation, rounded once: the result is known exactly.
  @Test func sumsDifferencesAndScalesAreRoundedOnce() {
    for count in counts {
      var random = TestRandom(seed: UInt64(count))
      let a = random.tensor([count]), b = random.tensor([count])
      for level in InstructionSet.available {
        for threads in [1, 2] {
          Runtime.with(instructionSet: level, threads: threads) {
            let label: Comment = "\(count) elements, \(level), \(threads) threads"
            #expect((a + b).elements == zip(a.elements, b.elements).map { $0 + $1 }, label)
            #expect((a - b).elements == zip(a.elements, b.elements).map { $0 - $1 }, label)
            #expect(a.scaled(by: -1.7).elements == a.elements.map { -1.7 * $0 }, label)
          }
        }
      }
    }
  }

  @Test func addingTwiceDoubles() {
    var random = TestRandom(seed: 5)
    let source = random.tensor([1003])
    let twice = Tensor.filled([1003]) { target in
      Tensor.add(source, scale: 0.5, into: target)
      Tensor.add(source, scale: 1.5, into: Accumulator(target.elements, shape: target.shape, beta: 1))
    }
    for (result, value) in zip(twice.elements, source.elements) {
      #expect(abs(result - 2 * value) <= 2 * value.magnitude.ulp, "seed 5")
    }
  }

  @Test func columnSumsAreAccurateOverManyRows() {
    let rows = 50_000
    let ones = Tensor(repeating: 0.1, shape: [rows, 3])
    let sums = Tensor.filled([3]) { Tensor.columnSums(ones, into: $0) }
    let expected = Double(rows) * Double(Float(0.1))
    #expect(sums.elements.allSatisfy { abs(Double($0) - expected) / expected < 2e-5 }, "\(sums)")
  }
}
