// Conversions to and from bfloat16: every bit pattern, rounding, and agreement of all levels.
import Tensor
import TestSupport
import Testing

@Suite struct BFloat16Tests {
  @Test func everyPatternSurvivesTheRoundTrip() {
    let all = BFloat16Tensor((0...UInt16.max).map { BFloat16(bitPattern: $0) }, shape: [65_536])
    for level in InstructionSet.available {
      Runtime.with(instructionSet: level) {
        let floats = Tensor(all)
        #expect(floats.elements.map(\.bitPattern) == (0...UInt32(UInt16.max)).map { $0 << 16 }, "\(level)")
        let quiet = all.elements.map { $0.float.isNaN ? $0.bitPattern | 0x40 : $0.bitPattern }
        #expect(BFloat16Tensor(rounding: floats).elements.map(\.bitPattern) == quiet, "\(level)")
      }
    }
  }

  /// The nearest of the two neighbours, ties to the even pattern, by plain comparison of distances.
  private func nearest(_ value: Float) -> UInt16 {
    let below = UInt16(value.bitPattern >> 16), above = below &+ 1
    let low = Double(Float(bitPattern: UInt32(below) << 16)), high = Double(Float(bitPattern: UInt32(above) << 16))
    // Beyond the largest finite number the next step would be 2^128.
    let top = high.isInfinite ? (value < 0 ? -0x1p128 : 0x1p128) : high
    let (down, up) = (abs(Double(value) - low), abs(top - Double(value)))
    return down == up ? (below % 2 == 0 ? below : above) : down < up ? below : above
  }

  @Test func roundingIsToTheNearestEven() {
    var random = TestRandom(seed: 3)
    var values = (0..<20_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    values = values.filter { $0.isFinite } + [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1]
    for pattern in [UInt32(0x3f80_8000), 0x3f81_8000, 0x3f80_7fff, 0x3f80_8001, 0x7f7f_7fff, 0x7f7f_8000, 0x0000_8000] {
      values += [Float(bitPattern: pattern), -Float(bitPattern: pattern)]
    }
    let expected = values.map(nearest)
    for level in InstructionSet.available {
      let results = Runtime.with(instructionSet: level) { BFloat16Tensor(rounding: Tensor(values)).elements }
      #expect(results.map(\.bitPattern) == expected, "\(level), seed 3")
    }
    #expect(values.map { BFloat16($0).bitPattern } == expected)
  }

  @Test func specialValues() {
    let values: [Float] = [.infinity, -.infinity, .nan, -.nan, Float(bitPattern: 0x7f80_0001)]
    for level in InstructionSet.available {
      let results = Runtime.with(instructionSet: level) { BFloat16Tensor(rounding: Tensor(values)).elements }
      #expect(results == values.map { BFloat16($0) }, "\(level)")
      #expect(results[0].float == .infinity && results[1].float == -.infinity)
      #expect(results[2...].allSatisfy { $0.float.isNaN }, "\(level)")
    }
  }

  @Test func awkwardCounts() {
    var random = TestRandom(seed: 4)
    for count in [0, 1, 7, 15, 16, 17, 31, 33, 1000, 40_001] {
      let x = random.tensor([count])
      for level in InstructionSet.available {
        for threads in [1, 2] {
          let result = Runtime.with(instructionSet: level, threads: threads) { Tensor(BFloat16Tensor(rounding: x)) }
          #expect(result.elements == x.elements.map { BFloat16($0).float }, "\(count), \(level), \(threads) threads")
        }
      }
    }
  }
}
