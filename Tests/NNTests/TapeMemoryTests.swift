// What backward frees, and when.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct TapeMemoryTests {
  private final class Token {}
  private struct Watch { weak var token: Token? }

  @Test func savedValuesOfAVisitedOperationAreReleasedBeforeTheNextOneRuns() {
    let tape = Tape()
    var x = tape.leaf(Tensor([1]))
    let first = x
    var watches: [Watch] = []
    var alive: [Int] = []
    for index in 0..<6 {
      let token = Token(), input = x
      watches.append(Watch(token: token))
      x = Variable(x.value, from: [x], op: "step") { gradient, gradients in
        withExtendedLifetime(token) {}
        alive.append(watches[(index + 1)...].filter { $0.token != nil }.count)
        gradients.add(gradient, to: input)
      }
    }
    tape.backward(from: x)
    #expect(alive == [0, 0, 0, 0, 0, 0])
    #expect(watches.allSatisfy { $0.token == nil })
    #expect(tape.gradient(of: first).elements == [1])
  }

  /// A chain of multiplications over arrays that are large beside everything that other tests hold meanwhile.
  @Test func backwardGivesActivationsAndGradientsBackAsItGoes() {
    let shape: Shape = [1 << 22], size = 4 << 22, slack = 3 << 22, depth = 8
    let tape = Tape()
    var bytes: [Int] = []
    var x = tape.leaf(Tensor(repeating: 1, shape: shape))
    for _ in 0..<depth {
      let product = x * x, target = product.target
      x = Variable(product.value, from: [product], op: "probe") { gradient, gradients in
        bytes.append(BufferPool.shared.statistics.bytesInUse)
        gradients.add(gradient, to: target)
      }
    }
    tape.backward(from: [(variable: x, gradient: Tensor(repeating: 1, shape: shape))])
    #expect(bytes.count == depth)
    // From one probe to the next one activation is freed, and a new gradient takes the place of the old one; the first
    // gradient stays, since the caller holds it.
    for (earlier, later) in zip(bytes.dropFirst(), bytes.dropFirst(2)) {
      #expect(later <= earlier - size + slack, "bytes in use \(bytes)")
    }
    #expect(bytes[1] - bytes[depth - 1] >= (depth - 2) * size - slack, "bytes in use \(bytes)")
  }

  @Test func aSecondStepOfTheSameShapesNeedsNoNewMemory() {
    let store = ParameterStore(seed: 1)
    let layer = GatedFeedForward(width: 173, hidden: 346, in: store.root)
    store.freeze()
    let input = Tensor(repeating: 0.5, shape: [331, 173])
    func misses() -> Int {
      let before = BufferPool.shared.statistics.misses
      let tape = Tape()
      store.resetGradients()
      tape.backward(from: layer(Variable(input, on: tape)).mean())
      return BufferPool.shared.statistics.misses - before
    }
    #expect(misses() > 0)
    // Other tests allocate meanwhile, but not during each of many steps.
    #expect((0..<100).contains { _ in misses() == 0 }, "every step of 100 reached the system allocator")
  }
}
