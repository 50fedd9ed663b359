// Sums, maxima and finiteness of whole arrays.
import Tensor
import TestSupport
import Testing

@Suite struct ReductionTests {
  @Test func sumsAreCloseToDoublePrecision() {
    for count in [0, 1, 3, 15, 16, 17, 1000, 1025, 65_537, 200_003] {
      var random = TestRandom(seed: UInt64(count))
      let x = random.tensor([count])
      let sum = doubles(x).reduce(0, +), squares = doubles(x).reduce(0) { $0 + $1 * $1 }
      let magnitude = doubles(x).reduce(0) { $0 + abs($1) }
      for level in InstructionSet.available {
        let results = [1, 2].map { threads in
          Runtime.with(instructionSet: level, threads: threads) { (x.sum(), x.sumOfSquares()) }
        }
        #expect(abs(Double(results[0].0) - sum) <= 1e-7 * magnitude, "\(count) elements, \(level)")
        #expect(abs(results[0].1 - squares) <= 1e-6 * squares, "\(count) elements, \(level)")
        #expect(results[0] == results[1], "\(count) elements, \(level): threads matter")
      }
    }
  }

  @Test func maximumIsExactAndKeepsNotANumber() {
    for count in [1, 2, 15, 16, 17, 63, 64, 65, 1000, 70_001] {
      var random = TestRandom(seed: UInt64(count))
      let x = random.tensor([count])
      for level in InstructionSet.available {
        Runtime.with(instructionSet: level) {
          #expect(x.maximum() == x.elements.max(), "\(count) elements, \(level)")
          #expect(Tensor(repeating: -.infinity, shape: [count]).maximum() == -.infinity)
          for position in Set([0, count / 2, count - 1]) {
            var spoilt = x
            spoilt.withMutableElements { $0[position] = .nan }
            #expect(spoilt.maximum().isNaN, "\(count) elements, NaN at \(position), \(level)")
            #expect(spoilt.sum().isNaN && spoilt.sumOfSquares().isNaN)
          }
        }
      }
    }
  }

  @Test func finitenessSeesEveryPlace() {
    for count in [0, 1, 17, 64, 70_001] {
      let x = Tensor(repeating: .greatestFiniteMagnitude, shape: [count])
      for level in InstructionSet.available {
        Runtime.with(instructionSet: level) {
          #expect(x.isFinite, "\(count) elements, \(level)")
          for value in [Float.nan, .infinity, -.infinity] where count > 0 {
            for position in Set([0, count / 2, count - 1]) {
              var spoilt = x
              spoilt.withMutableElements { $0[position] = value }
              #expect(!spoilt.isFinite, "\(count) elements, \(value) at \(position), \(level)")
            }
          }
        }
      }
    }
  }
}
