// The operator and the stream as the model uses them: position-free keys, gain folding, gradients that reach writers.
import NN
import Tensor
import Testing

import MoDA

@Suite struct DepthAttentionTests {
  private let shape: (B: Int, T: Int, Hq: Int, Hk: Int, d: Int) = (2, 9, 6, 2, 8)

  private func normal(_ name: String, heads: Int) -> Tensor {
    Tensor.normal(
      [shape.B, shape.T, heads, shape.d], mean: 0, deviation: 1, from: RandomSource(seed: 11).split(name))
  }

  private func run(
    _ stream: borrowing DepthStream, query: Tensor, depthQuery: Tensor, key: Tensor, value: Tensor
  ) -> Tensor {
    depthAttention(
      query: Variable(query), key: Variable(key), value: Variable(value), depthQuery: Variable(depthQuery),
      depth: stream.read(), mask: .causal
    ).value
  }

  @Test func rotatingBothSidesOfASlotEqualsRotatingNeither() {
    let table = RotaryTable(positions: shape.T, headWidth: shape.d, base: 100)
    let query = normal("q", heads: shape.Hq), key = normal("k", heads: shape.Hk), value = normal("v", heads: shape.Hk)
    var plain = DepthStream(batch: shape.B, tokens: shape.T, heads: shape.Hk, headWidth: shape.d, capacity: 3, on: nil)
    var rotated = DepthStream(
      batch: shape.B, tokens: shape.T, heads: shape.Hk, headWidth: shape.d, capacity: 3, on: nil)
    for slot in 0..<3 {
      let slotKey = normal("sk\(slot)", heads: shape.Hk), slotValue = Variable(normal("sv\(slot)", heads: shape.Hk))
      plain.write(key: Variable(slotKey), value: slotValue)
      rotated.write(key: Variable(Tensor.rotary(slotKey, table: table)), value: slotValue)
    }
    let turned = Tensor.rotary(query, table: table), turnedKey = Tensor.rotary(key, table: table)
    let neither = run(plain, query: turned, depthQuery: query, key: turnedKey, value: value)
    let both = run(rotated, query: turned, depthQuery: turned, key: turnedKey, value: value)
    #expect(relativeError(both, neither) < 2e-6)
    let oneSide = run(plain, query: turned, depthQuery: turned, key: turnedKey, value: value)
    #expect(relativeError(oneSide, neither) > 1e-2)
  }

  @Test(arguments: [8, 16]) func foldingTheGainEqualsScalingTheKeys(gainWidth: Int) {
    let store = ParameterStore(seed: 1)
    let gain = store.root.parameter("gain", [gainWidth], .normal(deviation: 1), group: .vector)
    store.freeze()
    let query = normal("q", heads: shape.Hq), key = normal("k", heads: shape.Hk), value = normal("v", heads: shape.Hk)
    let slotKey = normal("sk", heads: shape.Hk), slotValue = Variable(normal("sv", heads: shape.Hk))
    var scaled = DepthStream(batch: shape.B, tokens: shape.T, heads: shape.Hk, headWidth: shape.d, capacity: 1, on: nil)
    var plain = DepthStream(batch: shape.B, tokens: shape.T, heads: shape.Hk, headWidth: shape.d, capacity: 1, on: nil)
    let gains = gain.value.elements
    let scaledKey = Tensor(
      slotKey.elements.enumerated().map { $1 * gains[$0 % gainWidth] }, shape: slotKey.shape)
    scaled.write(key: Variable(scaledKey), value: slotValue)
    plain.write(key: Variable(slotKey), value: slotValue)
    let folded = foldKeyGain(Variable(query), gain: gain, keyHeads: shape.Hk).value
    let expected = run(scaled, query: query, depthQuery: query, key: key, value: value)
    #expect(relativeError(run(plain, query: query, depthQuery: folded, key: key, value: value), expected) < 2e-6)
  }

  @Test func foldedGainHasTheGradientOfItsDefinition() {
    // y = q ∘ g(head of the group): dq = dy ∘ g, dg[j, c] = Σ over rows and the group's heads of dy · q.
    let store = ParameterStore(seed: 2)
    let gain = store.root.parameter("gain", [shape.Hk * shape.d], .normal(deviation: 1), group: .vector)
    store.freeze()
    let query = normal("q", heads: shape.Hq), seed = normal("dy", heads: shape.Hq)
    let tape = Tape()
    let leaf = tape.leaf(query)
    tape.backward(from: [(foldKeyGain(leaf, gain: gain, keyHeads: shape.Hk), seed)])
    var expected = [Double](repeating: 0, count: shape.Hk * shape.d)
    let gains = gain.value.elements, q = query.elements, dy = seed.elements
    var queryError = 0.0
    let gradient = tape.gradient(of: leaf).elements
    for index in q.indices {
      let head = index / shape.d % shape.Hq / (shape.Hq / shape.Hk), column = index % shape.d
      expected[head * shape.d + column] += Double(dy[index]) * Double(q[index])
      queryError = max(queryError, abs(Double(gradient[index] - dy[index] * gains[head * shape.d + column])))
    }
    #expect(queryError == 0)
    #expect(relativeError(gain.gradient, Tensor(expected.map { Float($0) })) < 1e-6)
  }

  @Test func gradientsOfASlotSumOverItsReaders() {
    // One written slot, read twice: the writer's gradient is the sum of what each reader alone would send.
    let query = normal("q", heads: shape.Hq), key = normal("k", heads: shape.Hk), value = normal("v", heads: shape.Hk)
    let slotKey = normal("sk", heads: shape.Hk), slotValue = normal("sv", heads: shape.Hk)
    func gradients(readers: [Float]) -> [Tensor] {
      let tape = Tape()
      let leaves = [tape.leaf(slotKey), tape.leaf(slotValue)]
      var stream = DepthStream(
        batch: shape.B, tokens: shape.T, heads: shape.Hk, headWidth: shape.d, capacity: 2, on: tape)
      stream.write(key: leaves[0], value: leaves[1])
      let root = tape.leaf(query)
      let outputs = readers.map { factor in
        let scaled = root.scaled(by: factor)
        return depthAttention(
          query: scaled, key: Variable(key), value: Variable(value), depthQuery: scaled.reshaped(to: scaled.shape),
          depth: stream.read(), mask: .causal)
      }
      tape.backward(from: outputs.map { ($0, Tensor(repeating: 1, shape: $0.shape)) })
      return leaves.map { tape.gradient(of: $0) }
    }
    let both = gradients(readers: [1, 0.5]), first = gradients(readers: [1]), second = gradients(readers: [0.5])
    for index in 0..<2 {
      #expect(relativeError(both[index], first[index] + second[index]) < 2e-6)
      #expect(relativeError(both[index], first[index]) > 1e-2)
    }
  }

  @Test func anEmptyViewIsPlainAttention() {
    let query = normal("q", heads: shape.Hq), key = normal("k", heads: shape.Hk), value = normal("v", heads: shape.Hk)
    let stream = DepthStream(
      batch: shape.B, tokens: shape.T, heads: shape.Hk, headWidth: shape.d, capacity: 4, on: nil)
    let plain = attention(query: Variable(query), key: Variable(key), value: Variable(value), mask: .causal).value
    #expect(run(stream, query: query, depthQuery: query, key: key, value: value).elements == plain.elements)
  }
}
