// A long short-term memory with its input projection. Not here: its steps (Functions/Recurrent.swift).
import Tensor

/// One layer of long short-term memory.
///
/// Parameters: `input.weight` `[4H, D]`, `input.bias` `[4H]` and `recurrent` `[4H, H]`; gates in the order input, forget,
/// cell, output. Biases start at zero.
public struct LSTM {
  /// From inputs to gates.
  public let input: Linear
  /// From the hidden state to gates, `[4H, H]`.
  public let recurrent: Parameter
  /// Width of the hidden state, H.
  public let hidden: Int

  /// A memory of `hidden` units over inputs of `width`.
  ///
  /// - Parameters:
  ///   - width: the width of an input, D.
  ///   - hidden: units, H.
  ///   - scope: the parent of `input` and `recurrent`.
  public init(_ width: Int, hidden: Int, in scope: ParameterScope) {
    let initializer = Initializer.uniform(bound: 1 / Float(hidden).squareRoot())
    input = Linear(width, 4 * hidden, bias: true, initializer: initializer, in: scope / "input")
    recurrent = scope.parameter("recurrent", [4 * hidden, hidden], initializer, group: .matrix)
    self.hidden = hidden
  }

  /// Hidden and cell state after each step.
  ///
  /// - Parameters:
  ///   - x: `[T, B, D]`.
  ///   - initial: the state before, `[B, 2H]`; zeros if nil.
  /// - Returns: `[T, B, 2H]`.
  public func states(_ x: Variable, initial: Variable? = nil) -> Variable {
    lstm(input(x), recurrent: recurrent, initial: initial)
  }

  /// Hidden states alone, `[T, B, H]`.
  public func callAsFunction(_ x: Variable) -> Variable { states(x).columns(0..<hidden) }
}
