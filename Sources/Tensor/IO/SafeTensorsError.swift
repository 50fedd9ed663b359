// Every way in which reading or writing a safetensors file can fail.

/// A safetensors file that cannot be read or written.
public enum SafeTensorsError: Error, Hashable, Sendable {
  /// The file cannot be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The file cannot be written; an older file of that name is intact.
  case unwritable(path: String, reason: String)
  /// The header's length is impossible.
  case headerLength(path: String, length: UInt64, limit: Int)
  /// The header is not the JSON that the format asks for; `byte` counts from the beginning of the file.
  case header(path: String, byte: Int, expected: String, found: String)
  /// A name occurs twice.
  case duplicate(path: String, name: String)
  /// A name that the format reserves, or that JSON cannot carry.
  case reservedName(path: String, name: String)
  /// A tensor's entry contradicts itself or the format.
  case entry(path: String, tensor: String, expected: String, found: String)
  /// A tensor does not begin where the one before it ends.
  case layout(path: String, tensor: String, expected: Int, found: Int)
  /// The file's length is not what its header describes.
  case fileLength(path: String, expected: Int, found: Int)
  /// There is no tensor of that name.
  case missing(path: String, tensor: String)
  /// A tensor has elements of another type than asked for.
  case elementType(path: String, tensor: String, expected: String, found: String)
}

extension SafeTensorsError: CustomStringConvertible {
  /// What, where: expected, found, and a hint.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason). An older file of that name is unchanged."
    case .headerLength(let path, let length, let limit):
      "bad header length in \(path), byte 0: expected 2 to \(limit), got \(length). "
        + "Hint: the file is truncated or no safetensors file."
    case .header(let path, let byte, let expected, let found):
      "bad header in \(path), byte \(byte): expected \(expected), got \(found)."
    case .duplicate(let path, let name):
      "duplicate name in \(path): expected \"\(name)\" once, got it twice."
    case .reservedName(let path, let name):
      "reserved name in \(path): \"\(name)\" cannot name a tensor."
    case .entry(let path, let tensor, let expected, let found):
      "bad tensor \"\(tensor)\" in \(path): expected \(expected), got \(found)."
    case .layout(let path, let tensor, let expected, let found):
      "bad layout in \(path): expected tensor \"\(tensor)\" to begin at data byte \(expected), got \(found). "
        + (found < expected ? "It overlaps the tensor before it." : "There is a hole before it.")
    case .fileLength(let path, let expected, let found):
      "bad length of \(path): expected \(expected) bytes, got \(found). "
        + (found < expected ? "Hint: the file is truncated." : "There are bytes that no tensor owns.")
    case .missing(let path, let tensor):
      "no tensor \"\(tensor)\" in \(path)."
    case .elementType(let path, let tensor, let expected, let found):
      "wrong element type of tensor \"\(tensor)\" in \(path): expected \(expected), got \(found)."
    }
  }
}
