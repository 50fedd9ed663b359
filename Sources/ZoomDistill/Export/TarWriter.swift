// Tar archives whose bytes depend on their entries alone.
// Not here: what goes into them (DatasetExport.swift).
import Foundation

/// Entries of an archive in the ustar form: no owner, no time.
///
/// > Source: POSIX.1-1988, ustar interchange format.
package struct TarWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Adds a regular file.
  ///
  /// - Precondition: the name is ASCII of at most 100 characters; sizes stay below 8 GiB.
  package mutating func add(_ name: String, _ content: [UInt8]) {
    precondition(name.utf8.count <= 100 && name.allSatisfy(\.isASCII), "TarWriter: a short ASCII name, got '\(name)'")
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    func octal(_ value: Int, digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(octal(content.count, digits: 11), at: 124)
    put("00000000000", at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(octal(sum, digits: 6) + "\u{0} ", at: 148)
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The archive with its two empty blocks at the end.
  package func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
