// Random numbers: published vectors, independence of streams, statistics of the distributions, stored state.
import Foundation
import Tensor
import Testing

@Suite struct RandomSourceTests {
  /// > Source: the known-answer file of Random123, philox4x32 with ten rounds.
  @Test func philoxMatchesThePublishedVectors() {
    let ones = UInt32.max
    #expect(Philox(key: 0).block(SIMD4<UInt32>(0, 0, 0, 0)) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(
      Philox(key: .max).block(SIMD4<UInt32>(ones, ones, ones, ones))
        == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      Philox(key: 0x299f_31d0_a409_3822).block(SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test func wordsAreTheBlocksInOrder() {
    var source = RandomSource(seed: 77)
    for block in UInt64(0)..<5 {
      let words = Philox(key: 77).block(block)
      for lane in 0..<4 { #expect(source.nextWord() == words[lane]) }
    }
    #expect(source.position == 20)
    var pair = RandomSource(seed: 77), words = pair
    #expect(pair.next() == UInt64(words.nextWord()) | UInt64(words.nextWord()) << 32)
  }

  @Test func splitsDependOnTheKeyAlone() {
    var root = RandomSource(seed: 5)
    let before = root.split("weights")
    for _ in 0..<7 { _ = root.nextWord() }
    #expect(root.split("weights") == before && root.split(3) == RandomSource(seed: 5).split(3))
  }

  @Test func splitsDiffer() {
    let root = RandomSource(seed: 5)
    let names = ["", "a", "b", "ab", "ba", "a\0", "\0", "blocks.0.weight", "blocks.1.weight", "12345678", "123456789"]
    var sources = names.map { root.split($0) } + (-2..<50).map { root.split($0) } + [root, RandomSource(seed: 6)]
    sources += names.map { root.split($0).split($0) } + [root.split("a").split("b"), root.split("b").split("a")]
    sources += ["1", "0", "-1"].map { root.split($0) }
    #expect(Set(sources.map(\.key)).count == sources.count)
  }

  @Test func splitStreamsAreUncorrelated() {
    let count = 20_000
    let streams =
      ["a", "b"].map { Tensor.normal([count], from: RandomSource(seed: 9).split($0)).elements }
      + [0, 1].map { Tensor.normal([count], from: RandomSource(seed: 9).split($0)).elements }
    for i in 0..<4 {
      for j in 0..<i {
        let correlation = zip(streams[i], streams[j]).reduce(0.0) { $0 + Double($1.0 * $1.1) } / Double(count)
        #expect(abs(correlation) < 5 / Double(count).squareRoot(), "streams \(i) and \(j) of seed 9")
      }
    }
  }

  /// Values that must never change: initial weights of published runs depend on them.
  @Test func numbersAreFrozen() {
    var source = RandomSource(seed: 1).split("frozen")
    let words = (0..<3).map { _ in source.nextWord() }
    #expect(words == [520_834_470, 3_597_017_839, 3_572_325_292])
    #expect(
      Tensor.normal([3], from: RandomSource(seed: 1).split("frozen")).elements == [1.0732464, -1.7514783, 0.49497154])
    var order = RandomSource(seed: 1)
    #expect(order.permutation(8) == [1, 0, 6, 2, 3, 5, 4, 7])
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    var source = RandomSource(seed: 13)
    let values = (0..<40_000).map { _ in source.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    expectMoments(values, mean: 0.5, variance: 1 / 12)
    for bin in 0..<20 {
      let count = values.count { Int($0 * 20) == bin }
      #expect(abs(Double(count) - 2000) < 5 * 2000.0.squareRoot(), "bin \(bin), seed 13")
    }
    let shifted = (0..<1000).map { _ in source.uniform(in: -3 ..< -2) }
    #expect(shifted.allSatisfy { $0 >= -3 && $0 < -2 })
  }

  private func expectMoments(
    _ values: [Double], mean: Double, variance: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let n = Double(values.count), sample = values.reduce(0, +) / n
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(abs(sample - mean) < 5 * (variance / n).squareRoot(), "mean \(sample)", sourceLocation: sourceLocation)
    #expect(abs(spread / variance - 1) < 10 / n.squareRoot(), "variance \(spread)", sourceLocation: sourceLocation)
  }

  @Test func normalArraysHaveNormalMomentsAndTails() {
    let values = Tensor.normal([200_000], mean: -1, deviation: 3, from: RandomSource(seed: 17)).elements
    expectMoments(values.map { Double($0) }, mean: -1, variance: 9)
    for (limit, probability) in [(0.0, 0.5), (1, 0.158655), (2, 0.022750), (3, 0.001350)] {
      let expected = probability * 200_000
      for side in [1.0, -1] {
        let count = Double(values.count { side * (Double($0) + 1) / 3 > limit })
        #expect(abs(count - expected) < 5 * expected.squareRoot(), "beyond \(side * limit), seed 17: \(count)")
      }
    }
    var source = RandomSource(seed: 18)
    expectMoments((0..<40_000).map { _ in source.normal() }, mean: 0, variance: 1)
  }

  @Test func truncatedNormalStaysWithinItsBound() {
    for bound in [Float(0.5), 2, 3] {
      let values = Tensor.truncatedNormal([50_000], deviation: 2, bound: bound, from: RandomSource(seed: 19)).elements
      #expect(values.allSatisfy { abs($0) <= 2 * bound * 1.000001 })
      // Var = 1 − 2bφ(b)/(2Φ(b) − 1) in units of the deviation.
      let b = Double(bound), density = exp(-b * b / 2) / (2 * Double.pi).squareRoot()
      let variance = 1 - 2 * b * density / erf(b / 2.0.squareRoot())
      expectMoments(values.map { Double($0) / 2 }, mean: 0, variance: variance)
    }
  }

  @Test func uniformArraysStayInTheirRange() {
    let values = Tensor.uniform([100_000], in: -0.25...0.5, from: RandomSource(seed: 23)).elements
    #expect(values.allSatisfy { (-0.25...0.5).contains($0) })
    expectMoments(values.map { Double($0) }, mean: 0.125, variance: 0.75 * 0.75 / 12)
    #expect(Tensor.uniform([5], in: 2...2, from: RandomSource(seed: 1)).elements == [2, 2, 2, 2, 2])
  }

  @Test func arraysDoNotDependOnThreadsOrLevels() {
    let source = RandomSource(seed: 29)
    let shape: Shape = [30_007]
    let fills: [@Sendable () -> Tensor] = [
      { .normal(shape, from: source) }, { .uniform(shape, from: source) }, { .truncatedNormal(shape, from: source) },
    ]
    for (index, fill) in fills.enumerated() {
      let first = Runtime.with(instructionSet: .portable, threads: 1) { fill().elements }
      for level in InstructionSet.available {
        for threads in [1, 2, 3] {
          let other = Runtime.with(instructionSet: level, threads: threads) { fill().elements }
          #expect(first == other, "fill \(index), \(level), \(threads) threads")
        }
      }
      let start = Runtime.with(threads: 2) { fill() }[0..<11]
      #expect(Array(first[..<11]) == start.elements)
    }
  }

  @Test func normalPairsAgreeWithTheCLibrary() {
    var source = RandomSource(seed: 31)
    for _ in 0..<20_000 {
      let (a, b) = (source.next(), source.next())
      let u = Double((a >> 11) + 1) * 0x1p-53, v = Double(b >> 11) * 0x1p-53
      let expected = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
      #expect(abs(NormalPair(a, b).cosine - expected) < 1e-14 * max(1, abs(expected)), "\(a) \(b)")
    }
  }

  @Test func integersAreUnbiased() {
    var source = RandomSource(seed: 37)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[source.integer(below: 7)] += 1 }
    for count in counts { #expect(abs(Double(count) - 10_000) < 500, "seed 37: \(counts)") }
    #expect((0..<100).allSatisfy { _ in source.integer(below: 1) == 0 })
    // Two thirds of the range of 64 bits: a plain remainder would draw the lower half twice as often.
    let limit = Int.max / 3 * 2
    let low = (0..<10_000).count { _ in source.integer(below: limit) < limit / 2 }
    #expect(abs(low - 5_000) < 300, "seed 37: \(low)")
  }

  @Test func permutationsAreUniform() {
    var source = RandomSource(seed: 41), counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[source.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    for (order, count) in counts {
      #expect(abs(count - 1000) < 170, "\(order): \(count), seed 41")
      #expect(order.sorted() == [0, 1, 2, 3])
    }
    #expect(source.permutation(0) == [] && source.permutation(1) == [0])
    #expect(source.shuffled(["x", "y", "z"]).sorted() == ["x", "y", "z"])
  }

  @Test func storedStatesContinueExactly() throws {
    for draws in 0..<9 {
      var source = RandomSource(seed: 43).split("state")
      for _ in 0..<draws { _ = source.nextWord() }
      var restored = try JSONDecoder().decode(RandomSource.self, from: JSONEncoder().encode(source))
      #expect(restored == source && restored.position == source.position)
      for _ in 0..<9 { #expect(restored.nextWord() == source.nextWord(), "after \(draws) draws") }
    }
  }
}
