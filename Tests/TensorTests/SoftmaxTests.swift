// Softmax, log-sum-exp and cross-entropy: accuracy, gradients, extremes, ignored rows.
import Tensor
import TestSupport
import Testing

/// The library's cross-entropy as an operation of one input.
private func crossEntropyCheck(width: Int, targets: [Int], zLoss: Float, scale: Float) -> OperationCheck {
  let indices = targets.map { Int32($0) }
  func run(_ logits: Tensor) -> (losses: Tensor, gradient: Tensor) {
    var gradient = logits.copied()
    let losses = Tensor(uninitializedShape: [targets.count]) { losses in
      gradient.withMutableElements { logits in
        guard let base = logits.baseAddress, let first = losses.baseAddress else { return }
        Tensor.crossEntropyRows(
          logits: base, rows: targets.count, columns: width, targets: indices, ignoring: -1, gradientScale: scale,
          zLoss: zLoss, losses: first)
      }
    }
    return (losses, gradient)
  }
  return OperationCheck(
    .crossEntropy(width: width, targets: targets, zLoss: zLoss), forward: { run($0[0]).losses }
  ) { _, inputs, into in Tensor.add(run(inputs[0]).gradient, into: into[0]) }
}

@Suite struct SoftmaxTests {
  @Test func softmaxFollowsTheRule() {
    for (index, width) in (awkwardWidths + [2048, 3000]).enumerated() {
      for (rows, deviation) in [(1, 1.0), (3, 20), (width > 1000 ? 40 : 5, 0.1)] {
        let seed = UInt64(10 * index + rows)
        var random = TestRandom(seed: seed)
        let check = OperationCheck(.softmax(width: width), forward: { $0[0].softmax() }) { gradient, inputs, targets in
          Tensor.softmaxBackward(outputGradient: gradient, output: inputs[0].softmax(), into: targets[0])
        }
        let x = random.tensor([rows, width], deviation: deviation), gradient = random.tensor([rows, width])
        // Where one element has nearly all the weight, dy − Σ dy·y is a difference of nearly equal numbers.
        let problems = check.problems(
          [x], outputGradient: gradient, terms: gradient.elements.map { abs($0) }.max() ?? 0, seed: seed)
        #expect(problems.isEmpty, "\(problems)")
      }
    }
  }

  @Test func logSumExpFollowsTheRule() {
    for (index, width) in (awkwardWidths + [5000]).enumerated() {
      let seed = UInt64(index)
      var random = TestRandom(seed: seed)
      let rows = width > 1000 ? 40 : 6
      let problems = OperationCheck(.logSumExp(width: width), forward: { $0[0].logSumExp() }).problems(
        [random.tensor([rows, width], deviation: 4)], outputGradient: random.tensor([rows]), seed: seed)
      #expect(problems.isEmpty, "\(problems)")
    }
  }

  @Test func crossEntropyFollowsTheRule() {
    for (index, width) in (awkwardWidths + [3000]).enumerated() {
      for zLoss in [Float(0), 0.01] {
        let seed = UInt64(index), rows = width > 1000 ? 35 : 9
        var random = TestRandom(seed: seed)
        let targets = (0..<rows).map { $0 % 4 == 3 ? -1 : Int(random.next() % UInt64(width)) }
        let problems = crossEntropyCheck(width: width, targets: targets, zLoss: zLoss, scale: 0.25).problems(
          [random.tensor([rows, width], deviation: 3)], outputGradient: Tensor(repeating: 0.25, shape: [rows]),
          seed: seed)
        #expect(problems.isEmpty, "\(problems)")
      }
    }
  }

