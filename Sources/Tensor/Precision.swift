// The number format in which products multiply, and whether this machine has it.
// Not here: bfloat16 as a storage format (BFloat16.swift).
import CKernels
import COneDNN

/// The number format in which matrix products and attention multiply, or in which depth slots are kept. Sums, softmax and
/// everything else in memory are float32.
public enum Precision: String, Codable, CaseIterable, Sendable, CustomStringConvertible {
  /// 24 bits of precision.
  case float32 = "f32"
  /// The range of float32 with 8 bits of precision: two products for the time of one.
  case bfloat16 = "bf16"

  /// The name in configurations.
  public var description: String { rawValue }

  /// Bytes of a number.
  public var bytes: Int { self == .float32 ? 4 : 2 }

  /// Why this machine cannot multiply in this precision, as a phrase for a message; nil if it can.
  ///
  /// Products of bfloat16 need the AVX-512 BF16 instructions, and those of matrices oneDNN as well.
  public var missing: String? {
    guard self == .bfloat16 else { return nil }
    guard Runtime.kernels.bfloat16 != nil else { return "this CPU has no AVX-512 BF16 instructions" }
    return odn_missing().map { String(cString: $0) }
  }

  /// This precision if the machine has it, float32 otherwise.
  public var available: Precision { missing == nil ? self : .float32 }
}

extension Runtime {
  /// The library behind products of bfloat16, such as `oneDNN 2.6.3`; `none` without it.
  public static var bfloat16Description: String {
    Precision.bfloat16.missing == nil ? "oneDNN \(String(cString: odn_version()))" : "none"
  }
}

extension Kernels {
  /// The attention kernels of a precision.
  ///
  /// - Precondition: the CPU has its instructions.
  func attention(_ precision: Precision) -> ck_attention {
    guard precision == .bfloat16 else { return attention }
    guard let bfloat16 else { preconditionFailure("attention: this CPU has no AVX-512 BF16 instructions") }
    return bfloat16.attention
  }
}
