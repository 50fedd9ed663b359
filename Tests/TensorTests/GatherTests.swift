// Row lookup and its scatter-add.
import Tensor
import TestSupport
import Testing

@Suite struct GatherTests {
  @Test(arguments: [1, 3, 15, 16, 17, 64, 100, 1025])
  func lookupAndGradientFollowTheRule(width: Int) {
    for (rows, count) in [(1, 1), (5, 40), (50, 70), (7, 0)] {
      let seed = UInt64(width + count)
      var random = TestRandom(seed: seed)
      let chosen = (0..<count).map { _ in Int(random.next() % UInt64(rows)) }
      let indices = IndexTensor(chosen.map { Int32($0) }, shape: [1, count])
      let check = OperationCheck(
        .gather(width: width, indices: chosen), forward: { Tensor.gatherRows($0[0], indices) }
      ) { gradient, _, targets in Tensor.scatterAddRows(gradient, indices, into: targets[0]) }
      let problems = check.problems(
        [random.tensor([rows, width])], outputGradient: random.tensor([1, count, width]), seed: seed)
      #expect(problems.isEmpty, "\(problems)")
    }
  }

  @Test func shapesOfIndicesCarryOver() {
    let table = Tensor((0..<12).map(Float.init), shape: [4, 3])
    let rows = Tensor.gatherRows(table, IndexTensor([3, 0, 0, 1, 2, 3], shape: [2, 3]))
    #expect(rows.shape == [2, 3, 3])
    #expect(rows[0][0].elements == [9, 10, 11] && rows[1][1].elements == [6, 7, 8])
  }

  @Test func gradientsMatchCentralDifferences() {
    var random = TestRandom(seed: 6)
    let error = GradientCheck.error(
      of: .gather(width: 3, indices: [1, 1, 0, 3]), at: [doubles(random.tensor([12]))],
      outputGradient: doubles(random.tensor([12])))
    #expect(error < 1e-6, "seed 6: \(error)")
  }

  @Test func indicesOutsideTheTableTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.gatherRows(Tensor(zeros: [4, 2]), IndexTensor([0, 4], shape: [1, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor.gatherRows(Tensor(zeros: [4, 2]), IndexTensor([-1], shape: [1, 1]))
    }
  }
}
