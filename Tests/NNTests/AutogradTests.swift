// The tape: how gradients meet, what is visited and when, what is freed.
import NN
import TestSupport
import Tensor
import Testing

@Suite struct AutogradTests {
  private func vector(_ values: Float...) -> Tensor { Tensor(values) }

  @Test func anAdoptedGradientIsNotChangedByLaterContributions() {
    let tape = Tape()
    let (a, b) = (tape.leaf(vector(1, 2)), tape.leaf(vector(3, 4)))
    let tripled = a.scaled(by: 3)
    let sum = a + b  // visited first: a and b adopt one tensor
    let seed = vector(10, 20)
    tape.backward(from: [(variable: sum, gradient: seed), (variable: tripled, gradient: vector(1, 1))])
    #expect(tape.gradient(of: a).elements == [13, 23])
    #expect(tape.gradient(of: b).elements == [10, 20])
    #expect(seed.elements == [10, 20])
  }

  @Test func adoptionThroughReshapesSharesNoWrites() {
    let tape = Tape()
    let x = tape.leaf(vector(1, 2, 3, 4))
    let squared = x * x
    let matrix = x.reshaped(to: [2, 2])
    let seed = Tensor([1, 1, 1, 1], shape: [2, 2])
    tape.backward(from: [(variable: matrix, gradient: seed), (variable: squared, gradient: vector(1, 1, 1, 1))])
    #expect(tape.gradient(of: x).elements == [3, 5, 7, 9])
    #expect(seed.elements == [1, 1, 1, 1])
  }

  @Test func noGradientPassesThroughADetachedVariable() {
    let tape = Tape()
    let x = tape.leaf(vector(2, 3))
    let product = x * x.detached  // the slope by x alone: the detached factor
    tape.backward(from: [(variable: product, gradient: vector(1, 10))])
    #expect(product.value.elements == [4, 9] && tape.gradient(of: x).elements == [2, 30])
    #expect(x.detached.tape === tape, "operations of parameters on detached data are recorded")
    #expect(Variable(vector(1)).detached.tape == nil)
  }

  @Test func aDiamondAddsBothPaths() {
    let tape = Tape()
    let x = tape.leaf(vector(2, -1))
    let y = x * x
    let z = y.scaled(by: 3) + y * x  // 3x² + x³, with the derivative 6x + 3x²
    tape.backward(from: z.mean(), seed: 2)
    #expect(tape.gradient(of: x).elements == [24, -3])
  }

  @Test func aSumWithItselfCountsTwice() {
    let tape = Tape()
    let x = tape.leaf(vector(1, 5))
    tape.backward(from: [(variable: (x + x) + x, gradient: vector(1, 2))])
    #expect(tape.gradient(of: x).elements == [3, 6])
  }

  @Test func severalRootsAndAnOutputThatIsAlsoAnInput() {
    let tape = Tape()
    let x = tape.leaf(vector(1, 2))
    let y = x.scaled(by: 2)
    let z = y * y
    tape.backward(from: [
      (variable: z, gradient: vector(1, 1)), (variable: y, gradient: vector(10, 10)),
      (variable: x, gradient: vector(100, 100)),
    ])
    #expect(tape.gradient(of: x).elements == [128, 136])
  }

  @Test func unusedOutputsAreNotVisited() {
    let tape = Tape()
    let x = tape.leaf(vector(1))
    var visits: [String] = []
    func step(_ x: Variable, _ name: String) -> Variable {
      Variable(x.value, from: [x], op: "step") { gradient, gradients in
        visits.append(name)
        gradients.add(gradient, to: x)
      }
    }
    let used = step(x, "used")
    _ = step(step(used, "unused"), "unused too")
    tape.backward(from: used)
    #expect(visits == ["used"])
    #expect(tape.gradient(of: x).elements == [1])
    #expect(tape.count == 0)
  }

  @Test func effectsAreAlwaysVisitedInReverseOrder() {
    let tape = Tape()
    let x = tape.leaf(vector(1))
    var visits: [Int] = []
    for index in 0..<3 {
      tape.recordEffect("effect") { gradients in
        visits.append(index)
        gradients.add(Tensor([Float(index)]), to: x)
      }
    }
    let y = x.scaled(by: 5)
    tape.recordEffect("last") { _ in visits.append(3) }
    tape.backward(from: y)
    #expect(visits == [3, 2, 1, 0])
    #expect(tape.gradient(of: x).elements == [8])
  }

