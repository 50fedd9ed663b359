// Tar archives whose bytes depend on their entries alone.
// Not here: what goes into them (DatasetExport.swift), the file that they go to (Lab's AtomicFileWriter).
package import Foundation

/// Writes an archive in the ustar form, without owners and times, entry by entry: none of it stays in memory.
///
/// > Source: POSIX.1-1988, ustar interchange format.
package struct TarWriter<Failure: Error> {
  private let sink: (Data) throws(Failure) -> Void

  /// An archive whose bytes go to `sink` in their order.
  package init(_ sink: @escaping (Data) throws(Failure) -> Void) { self.sink = sink }

  /// Adds a regular file.
  ///
  /// - Throws: what the sink throws.
  /// - Precondition: the name is ASCII of at most 100 characters; the content stays below 8 GiB.
  package func add(_ name: String, _ content: Data) throws(Failure) {
    try sink(Self.header(name, size: content.count))
    try sink(content)
    try sink(Data(count: (512 - content.count % 512) % 512))
  }

  /// Ends the archive with its two empty blocks.
  ///
  /// - Throws: what the sink throws.
  package func finish() throws(Failure) { try sink(Data(count: 1024)) }

  private static func header(_ name: String, size: Int) -> Data {
    precondition(name.utf8.count <= 100 && name.allSatisfy(\.isASCII), "TarWriter: a short ASCII name, got '\(name)'")
    precondition(size < 1 << 33, "TarWriter: less than 8 GiB an entry, got \(size) bytes")
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
    put(octal(size, digits: 11), at: 124)
    put("00000000000", at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(octal(sum, digits: 6) + "\u{0} ", at: 148)
    return Data(header)
  }
}
