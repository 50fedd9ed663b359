// Loops over the rows of activations, which memory limits.
import Tensor

/// Operations on rows of activations of one shape, 4,096 tokens.
enum RowProblem {
  private static let rows = 4096

  private static func random(_ columns: Int, _ name: String) -> Tensor {
    .normal([rows, columns], from: RandomSource(seed: 3).split(name))
  }

  /// A case whose arrays have `columns` columns; `arrays` of them are read or written.
  private static func benchmark(
    _ id: String, columns: Int, arrays: Int, prepare: @escaping @Sendable () -> Timing.Body
  ) -> BenchmarkCase {
    let elements = Double(rows * columns)
    return BenchmarkCase(
      "rows.\(id)", shape: ["rows": rows, "columns": columns], operations: elements,
      bytes: 4 * elements * Double(arrays), limit: .memory, prepare: prepare)
  }

  static var suite: [BenchmarkCase] {
    [
      benchmark("rmsnorm.fwd", columns: 1024, arrays: 2) {
        let x = random(1024, "x"), gain = Tensor(repeating: 1, shape: [1024])
        return { _ = Tensor.rmsNorm(x, gain: gain, epsilon: 1e-6) }
      },
      benchmark("silu_product.fwd", columns: 1536, arrays: 3) {
        let gate = random(1536, "gate"), up = random(1536, "up")
        return { _ = Tensor.siluProduct(gate: gate, up: up) }
      },
      benchmark("softmax.fwd", columns: 1024, arrays: 2) {
        let x = random(1024, "x")
        return { _ = x.softmax() }
      },
      benchmark("rotary.fwd", columns: 1024, arrays: 2) {
        let x = random(1024, "x").reshaped(to: [8, 512, 16, 64])
        let table = RotaryTable(positions: 512, headWidth: 64, base: 10_000)
        return { _ = Tensor.rotary(x, table: table) }
      },
    ]
  }
}
