// Long short-term memory over time. Not here: the projection of its inputs (Layers/LSTM.swift).
internal import Foundation
import Tensor

/// A long short-term memory that reads one row of gate inputs after another.
///
/// With the gates `i, f, g, o = gates[t] + h[t−1]·Rᵀ` in this order along the last axis,
/// `c[t] = σ(f)∘c[t−1] + σ(i)∘tanh(g)` and `h[t] = σ(o)∘tanh(c[t])`.
///
/// - Parameters:
///   - gates: what the inputs give to the gates, `[T, B, 4H]`: time first, so that a step is one matrix.
///   - recurrent: `[4H, H]`, in the order of PyTorch's `weight_hh_l0`.
///   - initial: hidden and cell state before the first step, `[B, 2H]`; zeros if nil.
/// - Returns: hidden and cell state after each step side by side, `[T, B, 2H]`.
/// - Precondition: the sizes agree and there is a step; traps with the shapes otherwise.
/// > Source: Hochreiter and Schmidhuber, Neural Computation 9 (1997), with the forget gate of Gers et al. (2000).
public func lstm(_ gates: Variable, recurrent: Parameter, initial: Variable? = nil) -> Variable {
  let shape = gates.shape
  precondition(
    shape.rank == 3 && shape[0] > 0 && shape[2] % 4 == 0 && recurrent.shape == [shape[2], shape[2] / 4]
      && (initial.map { $0.shape == [shape[1], shape[2] / 2] } ?? true),
    "lstm: gates \(shape), recurrent \(recurrent.shape), initial \(initial.map { "\($0.shape)" } ?? "none")")
  let matrix = Variable(recurrent)
  let (trace, states) = LSTMTrace.run(gates.value, recurrent: matrix.value, initial: initial?.value)
  let (input, start) = (gates.target, initial?.target)
  return Variable(states, from: [gates, matrix] + (initial.map { [$0] } ?? []), op: "lstm") { gradient, gradients in
    let slopes = trace.backward(gradient, states: states, recurrent: matrix.value)
    gradients.add(slopes.gates, to: input)
    gradients.add(to: matrix) { result in
      let (rows, width) = (shape[0] * shape[1], shape[2])
      Tensor.matmul(
        slopes.gates.reshaped(to: [rows, width]), trace.before(states).reshaped(to: [rows, width / 4]),
        transposeA: true, into: result)
    }
    if let start { gradients.add(slopes.initial, to: start) }
  }
}

/// What the steps of one run leave for the way back: open gates and the state before the first step.
private struct LSTMTrace {
  let steps: Int
  let batch: Int
  let hidden: Int
  /// σ(i), σ(f), tanh(g), σ(o) of each step, `[T, B, 4H]`.
  let open: Tensor
  /// `[B, 2H]`.
  let initial: Tensor

  static func run(_ gates: Tensor, recurrent: Tensor, initial: Tensor?) -> (trace: LSTMTrace, states: Tensor) {
    let (steps, batch, width) = (gates.shape[0], gates.shape[1], gates.shape[2])
    let hidden = width / 4
    let first = initial ?? Tensor(zeros: [batch, 2 * hidden])
    let open = gates.copied()
    let states = Tensor(uninitializedShape: [steps, batch, 2 * hidden]) { _ in }
    for step in 0..<steps {
      let previous = step == 0 ? first.base : states.base + (step - 1) * batch * 2 * hidden
      let (row, state) = (open.base + step * batch * width, states.base + step * batch * 2 * hidden)
      gemm(
        m: batch, n: width, k: hidden, MatrixOperand(previous, rowStride: 2 * hidden),
        MatrixOperand(recurrent.base, rowStride: hidden, transposed: true), beta: 1, into: row, stride: width)
      for entry in 0..<batch {
        let (gate, old, new) = (row + entry * width, previous + entry * 2 * hidden, state + entry * 2 * hidden)
        for unit in 0..<hidden {
          let (i, f) = (sigmoid(gate[unit]), sigmoid(gate[hidden + unit]))
          let (g, o) = (tanh(gate[2 * hidden + unit]), sigmoid(gate[3 * hidden + unit]))
          let cell = f * old[hidden + unit] + i * g
          (gate[unit], gate[hidden + unit], gate[2 * hidden + unit], gate[3 * hidden + unit]) = (i, f, g, o)
          (new[unit], new[hidden + unit]) = (o * tanh(cell), cell)
        }
      }
    }
    return (LSTMTrace(steps: steps, batch: batch, hidden: hidden, open: open, initial: first), states)
  }

  /// The hidden state before each step, `[T, B, H]`.
  func before(_ states: Tensor) -> Tensor {
    Tensor(uninitializedShape: [steps, batch, hidden]) { buffer in
      guard let base = buffer.baseAddress else { return }
      for row in 0..<steps * batch {
        let source = row < batch ? initial.base + row * 2 * hidden : states.base + (row - batch) * 2 * hidden
        (base + row * hidden).update(from: source, count: hidden)
      }
    }
  }

  /// Gradients of the gates `[T, B, 4H]` and of the initial state `[B, 2H]`, given that of the states.
  func backward(_ gradient: Tensor, states: Tensor, recurrent: Tensor) -> (gates: Tensor, initial: Tensor) {
    let width = 4 * hidden
    let slopes = Tensor(uninitializedShape: [steps, batch, width]) { _ in }
    // What flows into the state before the step at hand: hidden and cell part.
    let carry = Tensor(zeros: [batch, 2 * hidden])
    for step in (0..<steps).reversed() {
      let previous = step == 0 ? initial.base : states.base + (step - 1) * batch * 2 * hidden
      let (state, outer) = (
        states.base + step * batch * 2 * hidden, gradient.base + step * batch * 2 * hidden
      )
      let (gates, slope) = (open.base + step * batch * width, slopes.base + step * batch * width)
      for entry in 0..<batch {
        let at = entry * 2 * hidden
        let (gate, into) = (gates + entry * width, slope + entry * width)
        for unit in 0..<hidden {
          let (i, f, g, o) = (gate[unit], gate[hidden + unit], gate[2 * hidden + unit], gate[3 * hidden + unit])
          let shown = tanh(state[at + hidden + unit])
          let hiddenSlope = outer[at + unit] + carry.base[at + unit]
          let cellSlope =
            outer[at + hidden + unit] + carry.base[at + hidden + unit] + hiddenSlope * o * (1 - shown * shown)
          into[unit] = cellSlope * g * i * (1 - i)
          into[hidden + unit] = cellSlope * previous[at + hidden + unit] * f * (1 - f)
          into[2 * hidden + unit] = cellSlope * i * (1 - g * g)
          into[3 * hidden + unit] = hiddenSlope * shown * o * (1 - o)
          carry.base[at + hidden + unit] = cellSlope * f
        }
      }
      gemm(
        m: batch, n: hidden, k: width, MatrixOperand(slope, rowStride: width),
        MatrixOperand(recurrent.base, rowStride: hidden), into: carry.base, stride: 2 * hidden)
    }
    return (slopes, carry)
  }
}

private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
