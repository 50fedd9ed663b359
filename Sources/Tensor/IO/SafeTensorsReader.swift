// Reading safetensors files: mapped, checked once, tensors on demand. Not here: the header's checks.
internal import CKernels

/// A safetensors file, mapped into memory.
///
/// Opening reads and checks the header alone. Single-precision tensors are views of the mapping; other floating types
/// are converted when asked for.
///
/// ```swift
/// let file = try SafeTensorsFile(path: "model.safetensors")
/// let weight = try file.tensor("model.norm.weight")
/// ```
public struct SafeTensorsFile: Sendable {
  /// The path that the file was opened by.
  public let path: String
  private let file: MappedFile
  private let header: SafeTensorsHeader

  /// Maps the file at `path` and checks its header.
  ///
  /// - Throws: `SafeTensorsError` if the file cannot be read, is malformed, or has holes, overlaps or left-over bytes.
  public init(path: String) throws(SafeTensorsError) {
    self.path = path
    do throws(SystemError) {
      file = try MappedFile(path: path)
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    header = try SafeTensorsHeader(file: file.bytes(0..<file.byteCount), path: path)
  }

  /// The names of all tensors, sorted.
  public var names: [String] { header.entries.keys.sorted() }

  /// The strings that the writer left beside the tensors.
  public var metadata: [String: String] { header.metadata }

  /// The shape of one tensor; nil if there is none of that name.
  public func shape(of name: String) -> Shape? { header.entries[name]?.shape }

  /// The element type of one tensor; nil if there is none of that name.
  public func elementType(of name: String) -> SafeTensorsType? { header.entries[name]?.type }

  /// A floating-point tensor as float32: F32 as a view of the file, F16, BF16 and F64 converted.
  ///
  /// - Throws: `SafeTensorsError` if there is none of that name or its elements are no such floats.
  public func tensor(_ name: String) throws(SafeTensorsError) -> Tensor {
    let (entry, bytes) = try contents(name)
    let kernels = Runtime.kernels
    switch entry.type {
    case .float32:
      return view(bytes, entry.shape)
    case .float16, .bfloat16:
      let source = bytes.baseAddress.map { UnsafeShared($0.assumingMemoryBound(to: UInt16.self)) }
      guard let source else { return Tensor(zeros: entry.shape) }
      let convert = entry.type == .float16 ? kernels.rows.from_float16 : kernels.rows.from_bfloat16
      let conversion = UnsafeShared(convert)
      return .filled(entry.shape) { result in
        parallelElements(entry.shape.count) { range in
          conversion.pointer(
            source.pointer + range.lowerBound, result.elements + range.lowerBound, Int64(range.count))
        }
      }
    case .float64:
      return Tensor(uninitializedShape: entry.shape) { buffer in
        for index in buffer.indices {
          buffer[index] = Float(bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
        }
      }
    default:
      throw .elementType(
        path: path, tensor: name, expected: "F32, F16, BF16 or F64", found: entry.type.rawValue)
    }
  }

  /// An integer tensor as 32-bit indices: I32 as a view of the file, I64 converted.
  ///
  /// - Throws: `SafeTensorsError` if there is none of that name, its elements are no such integers, or one of them does
  ///   not fit 32 bits.
  public func indices(_ name: String) throws(SafeTensorsError) -> IndexTensor {
    let (entry, bytes) = try contents(name)
    switch entry.type {
    case .int32:
      return view(bytes, entry.shape)
    case .int64:
      var misfit: (position: Int, value: Int64)?
      let indices = IndexTensor(uninitializedShape: entry.shape) { buffer in
        for index in buffer.indices {
          let value = bytes.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self)
          buffer[index] = Int32(truncatingIfNeeded: value)
          if Int64(buffer[index]) != value && misfit == nil { misfit = (index, value) }
        }
      }
      if let misfit {
        throw .entry(
          path: path, tensor: name, expected: "integers of 32 bits", found: "\(misfit.value) at \(misfit.position)")
      }
      return indices
    default:
      throw .elementType(path: path, tensor: name, expected: "I32 or I64", found: entry.type.rawValue)
    }
  }

  /// The bytes of a tensor of any type, as stored, `[byteCount]`.
  ///
  /// - Throws: `SafeTensorsError` if there is none of that name.
  public func bytes(_ name: String) throws(SafeTensorsError) -> NDArray<UInt8> {
    let (entry, bytes) = try contents(name)
    return view(bytes, [entry.range.count])
  }

  private func contents(
    _ name: String
  ) throws(SafeTensorsError) -> (entry: SafeTensorsEntry, bytes: UnsafeRawBufferPointer) {
    guard let entry = header.entries[name] else { throw .missing(path: path, tensor: name) }
    let start = header.dataStart + entry.range.lowerBound
    return (entry, file.bytes(start..<start + entry.range.count))
  }

  /// An array over mapped bytes, or over a copy if they are not aligned for its elements.
  private func view<Element>(_ bytes: UnsafeRawBufferPointer, _ shape: Shape) -> NDArray<Element> {
    guard let base = bytes.baseAddress, shape.count > 0 else { return NDArray(uninitializedShape: shape) { _ in } }
    guard UInt(bitPattern: base) % UInt(MemoryLayout<Element>.alignment) == 0 else {
      return NDArray(uninitializedShape: shape) { UnsafeMutableRawBufferPointer($0).copyMemory(from: bytes) }
    }
    return NDArray(
      shape: shape, storage: Storage(readOnly: base, byteCount: bytes.count, owner: file), offset: 0)
  }
}
