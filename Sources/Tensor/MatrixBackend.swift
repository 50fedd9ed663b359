// Which code multiplies matrices, and the rule that decides it once per process.
// Not here: the products themselves (Ops/MatrixMultiply.swift, Ops/PackedMultiply.swift).
import CKernels
import COpenBLAS
import Synchronization

/// The implementations of the matrix product.
public enum MatrixBackend: Int, CaseIterable, Sendable, CustomStringConvertible {
  /// The system's OpenBLAS, with the kernels that it chose for this CPU.
  case openBLAS = 0
  /// The packed product of this package, at `Runtime.instructionSet`.
  case packed = 1

  /// The backend's name, as run manifests record it.
  public var description: String { ["openblas", "packed"][rawValue] }

  /// OpenBLAS cores by the instruction set that their float32 product uses. A core that is not listed predates AVX2.
  ///
  /// > Source: `cpuid.S`, `driver/others/dynamic.c` and `kernel/x86_64/KERNEL.*` of OpenBLAS 0.3.
  private static let instructionSets: [String: InstructionSet] = [
    "haswell": .avx2, "zen": .avx2, "excavator": .avx2, "steamroller": .avx2, "piledriver": .avx2,
    "skylakex": .avx512, "cooperlake": .avx512, "sapphirerapids": .avx512,
  ]

  /// The backend for a CPU whose best level is `best` when OpenBLAS runs `core`.
  ///
  /// OpenBLAS falls back to a core of another decade for a CPU that is newer than the library; it then computes at a
  /// fraction of the speed. It is kept wherever its core uses what the CPU has.
  package static func suited(core: String, best: InstructionSet) -> MatrixBackend {
    instructionSets[core.lowercased(), default: .portable] < best ? .packed : .openBLAS
  }
}

extension Runtime {
  /// The chosen backend, or -1 before the first use.
  private static let chosenBackend = Atomic<Int>(-1)

  private static let suitedBackend = MatrixBackend.suited(
    core: openblas_get_corename().map { String(cString: $0) } ?? "", best: .best)

  /// Sets the backend of the process. Call once, from main, before any computation; without a call, the backend that
  /// suits the CPU is taken at the first product.
  ///
  /// - Precondition: no other backend is in use.
  public static func configure(matrixBackend: MatrixBackend) {
    let (exchanged, original) = chosenBackend.compareExchange(
      expected: -1, desired: matrixBackend.rawValue, ordering: .relaxed)
    precondition(
      exchanged || original == matrixBackend.rawValue,
      "Runtime.configure: the matrix backend is fixed after its first use")
  }

  /// The backend in use. Fixed for the process by its first reading.
  public static var matrixBackend: MatrixBackend {
    if let override = MatrixBackend(rawValue: Int(ck_thread_backend_override())) { return override }
    if let chosen = MatrixBackend(rawValue: chosenBackend.load(ordering: .relaxed)) { return chosen }
    let (exchanged, original) = chosenBackend.compareExchange(
      expected: -1, desired: suitedBackend.rawValue, ordering: .relaxed)
    return exchanged ? suitedBackend : MatrixBackend(rawValue: original) ?? suitedBackend
  }
}
