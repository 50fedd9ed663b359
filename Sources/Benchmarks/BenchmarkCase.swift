// A named shape of an operation: what it computes, what it moves, and how to run it.
// Not here: timing (Timing, SuiteRun) and the shapes themselves (the …Problem files).
public import Tensor

/// One operation on one shape.
public struct BenchmarkCase: Sendable {
  /// What limits the case, and so what its speed is compared with.
  public enum Limit: Sendable, Equatable {
    /// The arithmetic units: the share of the multiply-add peak of a precision.
    case arithmetic(Precision = .float32)
    /// Memory: the share of the read bandwidth.
    case memory
  }

  /// A dotted name, such as `attention.fwd.f32.T4096`.
  public var id: String
  /// The sizes by their letters.
  public var shape: [String: Int]
  /// Floating-point operations of one call that count; masked ones do not.
  public var operations: Double
  /// Bytes that one call must at least read and write.
  public var bytes: Double
  /// What limits it.
  public var limit: Limit
  /// Makes the inputs; the answer runs the operation once.
  public var prepare: @Sendable () -> Timing.Body

  /// A case.
  public init(
    _ id: String, shape: [String: Int], operations: Double, bytes: Double, limit: Limit,
    prepare: @escaping @Sendable () -> Timing.Body
  ) {
    self.id = id
    self.shape = shape
    self.operations = operations
    self.bytes = bytes
    self.limit = limit
    self.prepare = prepare
  }
}

/// The suites of `tensor-bench`.
public enum BenchmarkSuite: String, CaseIterable, Sendable {
  /// Attention, forward and with backward.
  case attention
  /// Matrix products of training and of decoding.
  case matrices
  /// Loops over rows: norms, activations, softmax, rotary positions.
  case rows

  /// The cases that this machine can run, in order.
  public var cases: [BenchmarkCase] {
    let all =
      switch self {
      case .attention: AttentionProblem.suite
      case .matrices: MatrixProblem.suite
      case .rows: RowProblem.suite
      }
    let hasBFloat16 = Precision.bfloat16.missing == nil
    return all.filter { hasBFloat16 || $0.limit != .arithmetic(.bfloat16) }
  }
}

extension BenchmarkCase {
  /// The case of a name, of any suite.
  public static func find(_ id: String) -> BenchmarkCase? {
    BenchmarkSuite.allCases.lazy.flatMap(\.cases).first { $0.id == id }
  }
}
