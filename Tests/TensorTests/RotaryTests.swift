// Rotary embedding: definition, inverse, shift invariance.
import Tensor
import TestSupport
import Testing

@Suite struct RotaryTests {
  @Test(arguments: [2, 4, 16, 30, 32, 34, 64, 80, 128])
  func rotationFollowsTheRule(width: Int) {
    for (tokens, heads, first) in [(1, 1, 0), (5, 3, 7), (width > 60 ? 70 : 3, 9, 100)] {
      let shape: Shape = [1, tokens, heads, width], seed = UInt64(width + tokens)
      var random = TestRandom(seed: seed)
      let table = RotaryTable(positions: first + tokens, headWidth: width, base: 10_000)
      let check = OperationCheck(
        .rotary([tokens, heads, width], base: 10_000, first: first),
        forward: { Tensor.rotary($0[0], table: table, firstPosition: first) }
      ) { gradient, _, targets in
        Tensor.rotaryInverse(gradient, table: table, firstPosition: first, into: targets[0])
      }
      let problems = check.problems([random.tensor(shape)], outputGradient: random.tensor(shape), seed: seed)
      #expect(problems.isEmpty, "\(problems)")
    }
  }

  @Test func gradientsMatchCentralDifferences() {
    var random = TestRandom(seed: 2)
    let error = GradientCheck.error(
      of: .rotary([3, 2, 6], base: 100, first: 4), at: [doubles(random.tensor([36]))],
      outputGradient: doubles(random.tensor([36])))
    #expect(error < 1e-6, "seed 2: \(error)")
  }

  @Test func theInverseUndoesTheRotation() {
    var random = TestRandom(seed: 3)
    let x = random.tensor([2, 5, 3, 32]), table = RotaryTable(positions: 5, headWidth: 32, base: 500_000)
    let rotated = Tensor.rotary(x, table: table)
    let back = Tensor.filled(x.shape) { Tensor.rotaryInverse(rotated, table: table, into: $0) }
    #expect(zip(x.elements, back.elements).allSatisfy { abs($0 - $1) < 1e-6 }, "seed 3")
  }

  @Test func everySequenceOfABatchStartsAtTheFirstPosition() {
    var random = TestRandom(seed: 4)
    let one = random.tensor([1, 700, 2, 32]), table = RotaryTable(positions: 800, headWidth: 32, base: 10_000)
    let two = Tensor(one.elements + one.elements, shape: [2, 700, 2, 32])
    for threads in [1, 2] {
      Runtime.with(threads: threads) {
        let rotated = Tensor.rotary(two, table: table, firstPosition: 9)
        #expect(rotated[0].elements == rotated[1].elements, "\(threads) threads")
        #expect(rotated[0].elements == Tensor.rotary(one, table: table, firstPosition: 9)[0].elements)
      }
    }
  }

  /// The product of a query and a key depends on the distance of their positions alone.
  @Test func scoresDependOnDistances() {
    var random = TestRandom(seed: 5)
    let q = random.tensor([1, 1, 1, 64]), k = random.tensor([1, 1, 1, 64])
    let table = RotaryTable(positions: 4096, headWidth: 64, base: 10_000)
    func score(_ query: Int, _ key: Int) -> Float {
      let a = Tensor.rotary(q, table: table, firstPosition: query)
      let b = Tensor.rotary(k, table: table, firstPosition: key)
      return zip(a.elements, b.elements).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for shift in [1, 100, 4000] {
      #expect(abs(score(17 + shift, 5 + shift) - score(17, 5)) < 1e-4, "shift \(shift), seed 5")
    }
  }

  @Test func anglesAreAccurateAtFarPositions() {
    let table = RotaryTable(positions: 131_072, headWidth: 4, base: 10_000)
    // cos and sin of 131,071 radians, from an arbitrary-precision calculator.
    #expect(abs(table.cosines[131_071].elements[0] - Float(Self.farCosine)) < 1e-6)
    #expect(abs(table.sines[131_071].elements[0] - Float(Self.farSine)) < 1e-6)
  }

  private static let farCosine = -0.817983499388
  private static let farSine = -0.575241683755
}
