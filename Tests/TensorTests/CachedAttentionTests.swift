// Single tokens of several texts in one call against each alone: the same bits.
// Not here: the model around it (MoDATests/Generation/TextsAtOnceTests.swift).
import Tensor
import TestSupport
import Testing

@Suite struct CachedAttentionTests {
  @Test(arguments: InstructionSet.available, [(6, 2, 24), (4, 4, 8), (16, 1, 5), (32, 1, 16)])
  func eachTokenGetsItsOwnBits(level: InstructionSet, sizes: (Int, Int, Int)) {
    let (heads, keyHeads, width) = sizes
    var random = RandomSource(seed: 3).split("cached")
    func tensor(_ shape: Shape) -> Tensor {
      Tensor((0..<shape.count).map { _ in Float(random.normal()) }, shape: shape)
    }
    let counts = [1, 7, 64, 3, 130, 65, 2], slotCount = 3
    let query = tensor([1, counts.count, heads, width]), depthQuery = tensor([1, counts.count, heads, width])
    let texts = counts.map { count in
      CachedKeys(
        keys: tensor([1, count + 5, keyHeads, width]), values: tensor([1, count + 5, keyHeads, width]), count: count)
    }
    let slots = (0..<slotCount).map { _ in
      (tensor([1, counts.count, keyHeads, width]), tensor([1, counts.count, keyHeads, width]))
    }
    func buffer(_ tokens: Range<Int>) -> SlotBuffer {
      let buffer = SlotBuffer(
        batch: 1, tokens: tokens.count, heads: keyHeads, headWidth: width, capacity: slotCount)
      for (slot, entry) in slots.enumerated() {
        let shape: Shape = [1, tokens.count, keyHeads, width]
        buffer.write(
          slot: slot, keys: entry.0[0][tokens].reshaped(to: shape), values: entry.1[0][tokens].reshaped(to: shape))
      }
      return buffer
    }
    for (threads, visible) in [(1, 0), (2, slotCount), (2, 2)] {
      Runtime.with(instructionSet: level, threads: threads) {
        let columns = DepthColumns(query: depthQuery, slots: buffer(0..<counts.count), range: 0..<visible)
        let together = Tensor.cachedAttention(query: query, texts: texts, scale: 0.3, depth: columns)
        for (token, text) in texts.enumerated() {
          let one: Shape = [1, 1, heads, width]
          let alone = Tensor.attention(
            query: query[0][token].reshaped(to: one), key: text.keys, value: text.values, keyCount: text.count,
            mask: .causal, scale: 0.3,
            depth: DepthColumns(
              query: depthQuery[0][token].reshaped(to: one), slots: buffer(token..<token + 1), range: 0..<visible)
          ).output
          #expect(together[0][token].elements == alone.elements, "token \(token), \(visible) slots, \(level), \(sizes)")
        }
      }
    }
  }

  @Test(arguments: InstructionSet.available, MatrixBackend.allCases)
  func fewRowsHaveTheBitsOfOne(level: InstructionSet, backend: MatrixBackend) {
    for inner in [5, 24, 56, 64, 100, 256, 300] {
      let most = Tensor.rowsWithBitsOfOne(inner: inner)
      #expect(most >= 7 && most <= 32)
      let x = Tensor.normal([most, inner], mean: 0, deviation: 1, from: RandomSource(seed: 1))
      let weight = Tensor.normal([71, inner], mean: 0, deviation: 1, from: RandomSource(seed: 2))
      Runtime.with(instructionSet: level, matrixBackend: backend) {
        for rows in 1...most {
          let all = Tensor.matmul(x[0..<rows], weight, transposeB: true)
          for row in 0..<rows {
            let alone = Tensor.matmul(x[row..<row + 1], weight, transposeB: true)
            #expect(all[row..<row + 1].elements == alone.elements, "row \(row) of \(rows), inner \(inner), \(level)")
          }
        }
      }
    }
  }
}
