// Memories over time, and the rows and columns around them, with their formulas.
import NN
import TestSupport
import Tensor

private typealias Formula = FunctionReference

/// The functions of NN/Functions/Recurrent.swift and Rearrangement.swift, and the layer that uses them.
enum RecurrentCases {
  static let all = [
    FunctionCase("lstm", [[4, 2, 12]]) { scope in
      let recurrent = scope.parameter("recurrent", [12, 3], .zeros, group: .matrix)
      return { lstm($0[0], recurrent: recurrent) }
    } formula: { x, p in
      Formula.lstm(x[0], recurrent: p["recurrent"]!, initial: nil)
    },
    FunctionCase("lstm of one step from a state", [[1, 3, 8], [3, 4]]) { scope in
      let recurrent = scope.parameter("recurrent", [8, 2], .zeros, group: .matrix)
      return { lstm($0[0], recurrent: recurrent, initial: $0[1]) }
    } formula: { x, p in
      Formula.lstm(x[0], recurrent: p["recurrent"]!, initial: x[1])
    },
    FunctionCase("lstm that goes on where another ended", [[3, 2, 20], [2, 2, 20]]) { scope in
      let recurrent = scope.parameter("recurrent", [20, 5], .zeros, group: .matrix)
      return { inputs in
        let first = lstm(inputs[0], recurrent: recurrent)
        return lstm(inputs[1], recurrent: recurrent, initial: first[2..<3].reshaped(to: [2, 10]))
      }
    } formula: { x, p in
      let whole = Formula.lstm(
        TracedArray(x[0].elements + x[1].elements, shape: [5, 2, 20]), recurrent: p["recurrent"]!, initial: nil)
      return TracedArray(Array(whole.elements[60...]), shape: [2, 2, 10])
    },
    FunctionCase(layer: "LSTM", [3, 2, 5]) {
      MemoryLayer(memory: LSTM(5, hidden: 4, in: $0))
    } formula: { x, p in
      let gates = Formula.linear(x, p["input.weight"]!, p["input.bias"]!)
      let states = Formula.lstm(gates, recurrent: p["recurrent"]!, initial: nil)
      return TracedArray(states.rows.flatMap { $0.prefix(4) }, shape: [3, 2, 4])
    },
    FunctionCase("gatherRows", [[4, 3]]) { _ in
      { gatherRows($0[0], IndexTensor([2, 0, 2, 2], shape: [2, 2])) }
    } formula: { x, _ in
      Formula.embedding([2, 0, 2, 2], x[0], shape: [2, 2, 3])
    },
    FunctionCase("timeFirst in an order", [[2, 3, 2]]) { _ in
      { timeFirst($0[0], order: [2, 0, 1]) }
    } formula: { x, _ in
      Formula.embedding([2, 5, 0, 3, 1, 4], x[0].reshaped(to: [6, 2]), shape: [3, 2, 2])
    },
    FunctionCase("columns that overlap", [[3, 5]]) { _ in
      { $0[0].columns(0..<3) * $0[0].columns(2..<5) }
    } formula: { x, _ in
      Formula.multiply(columns(x[0], 0..<3), columns(x[0], 2..<5))
    },
    FunctionCase("sideBySide", [[3, 2], [3, 1], [3, 4]]) { _ in
      { sideBySide([$0[0], $0[1], $0[2], $0[0]]) }
    } formula: { x, _ in
      let rows = (0..<3).flatMap { row in [0, 1, 2, 0].flatMap { x[$0].rows[row] } }
      return TracedArray(rows, shape: [3, 9])
    },
  ]

  private static func columns(_ x: TracedArray, _ range: Range<Int>) -> TracedArray {
    let rows = x.rows.map { Array($0) }
    return TracedArray(rows.flatMap { $0[range] }, shape: [rows.count, range.count])
  }
}

private struct MemoryLayer: Layer {
  let memory: LSTM
  func callAsFunction(_ x: Variable) -> Variable { memory(x) }
}
