// Lives here: the classes of Unicode scalars that tokenisation asks for, and reading scalars out of UTF-8.
// Not here: the data (UnicodeClassRuns.swift), the patterns that use the classes (SplitPattern.swift).

/// What a Unicode scalar is to a tokenizer, as the reference library sees it.
package struct ScalarClass: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `\p{L}`.
  package static let letter = ScalarClass(rawValue: 1)
  /// `\p{N}`.
  package static let number = ScalarClass(rawValue: 2)
  /// `\s`.
  package static let space = ScalarClass(rawValue: 4)
  /// `\w`: what makes an added token "part of a word".
  package static let word = ScalarClass(rawValue: 8)
  /// NFC replaces, reorders or joins it to what precedes.
  package static let mark = ScalarClass(rawValue: 16)
  /// A following mark can change it under NFC.
  package static let base = ScalarClass(rawValue: 32)
  /// NFC replaces it even when it stands alone.
  package static let changing = ScalarClass(rawValue: 64)
}

/// The class of every Unicode scalar, one byte each.
///
/// The table follows the reference library and not Swift's own Unicode version: a scalar that a later Unicode
/// version declared a letter must be cut the way the vocabulary was trained.
package enum UnicodeClasses {
  /// `ScalarClass` bits of each of the 1,114,112 code points, expanded from `runs` at first use.
  static let table: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 0x11_0000)
    for (index, run) in runs.enumerated() {
      let first = Int(run >> 8)
      let end = index + 1 < runs.count ? Int(runs[index + 1] >> 8) : table.count
      let bits = UInt8(truncatingIfNeeded: run)
      guard bits != 0 else { continue }
      for scalar in first..<end { table[scalar] = bits }
    }
    return table
  }()

  /// Class of one scalar.
  package static func of(_ scalar: Unicode.Scalar) -> ScalarClass {
    ScalarClass(rawValue: table[Int(scalar.value)])
  }
}

/// Reading scalars from UTF-8 that is known to be valid (it comes from a `String`).
enum UTF8Scalar {
  /// The code point that starts at `index`, and the index behind it.
  ///
  /// - Precondition: `bytes` is valid UTF-8 and `index` is at the start of a scalar.
  @inline(__always)
  static func decode(_ bytes: Span<UInt8>, at index: Int) -> (value: Int, next: Int) {
    let first = bytes[index]
    if first < 0x80 { return (Int(first), index + 1) }
    let second = Int(bytes[index + 1] & 0x3F)
    if first < 0xE0 { return (Int(first & 0x1F) << 6 | second, index + 2) }
    let third = Int(bytes[index + 2] & 0x3F)
    if first < 0xF0 { return (Int(first & 0x0F) << 12 | second << 6 | third, index + 3) }
    let fourth = Int(bytes[index + 3] & 0x3F)
    return (Int(first & 0x07) << 18 | second << 12 | third << 6 | fourth, index + 4)
  }

  /// Start of the scalar that ends just before `index`.
  static func start(before index: Int, in bytes: Span<UInt8>) -> Int {
    var start = index - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}
