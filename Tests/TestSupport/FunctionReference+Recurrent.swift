// The formula of long short-term memory over traced scalars, one unit at a time.
// Not here: attention, rotation, convolution (FunctionReference+Sequence.swift).
import Tensor

extension FunctionReference {
  /// Hidden and cell state after each step, `[T, B, 2H]`.
  ///
  /// - Parameters:
  ///   - gates: what the inputs give to the gates i, f, g, o, `[T, B, 4H]`.
  ///   - recurrent: `[4H, H]`.
  ///   - initial: `[B, 2H]`; zeros if nil.
  public static func lstm(_ gates: TracedArray, recurrent: TracedArray, initial: TracedArray?) -> TracedArray {
    let (steps, batch, hidden) = (gates.shape[0], gates.shape[1], gates.shape[2] / 4)
    var outputs: [TracedScalar] = []
    let zero = gates.elements[0] * 0
    var states = (0..<batch).map { entry in
      initial.map { Array($0.rows[entry]) } ?? Array(repeating: zero, count: 2 * hidden)
    }
    for step in 0..<steps {
      for entry in 0..<batch {
        let old = states[entry], row = Array(gates.rows[step * batch + entry])
        func gate(_ index: Int) -> TracedScalar {
          row[index] + sum(zip(recurrent.rows[index], old[..<hidden]).map { $0 * $1 })
        }
        var hiddenState: [TracedScalar] = [], cells: [TracedScalar] = []
        for unit in 0..<hidden {
          let input = gate(unit).sigmoid, forget = gate(hidden + unit).sigmoid
          let cell = forget * old[hidden + unit] + input * tanh(gate(2 * hidden + unit))
          cells.append(cell)
          hiddenState.append(gate(3 * hidden + unit).sigmoid * tanh(cell))
        }
        states[entry] = hiddenState + cells
        outputs += states[entry]
      }
    }
    return TracedArray(outputs, shape: [steps, batch, 2 * hidden])
  }

  private static func tanh(_ x: TracedScalar) -> TracedScalar { (x * 2).sigmoid * 2 + -1 }
}
