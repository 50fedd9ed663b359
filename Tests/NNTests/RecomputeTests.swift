// Recomputation: shapes of graphs that single functions do not show.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct RecomputeTests {
  private let store: ParameterStore
  private let first, second: GatedFeedForward
  private let input: Tensor

  init() {
    store = ParameterStore(seed: 11)
    first = GatedFeedForward(width: 6, hidden: 9, bias: true, in: store.root / "first")
    second = GatedFeedForward(width: 6, hidden: 9, bias: true, in: store.root / "second")
    store.freeze()
    var random = TestRandom(seed: 11)
    for parameter in store.parameters { store.assign(random.tensor(parameter.shape), to: parameter) }
    input = random.tensor([5, 6])
  }

  private func gradients(precision: Precision = .float32, _ model: (Variable) -> Variable) -> [[Float]] {
    let tape = Tape(precision: precision)
    store.resetGradients()
    let x = tape.leaf(input)
    tape.backward(from: model(x).mean(), seed: 30)
    store.completeGradients()
    return [tape.gradient(of: x).elements] + store.parameters.map { $0.gradient.elements }
  }

  @Test func aChainOfRecomputedBlocksEqualsThePlainOne() {
    let plain = gradients { second(first($0)) }
    let recomputed = gradients { x in
      let middle = recompute([x]) { [first($0[0])] }[0]
      return recompute([middle]) { [second($0[0])] }[0]
    }
    #expect(plain == recomputed)
  }

  /// Both runs of a recomputed block multiply in the precision of the tape, though the first is not recorded.
  @Test(.enabled(if: Precision.bfloat16.missing == nil)) func precisionIsThatOfTheTape() {
    let plain = gradients(precision: .bfloat16) { second(first($0)) }
    let recomputed = gradients(precision: .bfloat16) { x in
      recompute([x]) { [second(recompute([first($0[0])]) { $0 }[0])] }[0]
    }
    #expect(plain == recomputed)
    let single = gradients { second(first($0)) }
    #expect(plain != single)
    for (half, single) in zip(plain, single) {
      let norm = single.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
      let error = zip(half, single).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
      // Noise, not nonsense: sums of six rounded terms lose a few per cent where they cancel.
      #expect(error <= 0.05 * norm, "relative error \(error / norm)")
    }
  }

  @Test func recomputeMayBeNested() {
    let plain = gradients { second(first($0)) }
    let nested = gradients { x in
      recompute([x]) { inputs in
        let middle = recompute(inputs) { [first($0[0])] }[0]
        return [second(middle)]
      }[0]
    }
    #expect(plain == nested)
  }

  @Test func severalOutputsOfWhichOneIsUnused() {
    let plain = gradients { x in first(x) * second(x) }
    let recomputed = gradients { x in
      let outputs = recompute([x]) { [first($0[0]), second($0[0]), first(second($0[0]))] }
      return outputs[0] * outputs[1]
    }
    #expect(plain == recomputed)
  }

  @Test func anUnusedBlockIsNotRunAgain() {
    var runs = 0
    let result = gradients { x in
      _ = recompute([x]) { inputs in
        runs += 1
        return [first(inputs[0])]
      }
      return x
    }
    #expect(runs == 1)
    #expect(result[0] == [Float](repeating: 1, count: 30))
  }

  @Test func outputsThatAreInputsOrConstants() {
    let plain = gradients { x in x + first(x) }
    let constant = Tensor(repeating: 1, shape: [5, 6])
    let recomputed = gradients { x in
      let outputs = recompute([x]) { [$0[0], first($0[0]), Variable(constant)] }
      return (outputs[0] + outputs[1]) + outputs[2].scaled(by: 0)
    }
    #expect(plain == recomputed)
  }

  @Test func inputsMayBeDataOrParameters() {
    let offset = Variable(store.parameters[0])
    let plain = gradients { x in first(x) + x * offset.reshaped(like: x) }
    let recomputed = gradients { x in
      recompute([x, offset.reshaped(like: x)]) { [first($0[0]) + $0[0] * $0[1]] }[0]
    }
    #expect(plain == recomputed)
  }

  @Test func withoutATapeTheBodyRunsOnce() {
    var runs = 0
    let outputs = recompute([Variable(input)]) { inputs in
      runs += 1
      return [first(inputs[0])]
    }
    #expect(runs == 1 && outputs[0].tape == nil)
    #expect(outputs[0].value.elements == first(Variable(input)).value.elements)
  }
}

extension Variable {
  /// The first elements of this variable's value as a constant of another's shape.
  fileprivate func reshaped(like other: Variable) -> Variable {
    Variable(Tensor(Array(value.elements.prefix(other.shape.count)), shape: other.shape))
  }
}
