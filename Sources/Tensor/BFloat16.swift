// bfloat16 as a storage format: the upper half of a Float. Arithmetic stays in Float.
internal import CKernels

/// A 16-bit floating-point number with the exponent of a Float and 8 bits of precision.
public struct BFloat16: TensorElement, Hashable, CustomStringConvertible {
  /// Sign, exponent and fraction, as stored.
  public let bitPattern: UInt16

  /// The number with the given bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest number to `value`, ties to even. NaN stays NaN; too large values become infinite.
  public init(_ value: Float) {
    let bits = value.bitPattern
    bitPattern =
      value.isNaN ? UInt16(bits >> 16) | 0x40 : UInt16(truncatingIfNeeded: (bits + 0x7fff + (bits >> 16 & 1)) >> 16)
  }

  /// The same number as a Float.
  public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }

  /// The number in decimal.
  public var description: String { "\(float)" }
}

/// An array in bfloat16: checkpoints and other storage.
public typealias BFloat16Tensor = NDArray<BFloat16>

extension NDArray where Element == BFloat16 {
  /// The elements of `tensor`, each rounded to the nearest bfloat16.
  public init(rounding tensor: Tensor) {
    let kernels = Runtime.kernels
    self.init(uninitializedShape: tensor.shape) { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = UnsafeShared(UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt16.self))
      parallelElements(tensor.count) { range in
        kernels.rows.to_bfloat16(tensor.base + range.lowerBound, target.pointer + range.lowerBound, Int64(range.count))
      }
    }
  }
}

extension NDArray where Element == Float {
  /// The elements of `array`, exactly.
  public init(_ array: BFloat16Tensor) {
    let kernels = Runtime.kernels
    self = .filled(array.shape) { result in
      parallelElements(array.count) { range in
        let source = UnsafeRawPointer(array.base).assumingMemoryBound(to: UInt16.self)
        kernels.rows.from_bfloat16(source + range.lowerBound, result.elements + range.lowerBound, Int64(range.count))
      }
    }
  }
}
