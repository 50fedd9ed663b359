// The header of a safetensors file: parsing and every consistency check. Not here: bytes of tensors.

/// What a safetensors header says about one tensor.
struct SafeTensorsEntry: Sendable, Hashable {
  let type: SafeTensorsType
  let shape: Shape
  /// Bytes within the data section.
  let range: Range<Int>
}

/// The checked contents of a safetensors header.
///
/// > Source: the format description of the safetensors project: 8 bytes of length, JSON, data without holes.
struct SafeTensorsHeader: Sendable {
  /// The longest header that the reference implementation accepts.
  static let maximumLength = 100_000_000

  private(set) var entries: [String: SafeTensorsEntry] = [:]
  private(set) var metadata: [String: String] = [:]
  /// Where the data section begins in the file.
  let dataStart: Int
  private let path: String

  /// Reads and checks the header of a file with the given bytes.
  init(file: UnsafeRawBufferPointer, path: String) throws(SafeTensorsError) {
    self.path = path
    guard file.count >= 8 else { throw .fileLength(path: path, expected: 8, found: file.count) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length >= 2, length <= UInt64(Self.maximumLength) else {
      throw .headerLength(path: path, length: length, limit: Self.maximumLength)
    }
    dataStart = 8 + Int(length)
    guard dataStart <= file.count else { throw .fileLength(path: path, expected: dataStart, found: file.count) }
    let text = UnsafeRawBufferPointer(rebasing: file[8..<dataStart])
    guard text[0] == UInt8(ascii: "{") else {
      throw .header(path: path, byte: 8, expected: "'{'", found: "0x\(String(text[0], radix: 16))")
    }
    guard String(validating: text, as: UTF8.self) != nil else {
      throw .header(path: path, byte: 8, expected: "UTF-8", found: "other bytes")
    }
    try parse(text)
    try checkLayout(dataCount: file.count - dataStart)
  }

  private func wrap(_ mismatch: JSONScanner.Mismatch) -> SafeTensorsError {
    .header(path: path, byte: 8 + mismatch.byte, expected: mismatch.expected, found: mismatch.found)
  }

  private mutating func parse(_ text: UnsafeRawBufferPointer) throws(SafeTensorsError) {
    var scanner = JSONScanner(text)
    var entries: [String: SafeTensorsEntry] = [:], metadata: [String: String]?
    let path = path, header = self
    try scanner.object(
      { (scanner: inout JSONScanner, name: String) throws(SafeTensorsError) in
        if name == "__metadata__" {
          guard metadata == nil else { throw .duplicate(path: path, name: name) }
          metadata = try header.parseMetadata(&scanner)
        } else {
          let entry = try header.parseEntry(&scanner, name)
          guard entries.updateValue(entry, forKey: name) == nil else { throw .duplicate(path: path, name: name) }
        }
      }, wrap)
    do throws(JSONScanner.Mismatch) { try scanner.expectEnd() } catch { throw wrap(error) }
    self.entries = entries
    self.metadata = metadata ?? [:]
  }

  private func parseMetadata(_ scanner: inout JSONScanner) throws(SafeTensorsError) -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object(
      { (scanner: inout JSONScanner, key: String) throws(SafeTensorsError) in
        let value: String
        do throws(JSONScanner.Mismatch) { value = try scanner.string() } catch { throw wrap(error) }
        guard metadata.updateValue(value, forKey: key) == nil else {
          throw .duplicate(path: path, name: "__metadata__.\(key)")
        }
      }, wrap)
    return metadata
  }

  private func parseEntry(_ scanner: inout JSONScanner, _ name: String) throws(SafeTensorsError) -> SafeTensorsEntry {
    var typeName: String?, dimensions: [Int]?, offsets: [Int]?
    try scanner.object(
      { (scanner: inout JSONScanner, key: String) throws(SafeTensorsError) in
        let isNew: Bool
        do throws(JSONScanner.Mismatch) {
          switch key {
          case "dtype":
            isNew = typeName == nil
            typeName = try scanner.string()
          case "shape":
            isNew = dimensions == nil
            dimensions = try scanner.integers()
          case "data_offsets":
            isNew = offsets == nil
            offsets = try scanner.integers()
          default:
            throw JSONScanner.Mismatch(
              byte: scanner.position, expected: "dtype, shape or data_offsets of tensor \"\(name)\"",
              found: "\"\(key)\"")
          }
        } catch { throw wrap(error) }
        if !isNew { throw .duplicate(path: path, name: "\(name).\(key)") }
      }, wrap)
    guard let typeName, let dimensions, let offsets else {
      throw .entry(
        path: path, tensor: name, expected: "dtype, shape and data_offsets",
        found: "no \(typeName == nil ? "dtype" : dimensions == nil ? "shape" : "data_offsets")")
    }
    return try checkedEntry(name, typeName, dimensions, offsets)
  }

  /// Type, shape and offsets of one tensor, free of contradiction and overflow.
  private func checkedEntry(
    _ name: String, _ typeName: String, _ dimensions: [Int], _ offsets: [Int]
  ) throws(SafeTensorsError) -> SafeTensorsEntry {
    func failure(_ expected: String, _ found: String) -> SafeTensorsError {
      .entry(path: path, tensor: name, expected: expected, found: found)
    }
    guard let type = SafeTensorsType(rawValue: typeName) else {
      let known = SafeTensorsType.allCases.map(\.rawValue).joined(separator: ", ")
      throw failure("a dtype among \(known)", "\"\(typeName)\"")
    }
    var byteCount = type.byteCount, count = 1
    for dimension in dimensions {
      let (elements, overflow) = count.multipliedReportingOverflow(by: dimension)
      let (bytes, tooLong) = elements.multipliedReportingOverflow(by: type.byteCount)
      guard !overflow, !tooLong else { throw failure("a shape of less than 2^63 bytes", "\(dimensions)") }
      (count, byteCount) = (elements, bytes)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw failure("data_offsets [begin, end] with begin ≤ end", "\(offsets)")
    }
    guard offsets[1] - offsets[0] == byteCount else {
      throw failure(
        "\(byteCount) bytes for shape \(dimensions) of \(typeName)", "\(offsets[1] - offsets[0]) at \(offsets)")
    }
    return SafeTensorsEntry(type: type, shape: Shape(dimensions), range: offsets[0]..<offsets[1])
  }

  /// The tensors tile the data section exactly.
  private func checkLayout(dataCount: Int) throws(SafeTensorsError) {
    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = 0
    for (name, entry) in ordered {
      guard entry.range.lowerBound == end else {
        throw .layout(path: path, tensor: name, expected: end, found: entry.range.lowerBound)
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else {
      let (expected, overflow) = dataStart.addingReportingOverflow(end)
      throw .fileLength(path: path, expected: overflow ? .max : expected, found: dataStart + dataCount)
    }
  }
}
