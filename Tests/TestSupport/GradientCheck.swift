// Central differences in float64: what a backward is checked against.

/// Compares analytic gradients with central differences.
public enum GradientCheck {
  /// The largest error of a reference's gradients, relative to the largest gradient of that input.
  ///
  /// - Parameters:
  ///   - reference: the operation.
  ///   - inputs: where to differentiate.
  ///   - outputGradient: weights of the outputs in the scalar that is differentiated.
  ///   - step: half the distance of the two evaluations.
  public static func error(
    of reference: Reference, at inputs: [[Double]], outputGradient: [Double], step: Double = 1e-5
  ) -> Double {
    let gradients = reference.backward(outputGradient, inputs)
    return error(of: gradients, at: inputs, step: step) { inputs in
      zip(reference.forward(inputs), outputGradient).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The largest error of any gradients of a scalar function, relative to the largest gradient of that input.
  public static func error(
    of gradients: [[Double]], at inputs: [[Double]], step: Double = 1e-5, _ function: ([[Double]]) -> Double
  ) -> Double {
    var worst = 0.0
    for (input, gradient) in gradients.enumerated() {
      let scale = max(1e-3, gradient.map { abs($0) }.max() ?? 0)
      for index in gradient.indices {
        var moved = inputs
        moved[input][index] = inputs[input][index] + step
        let above = function(moved)
        moved[input][index] = inputs[input][index] - step
        let slope = (above - function(moved)) / (2 * step)
        let error = abs(slope - gradient[index]) / scale
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return worst
  }
}
