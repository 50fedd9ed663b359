// The run-time choices that every kernel shares: instruction-set level and thread count. Set once by an executable's
// main, recorded in every run; tests override both for the calling thread.
package import CKernels
import COpenBLAS
import Foundation
import Synchronization

/// Instruction-set levels of the SIMD kernels, in rising order.
public enum InstructionSet: Int, CaseIterable, Sendable, Comparable, CustomStringConvertible {
  /// No instructions beyond the platform's baseline.
  case portable = 0
  /// AVX2 with FMA.
  case avx2 = 1
  /// AVX-512 F, VL, DQ, BW.
  case avx512 = 2

  /// Levels order by capability.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The best level of this CPU.
  public static let best = InstructionSet(rawValue: Int(ck_best_level().rawValue)) ?? .portable

  /// The levels that this CPU can run.
  public static var available: [InstructionSet] { allCases.filter { $0 <= best } }

  /// The level's name, as run manifests record it.
  public var description: String { ["portable", "avx2", "avx512"][rawValue] }
}

/// The kernel tables of one instruction-set level.
// Safety: constant tables of pointers to pure functions.
package struct Kernels: @unchecked Sendable {
  /// Row kernels.
  package let rows: ck_rows
  /// Attention micro-kernels.
  package let attention: ck_attention
  /// Matrix-product kernels.
  package let gemm: ck_gemm
  /// Loops that measure the machine's limits.
  package let peak: ck_peak
  /// Image sources.
  package let images: ck_images
  /// Kernels that multiply bfloat16; nil where the level or the CPU has no instructions for it.
  package let bfloat16: ck_bfloat16?
}

/// Threads and instruction set of the numeric core.
public enum Runtime {
  private static let configuredThreads = Atomic<Int>(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// OpenBLAS computes on the calling thread only; parallelism is `parallelFor`'s alone.
  private static let singleThreadedBLAS: Void = openblas_set_num_threads(1)

  /// Sets the thread count of the process. Call once, from main, before any computation.
  ///
  /// - Precondition: `threads ≥ 1`.
  public static func configure(threads: Int) {
    precondition(threads >= 1, "Runtime.configure: \(threads) threads")
    configuredThreads.store(threads, ordering: .relaxed)
  }

  /// Threads that one operation may use.
  public static var threads: Int {
    let override = ck_thread_count_override()
    return override >= 1 ? Int(override) : configuredThreads.load(ordering: .relaxed)
  }

  /// The instruction set in use.
  public static var instructionSet: InstructionSet {
    InstructionSet(rawValue: Int(ck_thread_level_override())) ?? .best
  }

  /// The kernels in use. Fetch once per operation, before entering a parallel region.
  package static var kernels: Kernels {
    let level = ck_level(UInt32(instructionSet.rawValue)), table = ck_kernels_at(level).pointee
    return Kernels(
      rows: table.rows, attention: table.attention, gemm: table.gemm, peak: table.peak, images: table.images,
      bfloat16: ck_bfloat16_at(level)?.pointee)
  }

  /// Ensures the BLAS threading rule; called before each use of OpenBLAS.
  static func prepareBLAS() { singleThreadedBLAS }

  /// The OpenBLAS kernel in use, such as `SkylakeX`.
  public static var blasDescription: String {
    let core = openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    let config = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
    return "\(core) (\(config.trimmingCharacters(in: .whitespaces)))"
  }

  /// Runs `body` on the calling thread with another instruction set, thread count or matrix backend. For tests and
  /// benchmarks.
  package static func with<R>(
    instructionSet: InstructionSet? = nil, threads: Int? = nil, matrixBackend: MatrixBackend? = nil,
    _ body: () throws -> R
  ) rethrows -> R {
    let level = ck_thread_level_override(), count = ck_thread_count_override()
    let backend = ck_thread_backend_override()
    ck_set_thread_overrides(
      instructionSet.map { Int32($0.rawValue) } ?? level, threads.map { Int32($0) } ?? count)
    ck_set_thread_backend_override(matrixBackend.map { Int32($0.rawValue) } ?? backend)
    defer {
      ck_set_thread_overrides(level, count)
      ck_set_thread_backend_override(backend)
    }
    return try body()
  }
}
