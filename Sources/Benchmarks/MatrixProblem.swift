// Matrix products of the shapes that training and decoding have.
import Tensor

/// A matrix product [m, k] × [k, n], operands transposed as named.
struct MatrixProblem: Sendable {
  /// Which operand is stored transposed, in the letters of BLAS: of inputs by weights, and of both gradients.
  enum Form: String, Sendable {
    case plain = "nn"
    case secondTransposed = "nt"
    case firstTransposed = "tn"
  }

  let m, n, k: Int
  let form: Form
  var precision = Precision.float32

  var benchmark: BenchmarkCase {
    // A product with few rows reads every weight for a handful of multiply-adds.
    let (m, n, k, form, precision) = (m, n, k, form, precision)
    return BenchmarkCase(
      "matmul.\(precision).\(form.rawValue).\(m)x\(n)x\(k)", shape: ["m": m, "n": n, "k": k],
      operations: 2 * Double(m) * Double(n) * Double(k), bytes: 4 * Double(m * k + k * n + m * n),
      limit: m < 8 ? .memory : .arithmetic(precision)
    ) {
      let random = RandomSource(seed: 2)
      let a = Tensor.normal(form == .firstTransposed ? [k, m] : [m, k], from: random.split("a"))
      let b = Tensor.normal(form == .secondTransposed ? [n, k] : [k, n], from: random.split("b"))
      if precision == .bfloat16 {
        // As a training step does it: both operands are converted first.
        return {
          _ = Tensor.matmul(
            ProductOperand(a, precision), ProductOperand(b, precision), transposeA: form == .firstTransposed,
            transposeB: form == .secondTransposed)
        }
      }
      return {
        _ = Tensor.matmul(a, b, transposeA: form == .firstTransposed, transposeB: form == .secondTransposed)
      }
    }
  }

  /// Squares, the three products of a linear layer, the projection to a vocabulary, and decoding.
  static var suite: [BenchmarkCase] {
    let problems: [MatrixProblem] =
      [256, 512, 1024, 2048].map { MatrixProblem(m: $0, n: $0, k: $0, form: .plain) } + [
        MatrixProblem(m: 4096, n: 1536, k: 384, form: .secondTransposed),
        MatrixProblem(m: 4096, n: 384, k: 1536, form: .plain),
        MatrixProblem(m: 1536, n: 384, k: 4096, form: .firstTransposed),
        MatrixProblem(m: 4096, n: 8192, k: 384, form: .secondTransposed),
        MatrixProblem(m: 64, n: 64, k: 64, form: .plain),
      ] + [1, 2, 4, 8].map { MatrixProblem(m: $0, n: 4096, k: 4096, form: .secondTransposed) }
    let halves = problems[4..<8].map { problem in
      var problem = problem
      problem.precision = .bfloat16
      return problem
    }
    return (problems + halves).map(\.benchmark)
  }
}
