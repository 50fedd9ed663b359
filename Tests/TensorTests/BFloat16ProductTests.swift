// Products of bfloat16: matrix products through oneDNN and attention, beside naive versions whose operands are rounded.
// Machines without the instructions or the library skip these tests; what they are told is tested everywhere.
import Tensor
import TestSupport
import Testing

private let hasBFloat16 = Precision.bfloat16.missing == nil

@Suite struct BFloat16ProductTests {
  private struct Sizes: Sendable, CustomTestStringConvertible {
    let m, n, k: Int
    var testDescription: String { "\(m)×\(k)×\(n)" }
  }

  private static let sizes = [
    (1, 1, 1), (1, 64, 3), (7, 5, 129), (31, 97, 2), (64, 64, 64), (129, 33, 65), (5, 300, 17), (300, 5, 17),
    (2049, 40, 64), (40, 2049, 64), (130, 260, 700), (48, 48, 2048),
  ].map { Sizes(m: $0, n: $1, k: $2) }

  /// Against float64 sums of the rounded operands: what is left is the rounding of float32 sums.
  @Test(.enabled(if: hasBFloat16), arguments: sizes)
  private func productsSumRoundedOperands(sizes: Sizes) {
    let (m, n, k) = (sizes.m, sizes.n, sizes.k)
    var random = TestRandom(seed: UInt64(m * 7919 + n * 31 + k))
    for (transposeA, transposeB) in [(false, false), (false, true), (true, false), (true, true)] {
      let a = random.tensor(transposeA ? [k, m] : [m, k]), b = random.tensor(transposeB ? [n, k] : [k, n])
      let start = random.tensor([m, n])
      func rounded(_ tensor: Tensor) -> [Double] { tensor.elements.map { Double(BFloat16($0).float) } }
      let left = rounded(a), right = rounded(b), before = start.elements
      func product(_ beta: Float, threads: Int) -> [Float] {
        var result = beta == 0 ? Tensor(repeating: .nan, shape: [m, n]) : start.copied()
        Runtime.with(threads: threads) {
          result.withMutableElements { buffer in
            guard let base = buffer.baseAddress else { return }
            Tensor.matmul(
              ProductOperand(a, .bfloat16), ProductOperand(b, .bfloat16), transposeA: transposeA,
              transposeB: transposeB, into: Accumulator(base, shape: [m, n], beta: beta))
          }
        }
        return result.elements
      }
      for beta: Float in [0, 1] {
        let result = product(beta, threads: 1)
        #expect(result == product(beta, threads: 2), "two threads differ from one, beta \(beta)")
        var worst = 0.0
        for i in 0..<m {
          for j in 0..<n {
            var sum = beta == 0 ? 0 : Double(before[i * n + j]), magnitude = abs(sum)
            for p in 0..<k {
              let term = left[transposeA ? p * m + i : i * k + p] * right[transposeB ? j * k + p : p * n + j]
              sum += term
              magnitude += abs(term)
            }
            worst = max(worst, abs(Double(result[i * n + j]) - sum) / max(magnitude, 1e-30))
          }
        }
        // A sum of k terms in any order: k/2 units of rounding of the magnitudes at most, far fewer on average.
        #expect(worst <= 0.5 * Double(Float(1).ulp) * Double(k + 2), "relative error \(worst), beta \(beta)")
      }
    }
  }

  @Test(.enabled(if: hasBFloat16)) func nothingToSumLeavesTheDestination() {
    let a = ProductOperand(Tensor(zeros: [0, 2]), .bfloat16), b = ProductOperand(Tensor(zeros: [0, 3]), .bfloat16)
    #expect(Tensor.matmul(a, b, transposeA: true).elements == [0, 0, 0, 0, 0, 0])
    var kept = Tensor(repeating: 2, shape: [2, 3])
    kept.withMutableElements { buffer in
      guard let base = buffer.baseAddress else { return }
      Tensor.matmul(a, b, transposeA: true, into: Accumulator(base, shape: [2, 3], beta: 1))
    }
    #expect(kept.elements == [2, 2, 2, 2, 2, 2])
  }

  /// Beside a naive version that rounds every operand of a product: three times its error instead of twice, since one
  /// rounding is large beside a sum of few terms, and the kernel rounds weights before they are normalised.
  @Test(.enabled(if: hasBFloat16), arguments: Array(AttentionCase.awkward.enumerated()))
  func attentionLosesLittleMoreThanRoundingOperandsDoes(seed: Int, problem: AttentionCase) {
    var problem = problem
    problem.precision = .bfloat16
    let inputs = AttentionInputs(problem, seed: UInt64(seed))
    let naive = naiveAttention(inputs), truth = exactAttention(inputs)
    let results = Runtime.with(threads: 1) { inputs.kernelResults(initial: .nan) }
    for (name, error) in attentionErrors(results, naive: naive, truth: truth) {
      #expect(error.ratio(atLeast: 1) <= 3, "\(name) of \(problem), seed \(seed): \(error)")
      #expect(error.relativeNorm <= 1e-2, "\(name) of \(problem), seed \(seed): \(error)")
    }
    let parallel = Runtime.with(threads: 2) { inputs.kernelResults() }
    #expect(results.isIdentical(to: parallel), "two threads differ from one: \(problem), seed \(seed)")
  }

  /// Padding lanes, which odd numbers of rows leave in the last unit, have no weight whatever the logits.
  @Test(.enabled(if: hasBFloat16), arguments: [1, 3, 49, 97], [Float(3), -3])
  func hugeLogitsOfOddRows(tokens: Int, sign: Float) {
    var problem = AttentionCase(tokens: tokens, group: 1, width: 16)
    problem.precision = .bfloat16
    var inputs = AttentionInputs(problem, seed: 3)
    inputs.query = Tensor(repeating: 12, shape: problem.queryShape)  // logits of ±144
    inputs.key = Tensor(repeating: sign, shape: problem.keyShape)
    let results = inputs.kernelResults(initial: .nan), truth = exactAttention(inputs)
    for (name, error) in attentionErrors(results, naive: naiveAttention(inputs), truth: truth) {
      #expect(error.kernel <= 0.02 * max(1, error.largest), "\(name), T \(tokens): \(error)")
    }
  }

  /// Inputs that are bfloat16 already lose nothing in the first products: logits are as in float32.
  @Test(.enabled(if: hasBFloat16)) func logitsOfRoundedInputsAreExact() {
    var problem = AttentionCase(tokens: 97, group: 2, width: 64)
    problem.precision = .bfloat16
    var inputs = AttentionInputs(problem, seed: 11)
    for path in [\AttentionInputs.query, \.key, \.value] {
      inputs[keyPath: path] = Tensor(BFloat16Tensor(rounding: inputs[keyPath: path]))
    }
    let truth = exactAttention(inputs).logSumExp
    for (sum, exact) in zip(inputs.forward().logSumExp.elements, truth) {
      #expect(abs(Double(sum) - exact) <= 4e-6 * max(1, abs(exact)))
    }
  }

  @Test func aMachineWithoutItIsTold() {
    #expect(Precision.float32.missing == nil && Precision.float32.available == .float32)
    Runtime.with(instructionSet: .portable) {
      #expect(Precision.bfloat16.missing == "this CPU has no AVX-512 BF16 instructions")
      #expect(Precision.bfloat16.available == .float32)
    }
    #expect(hasBFloat16 == (Precision.bfloat16.available == .bfloat16))
  }
}
