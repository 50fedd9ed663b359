// exp, exp2 and erf of every level against the C library in double precision: the bounds that vec_math.h states.
import CKernels
import Foundation
import Tensor
import Testing

/// The error of `result` in units in the last place of the truth.
private func units(_ result: Float, _ truth: Double) -> Double {
  let nearest = Float(truth)
  if nearest.isNaN { return result.isNaN ? 0 : .infinity }
  if nearest.isInfinite { return result == nearest ? 0 : .infinity }
  return abs(Double(result) - truth) / Double(max(nearest.magnitude, .leastNormalMagnitude).ulp)
}

private typealias Row = @convention(c) (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int64) -> Void

private func apply(_ row: Row, _ inputs: [Float]) -> [Float] {
  [Float](unsafeUninitializedCapacity: inputs.count) { buffer, count in
    inputs.withUnsafeBufferPointer { source in
      if let source = source.baseAddress, let target = buffer.baseAddress { row(source, target, Int64(inputs.count)) }
    }
    count = inputs.count
  }
}

/// Inputs spread evenly over an interval.
private func sweep(_ low: Double, _ high: Double, _ count: Int = 200_003) -> [Float] {
  (0..<count).map { Float(low + (high - low) * Double($0) / Double(count - 1)) }
}

/// Inputs whose bit patterns are spread evenly: every binade alike.
private func binades(_ low: Float, _ high: Float, _ count: Int = 100_003) -> [Float] {
  let first = Double(low.bitPattern), last = Double(high.bitPattern)
  return (0..<count).map { Float(bitPattern: UInt32(first + (last - first) * Double($0) / Double(count - 1))) }
}

private func expectErrors(
  _ name: String, atMost bound: Double, _ inputs: [Float], _ row: KeyPath<ck_rows, Row>,
  truth: (Double) -> Double, sourceLocation: SourceLocation = #_sourceLocation
) {
  for level in InstructionSet.available {
    let results = Runtime.with(instructionSet: level) { apply(Runtime.kernels.rows[keyPath: row], inputs) }
    var worst = 0.0, at: Float = 0
    for (input, result) in zip(inputs, results) {
      let error = units(result, truth(Double(input)))
      if error > worst { (worst, at) = (error, input) }
    }
    #expect(worst <= bound, "\(name) at \(level): \(worst) ulp at \(at)", sourceLocation: sourceLocation)
  }
}

@Suite struct ElementaryFunctionTests {
  @Test func exponentialIsWithinItsBound() {
    let inputs = sweep(-87.3365, 88.7228) + sweep(-1, 1) + binades(1e-30, 80) + sweep(88.7, 88.72283, 5_001)
    expectErrors("exp", atMost: 1.1, inputs + binades(1e-30, 80).map { -$0 }, \.exp, truth: exp)
  }

  @Test func exponentialOfTwoIsWithinItsBound() {
    let inputs = sweep(-126, 127.9999) + sweep(-1, 1) + binades(1e-30, 120)
    expectErrors("exp2", atMost: 1.3, inputs + binades(1e-30, 120).map { -$0 }, \.exp2, truth: exp2)
  }

  @Test func errorFunctionIsWithinItsBound() {
    let inputs = sweep(-5, 5) + sweep(0.89, 0.91) + binades(1e-30, 6)
    expectErrors("erf", atMost: 1.6, inputs + binades(1e-30, 6).map { -$0 }, \.erf, truth: erf)
  }

  @Test func siluKeepsRelativeAccuracyInTheTail() {
    expectErrors("silu", atMost: 3, sweep(-85, 80), \.silu) { $0 / (1 + exp(-$0)) }
  }

  @Test func exactGELUKeepsRelativeAccuracyInTheTail() {
    let gelu: (Double) -> Double = { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) }
    expectErrors("gelu", atMost: 3, sweep(-0.9, 9), \.gelu_erf, truth: gelu)
    expectErrors("gelu", atMost: 200, sweep(-8, -0.9), \.gelu_erf, truth: gelu)
  }

  @Test func limitsOfExponentials() {
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        let rows = Runtime.kernels.rows
        let tiny = Float.leastNonzeroMagnitude
        // Finite to the last representable argument, then infinite; normal to 2^-126, then 0.
        let e = apply(
          rows.exp,
          [.infinity, -.infinity, .nan, 0, -0.0, tiny, -tiny, 88.72283, 88.72284, 89, 1e30, -87.33654, -87.34, -1e30])
        #expect(e[0] == .infinity && e[1] == 0 && e[2].isNaN && e[3...6].allSatisfy { $0 == 1 }, "\(level)")
        #expect(e[7].isFinite && e[8...10].allSatisfy { $0 == .infinity }, "\(level) \(e[7...10])")
        #expect(e[11].isNormal && e[12] == 0 && e[13] == 0, "\(level) \(e[11...])")
        let p = apply(
          rows.exp2,
          [.infinity, -.infinity, .nan, 0, -0.0, tiny, 128, Float(128).nextDown, -126, Float(-126).nextDown, -1e30])
        #expect(p[0] == .infinity && p[1] == 0 && p[2].isNaN && p[3...5].allSatisfy { $0 == 1 }, "\(level)")
        #expect(p[6] == .infinity && p[7].isFinite && p[8] == .leastNormalMagnitude, "\(level) \(p)")
        #expect(p[9] == 0 && p[10] == 0, "\(level) \(p)")
        let f = apply(rows.erf, [.infinity, -.infinity, .nan, 0, -0.0, tiny, 1e30, -1e30])
        #expect(f[0] == 1 && f[1] == -1 && f[2].isNaN && f[6] == 1 && f[7] == -1, "\(level) \(f)")
        #expect(f[3].sign == .plus && f[4].sign == .minus && f[3] == 0 && f[4] == 0 && f[5] >= 0, "\(level) \(f)")
      }
    }
  }

  @Test func powersOfTwoAreExact() {
    let inputs = (-126...127).map { Float($0) }
    for level in InstructionSet.available {
      let results = Runtime.with(instructionSet: level) { apply(Runtime.kernels.rows.exp2, inputs) }
      for (input, result) in zip(inputs, results) {
        #expect(result == Float(sign: .plus, exponent: Int(input), significand: 1))
      }
    }
  }

  @Test func tailsOfRowsMatchTheirBeginnings() {
    let inputs = sweep(-3, 3, 100)
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        let whole = apply(Runtime.kernels.rows.exp, inputs)
        for count in 0...67 {
          #expect(
            apply(Runtime.kernels.rows.exp, Array(inputs[..<count])) == Array(whole[..<count]), "\(level) \(count)")
        }
      }
    }
  }
}
