// Writing safetensors files: deterministic bytes, straight from the arrays' memory, atomically replaced.

/// Writes safetensors files.
///
/// The file is written beside its target and renamed when its bytes have reached the disk: a crash, a full disk or any
/// other failure leaves the old file as it was. Larger elements come first, then names in byte order, so that every
/// tensor is aligned and equal contents give equal files, the same that the reference implementation writes.
public enum SafeTensorsWriter {
  /// How the elements of a Tensor are stored.
  public enum Precision: String, Sendable, CaseIterable {
    /// As they are.
    case float32
    /// Rounded to the nearest bfloat16.
    case bfloat16
  }

  /// A named array to be written.
  public struct Entry: Sendable {
    enum Payload: Sendable {
      case floats(Tensor)
      case rounded(Tensor)
      case halves(BFloat16Tensor)
      case indices(IndexTensor)
      case longs(NDArray<Int64>)
      case bytes(NDArray<UInt8>)
    }

    let name: String
    let payload: Payload

    /// Floats, stored as F32 or BF16.
    public init(_ name: String, _ tensor: Tensor, as precision: Precision = .float32) {
      self.name = name
      payload = precision == .float32 ? .floats(tensor) : .rounded(tensor)
    }

    /// bfloat16 numbers, stored as BF16.
    public init(_ name: String, _ array: BFloat16Tensor) { (self.name, payload) = (name, .halves(array)) }

    /// Indices, stored as I32.
    public init(_ name: String, _ array: IndexTensor) { (self.name, payload) = (name, .indices(array)) }

    /// Long integers, stored as I64.
    public init(_ name: String, _ array: NDArray<Int64>) { (self.name, payload) = (name, .longs(array)) }

    /// Bytes, stored as U8.
    public init(_ name: String, _ array: NDArray<UInt8>) { (self.name, payload) = (name, .bytes(array)) }

    var type: SafeTensorsType {
      switch payload {
      case .floats: .float32
      case .rounded, .halves: .bfloat16
      case .indices: .int32
      case .longs: .int64
      case .bytes: .uint8
      }
    }

    var shape: Shape {
      switch payload {
      case .floats(let array), .rounded(let array): array.shape
      case .halves(let array): array.shape
      case .indices(let array): array.shape
      case .longs(let array): array.shape
      case .bytes(let array): array.shape
      }
    }

    var byteCount: Int { shape.count * type.byteCount }

    func write(to sink: borrowing FileSink) throws(SystemError) {
      switch payload {
      case .floats(let array): try sink.append(array)
      case .rounded(let array): try sink.appendRounded(array)
      case .halves(let array): try sink.append(array)
      case .indices(let array): try sink.append(array)
      case .longs(let array): try sink.append(array)
      case .bytes(let array): try sink.append(array)
      }
    }
  }

  /// Writes tensors as F32 or BF16.
  ///
  /// - Parameters:
  ///   - tensors: names and values; the order does not matter.
  ///   - metadata: strings to leave beside the tensors.
  ///   - path: the file to create or replace.
  ///   - precision: how elements are stored.
  /// - Throws: `SafeTensorsError` if a name is reserved or occurs twice, or the file cannot be written; then an older
  ///   file is intact.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String,
    as precision: Precision = .float32
  ) throws(SafeTensorsError) {
    try write(tensors.map { Entry($0.name, $0.tensor, as: precision) }, metadata: metadata, to: path)
  }

  /// Writes arrays of any mixture of types.
  ///
  /// - Parameters:
  ///   - entries: the arrays; the order does not matter.
  ///   - metadata: strings to leave beside the tensors.
  ///   - path: the file to create or replace.
  /// - Throws: as `write(_:metadata:to:as:)`.
  public static func write(
    _ entries: [Entry], metadata: [String: String] = [:], to path: String
  ) throws(SafeTensorsError) {
    try write(entries, metadata: metadata, to: path, calls: .system)
  }

  package static func write(
    _ entries: [Entry], metadata: [String: String], to path: String, calls: FileCalls
  ) throws(SafeTensorsError) {
    let ordered = entries.sorted {
      $0.type != $1.type ? $0.type.rank > $1.type.rank : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    let header = try encodedHeader(ordered, metadata: metadata, path: path)
    do throws(SystemError) {
      try AtomicFile.write(to: path, calls: calls) { (sink: borrowing FileSink) throws(SystemError) in
        try sink.append(NDArray(header))
        for entry in ordered { try entry.write(to: sink) }
      }
    } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
  }

  /// Length and JSON, padded with spaces so that the data begin at a multiple of 8.
  private static func encodedHeader(
    _ entries: [Entry], metadata: [String: String], path: String
  ) throws(SafeTensorsError) -> [UInt8] {
    var names: Set<String> = []
    var items: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      items.append(#""__metadata__":{"# + pairs.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}")
    }
    var offset = 0
    for entry in entries {
      guard entry.name != "__metadata__" else { throw .reservedName(path: path, name: entry.name) }
      guard names.insert(entry.name).inserted else { throw .duplicate(path: path, name: entry.name) }
      let shape = entry.shape.dimensions.map(String.init).joined(separator: ",")
      let end = offset + entry.byteCount
      items.append(
        #"\#(quoted(entry.name)):{"dtype":"\#(entry.type.rawValue)","shape":[\#(shape)],"#
          + #""data_offsets":[\#(offset),\#(end)]}"#)
      offset = end
    }
    var text = Array("{\(items.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    guard text.count <= SafeTensorsHeader.maximumLength else {
      throw .headerLength(path: path, length: UInt64(text.count), limit: SafeTensorsHeader.maximumLength)
    }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{8}": result += "\\b"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\u{c}": result += "\\f"
      case "\r": result += "\\r"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension FileSink {
  /// Appends the elements of an array as they lie in memory.
  borrowing func append<Element>(_ array: NDArray<Element>) throws(SystemError) {
    defer { withExtendedLifetime(array) {} }
    try append(UnsafeRawBufferPointer(start: array.base, count: array.byteCount))
  }

  /// Appends floats rounded to bfloat16, a megabyte at a time.
  borrowing func appendRounded(_ array: Tensor) throws(SystemError) {
    let flat = array.reshaped(to: [array.count])
    for start in stride(from: 0, to: flat.count, by: 1 << 19) {
      try append(BFloat16Tensor(rounding: flat[start..<min(flat.count, start + 1 << 19)]))
    }
  }
}
