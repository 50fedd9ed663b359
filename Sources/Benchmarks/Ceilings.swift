// The limits of the machine, measured by the binary that is compared with them.
import CKernels
public import Tensor

/// Loops that nothing but the arithmetic units, or nothing but memory, limits.
///
/// Run one beside a kernel, in turns, to give the kernel's speed as a share of it.
public struct Ceilings: Sendable {
  /// Bytes that one call of `read` reads.
  public let bytes: Double
  private let iterations: Int
  private let memory: Tensor

  /// Limits of the threads and instruction set in use.
  ///
  /// - Parameter megabytes: the size of the array that `read` reads; many times the last cache.
  public init(megabytes: Int = 256) {
    // About 10 ms a call: longer than a wake-up of the second thread, shorter than a change of the clock rate.
    iterations = 1 << 22
    memory = Tensor(repeating: 1, shape: [megabytes << 18])
    bytes = Double(memory.byteCount)
  }

  private func peak(_ precision: Precision) -> ck_peak {
    let kernels = Runtime.kernels
    guard precision == .bfloat16 else { return kernels.peak }
    guard let bfloat16 = kernels.bfloat16 else {
      preconditionFailure("Ceilings: \(precision): \(precision.missing ?? "")")
    }
    return bfloat16.peak
  }

  /// Multiply-adds of one call of `multiplyAdds`, as floating-point operations, two each.
  public func operations(_ precision: Precision = .float32) -> Double {
    2 * Double(peak(precision).multiply_adds) * Double(iterations) * Double(Runtime.threads)
  }

  /// Runs multiply-adds in registers on every thread.
  public func multiplyAdds(_ precision: Precision = .float32) {
    let peak = UnsafeShared(peak(precision).multiply_add), count = Int64(iterations)
    parallelForEach(Runtime.threads) { _, _ in
      let sum = peak.pointer(count, 0.5, 0.25)
      precondition(sum.isFinite, "Ceilings: the multiply-adds diverged")
    }
  }

  /// Reads the array once, split among the threads.
  public func read() {
    let read = UnsafeShared(Runtime.kernels.peak.read), blocks = memory.count >> 10
    let base = UnsafeShared(memory.base)
    parallelFor(blocks, grain: 1) { range in
      let sum = read.pointer(base.pointer + range.lowerBound << 10, Int64(range.count) << 10)
      precondition(sum > 0, "Ceilings: the array lost its ones")
    }
  }
}