  @Test func dataEntersWithoutAGradient() {
    let store = ParameterStore(seed: 1)
    let layer = Linear(2, 1, in: store.root)
    store.freeze()
    let tape = Tape()
    let x = Variable(vector(3, 4), on: tape)
    tape.backward(from: layer(x))
    #expect(layer.weight.gradient.elements == [3, 4])
    #expect(Variable(vector(1), on: nil).tape == nil)
  }

  @Test func withoutATapeNothingIsRecorded() {
    let store = ParameterStore(seed: 1)
    let layer = FeedForward(width: 3, hidden: 4, in: store.root)
    store.freeze()
    #expect(layer(Variable(vector(1, 2, 3))).tape == nil)
  }

  @Test func oneOfThreeInputsMayBeConstant() {
    var random = TestRandom(seed: 9)
    let values = (0..<3).map { _ in random.tensor([1, 4, 2, 4]) }
    let seed = random.tensor([1, 4, 2, 4])
    func gradients(wanted: Set<Int>) -> [[Float]] {
      let tape = Tape()
      let x = values.enumerated().map { wanted.contains($0) ? tape.leaf($1) : Variable($1, on: tape) }
      tape.backward(from: [
        (variable: attention(query: x[0], key: x[1], value: x[2], mask: .causal), gradient: seed)
      ])
      return x.enumerated().map { wanted.contains($0) ? tape.gradient(of: $1).elements : [] }
    }
    let all = gradients(wanted: [0, 1, 2])
    for wanted in [[0], [1], [2], [0, 1], [1, 2], [0, 2]] as [Set<Int>] {
      let some = gradients(wanted: wanted)
      for index in wanted { #expect(some[index] == all[index], "wanted \(wanted), input \(index)") }
    }
  }

  @Test(arguments: [false, true]) func anOperationThatWritesElsewhereRunsIfItAsksTo(always: Bool) {
    let tape = Tape()
    let x = Variable(vector(1), on: tape)
    var runs = 0
    let y = Variable(x.value, from: [x], op: "write") { _, gradients in
      gradients.add(toAll: [x.target], always: always) { targets in
        runs += 1
        targets[0].elements[0] = 7
      }
    }
    tape.backward(from: y)
    #expect(runs == (always ? 1 : 0))
  }

  @Test func gradientsAddUpOverTwoBackwardPassesAndResetBeginsAnew() {
    let store = ParameterStore(seed: 3)
    let layer = Linear(3, 2, bias: true, in: store.root)
    let unused = Linear(2, 2, in: store.root / "unused")
    store.freeze()
    var random = TestRandom(seed: 3)
    let inputs = [random.tensor([4, 3]), random.tensor([4, 3])]
    func pass(_ x: Tensor) {
      let tape = Tape()
      tape.backward(from: layer(Variable(x, on: tape)))
    }
    func gradients(_ inputs: [Tensor]) -> [Float] {
      store.resetGradients()
      for input in inputs { pass(input) }
      store.completeGradients()
      return layer.weight.gradient.elements + (layer.bias?.gradient.elements ?? [])
    }
    let separate = inputs.map { gradients([$0]) }
    let together = gradients(inputs)
    for (index, value) in together.enumerated() {
      #expect(abs(value - (separate[0][index] + separate[1][index])) <= 1e-6 * max(1, abs(value)))
    }
    #expect(gradients([inputs[0]]) == separate[0], "reset leaves nothing of earlier steps")
    #expect(unused.weight.gradient.elements.allSatisfy { $0 == 0 })
    store.resetGradients()
    #expect(layer.weight.gradient.elements.allSatisfy { $0 == 0 }, "after a reset nothing has reached it")
  }

  @Test func profileCountsOperations() {
    let profile = OperationProfile()
    let tape = Tape(profile: profile)
    let x = tape.leaf(vector(1, 2))
    tape.backward(from: ((x * x) * x).mean())
    let calls = Dictionary(uniqueKeysWithValues: profile.entries.map { ($0.operation, $0.calls) })
    #expect(calls == ["multiply": 2, "mean": 1])
  }
}
