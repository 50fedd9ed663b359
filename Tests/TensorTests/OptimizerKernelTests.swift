// The AdamW update against its definition in double precision, over several steps.
import Foundation
import Tensor
import TestSupport
import Testing

@Suite struct OptimizerKernelTests {
  private struct State {
    var p: [Double], m: [Double], v: [Double]

    mutating func step(_ g: [Double], rate: Double, decay: Double, t: Int, scale: Double) {
      let (b1, b2) = (Double(Float(0.9)), Double(Float(0.95)))
      for i in p.indices {
        let gradient = scale * g[i]
        m[i] = b1 * m[i] + (1 - b1) * gradient
        v[i] = b2 * v[i] + (1 - b2) * gradient * gradient
        let update = m[i] / (1 - pow(b1, Double(t))) / ((v[i] / (1 - pow(b2, Double(t)))).squareRoot() + 1e-8)
        p[i] = p[i] * (1 - rate * decay) - rate * update
      }
    }
  }

  @Test(arguments: [0, 1, 3, 15, 16, 17, 33, 1000, 33_001])
  func tenStepsStayCloseToDoublePrecision(count: Int) {
    for level in InstructionSet.available {
      var ends: [[Float]] = []
      for threads in [1, 2] {
        Runtime.with(instructionSet: level, threads: threads) {
          var random = TestRandom(seed: UInt64(count))
          var p = random.tensor([count]).elements, m = [Float](repeating: 0, count: count), v = m
          var exact = State(p: p.map { Double($0) }, m: m.map { Double($0) }, v: v.map { Double($0) })
          for t in 1...10 {
            let g = random.tensor([count], deviation: 0.1).elements
            Tensor.adamWStep(
              parameters: &p, gradients: g, first: &m, second: &v, count: count, learningRate: 0.01, beta1: 0.9,
              beta2: 0.95, epsilon: 1e-8, decay: 0.1, step: t, gradientScale: 0.5)
            exact.step(
              g.map { Double($0) }, rate: Double(Float(0.01)), decay: Double(Float(0.1)), t: t, scale: 0.5)
          }
          for (result, truth) in [(p, exact.p), (m, exact.m), (v, exact.v)] {
            let worst = zip(result, truth).map { abs(Double($0) - $1) / max(0.02, abs($1)) }.max() ?? 0
            #expect(worst < 1e-5, "\(count) elements, \(level), \(threads) threads: \(worst)")
          }
          ends.append(p + m + v)
        }
      }
      #expect(ends[0] == ends[1], "\(count) elements, \(level): threads matter")
    }
  }

  @Test func zeroGradientsOnlyDecay() {
    var p: [Float] = [2, -2], m: [Float] = [0, 0], v: [Float] = [0, 0]
    Tensor.adamWStep(
      parameters: &p, gradients: [0, 0], first: &m, second: &v, count: 2, learningRate: 0.5, beta1: 0.9, beta2: 0.99,
      epsilon: 1e-8, decay: 0.5, step: 1, gradientScale: 1)
    #expect(p == [1.5, -1.5] && m == [0, 0] && v == [0, 0])
  }
}
