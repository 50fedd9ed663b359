// Where a backward operation puts its result: overwrite or add, without a temporary.

// Safety: holds a raw pointer into storage that the creator keeps alive and uncontended for the duration of the call.
/// A destination of `shape` that an operation overwrites (`beta == 0`) or adds to (`beta == 1`).
///
/// Gradients are always passed this way, so that the second contribution to a gradient costs no temporary and a GEMM
/// can add in place.
public struct Accumulator: @unchecked Sendable {
  /// The first of `shape.count` floats.
  public let elements: UnsafeMutablePointer<Float>
  /// The shape of the destination.
  public let shape: Shape
  /// 0 overwrites, 1 adds.
  public let beta: Float

  /// A destination at `elements`.
  public init(_ elements: UnsafeMutablePointer<Float>, shape: Shape, beta: Float) {
    self.elements = elements
    self.shape = shape
    self.beta = beta
  }

  /// Whether earlier contents count.
  public var adds: Bool { beta != 0 }
}

extension NDArray where Element == Float {
  /// An array that `body` fills through an overwriting accumulator.
  ///
  /// - Precondition: `body` writes every element.
  public static func filled(_ shape: Shape, _ body: (Accumulator) throws -> Void) rethrows -> Tensor {
    try Tensor(uninitializedShape: shape) { buffer in
      if let base = buffer.baseAddress { try body(Accumulator(base, shape: shape, beta: 0)) }
    }
  }
}
