// The element types of safetensors files.

/// An element type of the safetensors format; the raw value is its name in headers.
///
/// The cases rise in the order in which the reference implementation sorts tensors, larger elements later.
public enum SafeTensorsType: String, Sendable, CaseIterable {
  /// One byte, 0 or 1.
  case boolean = "BOOL"
  /// Unsigned bytes.
  case uint8 = "U8"
  /// Signed bytes.
  case int8 = "I8"
  /// 8-bit floats with five exponent bits.
  case float8E5M2 = "F8_E5M2"
  /// 8-bit floats with four exponent bits.
  case float8E4M3 = "F8_E4M3"
  /// 16-bit integers.
  case int16 = "I16"
  /// Unsigned 16-bit integers.
  case uint16 = "U16"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of a single-precision float.
  case bfloat16 = "BF16"
  /// 32-bit integers.
  case int32 = "I32"
  /// Unsigned 32-bit integers.
  case uint32 = "U32"
  /// Single precision.
  case float32 = "F32"
  /// Double precision.
  case float64 = "F64"
  /// 64-bit integers.
  case int64 = "I64"
  /// Unsigned 64-bit integers.
  case uint64 = "U64"

  /// The place of the type in the reference implementation's order of tensors.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .boolean, .uint8, .int8, .float8E5M2, .float8E4M3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}
