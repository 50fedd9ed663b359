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
    do {
      var x = tape.leaf(Tensor(repeating: 1, shape: shape))
      for _ in 0..<depth {
        let input = x.target
        x = x * x
        x = Variable(x.value, from: [x], op: "probe") { [target = x.target] gradient, gradients in
          bytes.append(BufferPool.shared.statistics.bytesInUse)
          gradients.add(gradient, to: target)
        }
        _ = input
      }
      tape.backward(from: [(variable: x, gradient: Tensor(repeating: 1, shape: shape))])
    }
    #expect(bytes.count == depth)
    // From one probe to the next, one activation is freed; gradients replace each other.
    for (earlier, later) in zip(bytes, bytes.dropFirst()) {
      #expect(later <= earlier - size + slack, "bytes in use \(bytes)")
    }
    if let last = bytes.last, let first = bytes.first { #expect(first - last >= (depth - 1) * size - slack) }
  }

  @Test func aSecondStepOfTheSameShapesNeedsNoNewMemory() {
    let store = ParameterStore(seed: 1)
    // Sizes that no other test uses, so that its free lists are this test's own.
    let (width, rows) = (173, 1_031)
    let layer = GatedFeedForward(width: width, hidden: 2 * width, in: store.root)
    store.freeze()
    let input = Tensor(repeating: 0.5, shape: [rows, width])
    func step() {
      let tape = Tape()
      store.resetGradients()
      tape.backward(from: layer(Variable(input, on: tape)).mean())
    }
    step()
    let before = BufferPool.shared.statistics
    step()
    let after = BufferPool.shared.statistics
    #expect(after.peakBytesInUse >= before.bytesInUse)
    // Other tests run meanwhile and may miss for small arrays; this step's seven large ones must not.
    #expect(after.bytesFree >= 0)
    #expect(after.hits - before.hits >= 7, "hits \(after.hits - before.hits), misses \(after.misses - before.misses)")
  }
}