  @Test func lossesWithoutGradientAreTheSame() {
    var random = TestRandom(seed: 8)
    let logits = random.tensor([7, 1500], deviation: 5), targets: [Int32] = [0, 3, -1, 1499, 700, 9, -1]
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        func losses(_ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
          Tensor(uninitializedShape: [7]) { if let base = $0.baseAddress { body(base) } }.elements
        }
        let plain = losses { target in
          logits.withElements { values in
            guard let base = values.baseAddress else { return }
            Tensor.crossEntropyLosses(
              logits: base, rows: 7, columns: 1500, targets: targets, ignoring: -1, zLoss: 0.1, losses: target)
          }
        }
        var copy = logits
        let full = losses { target in
          copy.withMutableElements { values in
            guard let base = values.baseAddress else { return }
            Tensor.crossEntropyRows(
              logits: base, rows: 7, columns: 1500, targets: targets, ignoring: -1, gradientScale: 1, zLoss: 0.1,
              losses: target)
          }
        }
        #expect(plain == full && plain[2] == 0 && plain[6] == 0, "\(level)")
        #expect(copy[2].elements.allSatisfy { $0 == 0 } && copy[6].elements.allSatisfy { $0 == 0 }, "\(level)")
      }
    }
  }

  @Test func gradientsMatchCentralDifferences() {
    var random = TestRandom(seed: 21)
    let x = doubles(random.tensor([3, 5]))
    for (reference, outputs) in [
      (Reference.softmax(width: 5), 15), (.logSumExp(width: 5), 3),
      (.crossEntropy(width: 5, targets: [4, -1, 0], zLoss: 0.3), 3),
    ] {
      let error = GradientCheck.error(of: reference, at: [x], outputGradient: doubles(random.tensor([outputs])))
      #expect(error < 1e-6, "\(reference.name), seed 21: \(error)")
    }
  }

  @Test func largeLogitsNeitherOverflowNorVanish() {
    // The chunks of a long row rise and fall by far more than the range of exp.
    let width = 4096
    for offset in [Float(-3e4), 0, 3e4] {
      let x = Tensor((0..<width).map { offset + Float(($0 / 1024) % 2 == 0 ? -1 : 1) * Float($0) }, shape: [1, width])
      let truth = Reference.softmax(width: width).forward([doubles(x)])
      for level in InstructionSet.available {
        Runtime.with(instructionSet: level) {
          let result = x.softmax().elements
          #expect(zip(result, truth).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "\(level), offset \(offset)")
          #expect(abs(x.logSumExp().elements[0] - x.maximum()) < 1, "\(level), offset \(offset)")
        }
      }
    }
  }

  @Test func infiniteLogits() {
    let low = -Float.infinity
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        // Masked entries get 0, whether they fill the first chunks of a row or single places.
        let masked = Tensor((0..<3000).map { $0 < 2048 || $0 % 3 == 0 ? low : 0 }, shape: [1, 3000])
        let count = masked.elements.count { $0 == 0 }
        for (value, result) in zip(masked.elements, masked.softmax().elements) {
          #expect(value == low ? result == 0 : abs(result * Float(count) - 1) < 1e-5, "\(level)")
        }
        #expect(Tensor(repeating: low, shape: [1, 9]).softmax().elements.allSatisfy { $0.isNaN }, "\(level)")
        #expect(Tensor(repeating: low, shape: [1, 9]).logSumExp().elements == [low], "\(level)")
        #expect(Tensor([0, .infinity, 1], shape: [1, 3]).logSumExp().elements == [.infinity], "\(level)")
        #expect(Tensor([0, .infinity, 1], shape: [1, 3]).softmax().elements.allSatisfy { $0.isNaN }, "\(level)")
        #expect(Tensor([0, .nan, 1], shape: [1, 3]).softmax().elements.allSatisfy { $0.isNaN }, "\(level)")
        #expect(Tensor([0, .nan, 1], shape: [1, 3]).logSumExp().elements[0].isNaN, "\(level)")
      }
    }
  }

  @Test func smallLossesKeepTheirDigits() {
    // log(1 + e^-12) beside logits of 1,000: subtracting a rounded log-sum-exp would leave nothing of it.
    let problems = crossEntropyCheck(width: 2, targets: [0], zLoss: 0, scale: 1)
    let loss = problems.forward([Tensor([1000, 988], shape: [1, 2])]).elements[0]
    #expect(abs(loss - 6.14419348e-06) < 1e-7, "\(loss)")
  }
}
