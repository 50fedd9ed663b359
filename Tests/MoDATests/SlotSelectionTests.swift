// The running choice of slots by score against a sort of all of them, and the functions around it against their formulas.
import NN
import TestSupport
import Tensor
import Testing

import MoDA

@Suite struct SlotSelectionTests {
  /// Sorts all slots that may be chosen at once, newer ones first among equals.
  private func chosen(_ scores: [Float], last: Int, top: Int) -> [Int32] {
    let count = scores.count - min(last, scores.count)
    let best = (0..<count).sorted { scores[$0] == scores[$1] ? $0 > $1 : scores[$0] > scores[$1] }.prefix(top)
    return (best.sorted() + Array(count..<scores.count)).map { Int32($0) }
  }

  @Test func theRunningChoiceIsTheBestOfAll() {
    forAll(60, seed: 300) { random, seed in
      let (batch, tokens, heads) = (
        Int.random(in: 1...2, using: &random), Int.random(in: 1...4, using: &random),
        Int.random(in: 1...3, using: &random)
      )
      let last = Int.random(in: 0...3, using: &random), top = Int.random(in: 1...4, using: &random)
      // Few distinct scores, so that many are equal.
      let slots = (0..<9).map { _ in
        Tensor(
          (0..<batch * tokens * heads).map { _ in Float(Int.random(in: -2...2, using: &random)) },
          shape: [batch, tokens, heads])
      }
      var selection = SlotSelection(
        last == 0 ? .top(slots: top) : .lastAndTop(last: last, top: top), batch: batch, tokens: tokens, heads: heads)
      for count in 1...slots.count {
        selection.append(slots[count - 1])
        guard let indices = selection.indices else {
          #expect(count <= last + top, "seed \(seed): nothing chosen of \(count)")
          continue
        }
        #expect(count > last + top, "seed \(seed): \(count) slots fit")
        let width = last + top
        #expect(indices.shape == [batch, heads, tokens, width], "seed \(seed)")
        for column in 0..<batch * heads * tokens {
          let (b, j, t) = (column / (heads * tokens), column / tokens % heads, column % tokens)
          let scores = slots[..<count].map { $0.elements[(b * tokens + t) * heads + j] }
          let own = Array(indices.elements[column * width..<(column + 1) * width])
          #expect(own == chosen(scores, last: last, top: top), "seed \(seed), column \(column), scores \(scores)")
        }
      }
    }
  }

  /// The formula of attention to each row's own slots; inputs are the query, then a key and a value for each slot.
  private static func slotAttention(_ inputs: [TracedArray], window: Int) -> TracedArray {
    let query = inputs[0], (heads, width) = (query.shape[2], query.shape[3]), keyHeads = inputs[1].shape[2]
    let slots = (0..<(inputs.count - 1) / 2).suffix(window)
    let rows = query.rows.enumerated().flatMap { index, row -> [TracedScalar] in
      let place = index / heads * keyHeads + index % heads * keyHeads / heads
      let scores = slots.map { slot in
        sum(zip(row, inputs[1 + 2 * slot].rows[place]).map { $0 * $1 }) * (1 / Double(width).squareRoot())
      }
      let weights = FunctionReference.softmax(TracedArray(scores, shape: [1, scores.count])).elements
      return (0..<width).map { column in
        sum(zip(weights, slots).map { weight, slot in weight * Array(inputs[2 + 2 * slot].rows[place])[column] })
      }
    }
    return TracedArray(rows, shape: query.shape)
  }

  private static func slotCase(_ name: String, window: DepthWindow, visible: Int) -> FunctionCase {
    FunctionCase(name, [[2, 3, 6, 5]] + Array(repeating: [2, 3, 2, 5], count: 8)) { _ in
      { inputs in
        var stream = DepthStream(
          batch: 2, tokens: 3, heads: 2, headWidth: 5, capacity: 5, window: window, on: inputs[0].tape)
        for slot in 0..<4 {
          // Scores rise with the slot, so that the last are the best.
          let score = Variable(Tensor(repeating: Float(slot), shape: [2, 3, 2]))
          stream.write(key: inputs[1 + 2 * slot], value: inputs[2 + 2 * slot], score: score)
        }
        return depthAttention(query: inputs[0], depth: stream.read())
      }
    } formula: { inputs, _ in
      slotAttention(inputs, window: visible)
    }
  }

  static let functions = [
    FunctionCase("gated", [[2, 3, 2, 5], [2, 3, 2]]) { _ in
      { gated($0[0], by: $0[1]) }
    } formula: { inputs, _ in
      TracedArray(
        inputs[0].elements.enumerated().map { $1 * inputs[1].elements[$0 / 5].sigmoid * 2 }, shape: inputs[0].shape)
    },
    FunctionCase("denseInput", [[2, 3, 4], [2, 3, 4], [2, 3, 4]]) { scope in
      let weight = scope.parameter("weight", [12, 4], .zeros, group: .matrix)
      return { denseInput($0, weight: weight) }
    } formula: { inputs, parameters in
      let weight = parameters["weight"]?.rows ?? []
      return TracedArray(
        (0..<24).map { at in
          let (row, column) = (at / 4, at % 4)
          let terms = (0..<12).map { feature in
            inputs[feature / 4].elements[row * 4 + feature % 4] * Array(weight[feature])[column]
          }
          return inputs[2].elements[at] + sum(terms)
        }, shape: inputs[0].shape)
    },
    slotCase("depthAttention", window: .all, visible: 4),
    slotCase("depthAttention last", window: .last(slots: 3), visible: 3),
    slotCase("depthAttention top", window: .top(slots: 2), visible: 2),
  ]

  @Test(arguments: functions) func functionsEqualTheirFormulas(function: FunctionCase) {
    for seed in [1, 2] as [UInt64] {
      let problem = FunctionProblem(function, seed: seed), result = problem.run(), truth = problem.reference(.float64)
      let difference = problem.worstDifferenceError(seed: seed)
      #expect(difference <= 1e-6, "\(function), seed \(seed): formula off central differences by \(difference)")
      let pairs =
        [("output", result.output.elements, truth.output)]
        + zip(problem.gradientNames, zip(result.gradients, truth.gradients)).map { ($0, $1.0, $1.1) }
      for (name, ours, exact) in pairs {
        let error = relativeError(Tensor(ours), Tensor(exact.map { Float($0) }))
        #expect(error < 2e-6, "\(function), seed \(seed): \(name), relative error \(error)")
      }
      let recomputed = problem.run(recomputing: true)
      #expect(recomputed.output.elements == result.output.elements && recomputed.gradients == result.gradients)
    }
  }
}
