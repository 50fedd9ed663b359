// Reductions of whole arrays to one number. The order of summation depends on the array alone, not on threads.
internal import CKernels

extension NDArray where Element == Float {
  /// Elements that one thread reduces at a time.
  private static var reductionBlock: Int { 1 << 16 }

  /// Values of `body` for each block of elements, in order.
  private func reduced(
    _ body: @Sendable (_ first: UnsafePointer<Float>, _ count: Int64) -> Double
  ) -> [Double] {
    let blocks = (count + Self.reductionBlock - 1) / Self.reductionBlock
    return [Double](unsafeUninitializedCapacity: blocks) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let results = UnsafeShared(base)
      parallelForEach(blocks) { block, _ in
        let low = block * Self.reductionBlock
        (results.pointer + block).initialize(to: body(self.base + low, Int64(min(Self.reductionBlock, count - low))))
      }
      initialized = blocks
    }
  }

  /// The sum of all elements, accumulated in double precision from blocks of 1,024.
  public func sum() -> Float {
    let kernels = Runtime.kernels
    return Float(reduced { kernels.rows.sum($0, $1) }.reduce(0, +))
  }

  /// The sum of the squares of all elements, accumulated in double precision from blocks of 1,024.
  public func sumOfSquares() -> Double {
    let kernels = Runtime.kernels
    return reduced { kernels.rows.sum_squares($0, $1) }.reduce(0, +)
  }

  /// The largest element; NaN if any element is NaN.
  ///
  /// - Precondition: the array is not empty.
  public func maximum() -> Float {
    precondition(count > 0, "maximum: \(shape) has no elements")
    let kernels = Runtime.kernels
    let blocks = reduced { Double(kernels.rows.maximum($0, $1)) }
    return Float(blocks.contains { $0.isNaN } ? .nan : blocks.reduce(-.infinity) { Swift.max($0, $1) })
  }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool {
    let kernels = Runtime.kernels
    return reduced { Double(kernels.rows.is_finite($0, $1)) }.allSatisfy { $0 == 1 }
  }
}
