// Lives here: reading text files strictly, and listing them.
// Not here: writing (AtomicFile.swift).

internal import Foundation

/// Text files from outside: everything is checked, nothing is repaired silently.
public enum TextFile {
  /// The text of a UTF-8 file.
  ///
  /// - Throws: ``TokenizerError``: not found, unreadable, or not UTF-8 (with the offset of the first bad byte).
  public static func read(_ path: String) throws(TokenizerError) -> String {
    let bytes = try readBytes(path)
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let offset = firstInvalidOffset(in: bytes) ?? 0
    throw .invalidUTF8(path: path, offset: offset, byte: offset < bytes.count ? bytes[offset] : 0)
  }

  /// All regular files under `paths`, folders searched recursively in sorted order, hidden files skipped.
  ///
  /// - Throws: ``TokenizerError/fileNotFound(path:)`` for a path at which nothing is.
  public static func list(_ paths: [String]) throws(TokenizerError) -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw .fileNotFound(path: path)
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      let found: [String]
      do {
        found = try FileManager.default.subpathsOfDirectory(atPath: path)
      } catch {
        throw .unreadable(path: path, reason: TokenizerError.reason(error))
      }
      for relative in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
        guard !relative.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
        let full = path.hasSuffix("/") ? path + relative : path + "/" + relative
        if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue {
          files.append(full)
        }
      }
    }
    return files
  }

  /// The parts of a text between occurrences of a separator, compared byte by byte; empty parts are left out.
  ///
  /// - Precondition: `separator` is not empty.
  public static func documents(in text: String, separatedBy separator: String) -> [String] {
    var documents: [String] = []
    let bytes = text.utf8.span
    SplitPattern.literal(separator).forEachStretch(of: bytes) { range, isMatch in
      guard !isMatch else { return }
      documents.append(String(decoding: range.map { bytes[$0] }, as: UTF8.self))
    }
    return documents
  }

  /// The bytes of a file.
  static func readBytes(_ path: String) throws(TokenizerError) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .fileNotFound(path: path)
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "a folder") }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(path: path, reason: TokenizerError.reason(error))
    }
  }

  /// Offset of the first byte that cannot belong to UTF-8, or nil if all can.
  ///
  /// A sequence that is cut off or malformed is reported at its first byte.
  ///
  /// > Source: The Unicode Standard, table 3-7, well-formed UTF-8 byte sequences.
  static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      guard first >= 0x80 else {
        index += 1
        continue
      }
      let (length, second): (Int, ClosedRange<UInt8>)
      switch first {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return index
      }
      guard index + length <= bytes.count, second.contains(bytes[index + 1]),
        bytes[(index + 2)..<(index + length)].allSatisfy({ $0 & 0xC0 == 0x80 })
      else { return index }
      index += length
    }
    return nil
  }
}
