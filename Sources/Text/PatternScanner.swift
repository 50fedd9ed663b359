// Lives here: where one match of the GPT-2 and GPT-4 expressions ends, decided scalar by scalar.
// Not here: which expression a file asks for (SplitPattern.swift).

/// Finds the end of the match that starts at an index; both expressions match something at every index.
///
/// Work is linear in the text: a match looks at most one run of white space beyond its end.
struct PatternScanner {
  /// `UnicodeClasses.table`.
  let classes: [UInt8]

  private static let letter = ScalarClass.letter.rawValue
  private static let number = ScalarClass.number.rawValue
  private static let space = ScalarClass.space.rawValue
  private static let textual = letter | number | space

  /// End of the GPT-2 match at `start`:
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
  func gpt2End(of bytes: Span<UInt8>, from start: Int) -> Int {
    if bytes[start] == UInt8(ascii: "'"), let end = contractionEnd(of: bytes, from: start, foldingCase: false) {
      return end
    }
    var (kind, next) = classify(bytes, start)
    if bytes[start] == UInt8(ascii: " "), next < bytes.count {
      let (kindAfter, afterThat) = classify(bytes, next)
      if kindAfter & Self.space == 0 { (kind, next) = (kindAfter, afterThat) }
    }
    if kind & Self.letter != 0 { return runEnd(of: bytes, from: next, in: Self.letter) }
    if kind & Self.number != 0 { return runEnd(of: bytes, from: next, in: Self.number) }
    if kind & Self.space == 0 { return symbolRunEnd(of: bytes, from: next) }
    return spaceEnd(of: bytes, from: start, stoppingAtLines: false)
  }

  /// End of the GPT-4 match at `start`, with at most `digits` numerals in a match:
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|`
  /// `\s+(?!\S)|\s+`.
  func gpt4End(of bytes: Span<UInt8>, from start: Int, digits: Int) -> Int {
    let first = bytes[start]
    if first == UInt8(ascii: "'"), let end = contractionEnd(of: bytes, from: start, foldingCase: true) {
      return end
    }
    let (kind, next) = classify(bytes, start)
    if kind & Self.letter != 0 { return runEnd(of: bytes, from: next, in: Self.letter) }
    if kind & Self.number != 0 {
      return runEnd(of: bytes, from: next, in: Self.number, atMost: digits - 1)
    }
    var symbols: Int? = kind & Self.space == 0 ? next : nil
    if next < bytes.count, !Self.isLineBreak(first) {
      let (kindAfter, afterThat) = classify(bytes, next)
      if kindAfter & Self.letter != 0 { return runEnd(of: bytes, from: afterThat, in: Self.letter) }
      if first == UInt8(ascii: " "), kindAfter & Self.textual == 0 { symbols = afterThat }
    }
    if let symbols {
      var end = symbolRunEnd(of: bytes, from: symbols)
      while end < bytes.count, Self.isLineBreak(bytes[end]) { end += 1 }
      return end
    }
    return spaceEnd(of: bytes, from: start, stoppingAtLines: true)
  }

  private static func isLineBreak(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// Class bits of the scalar at `index`, and the index behind it.
  @inline(__always)
  private func classify(_ bytes: Span<UInt8>, _ index: Int) -> (kind: UInt8, next: Int) {
    let (value, next) = UTF8Scalar.decode(bytes, at: index)
    return (classes[value], next)
  }

  /// First index from `start` on whose scalar is not of the class, after at most `limit` scalars.
  @inline(__always)
  private func runEnd(of bytes: Span<UInt8>, from start: Int, in kind: UInt8, atMost limit: Int = .max) -> Int {
    var end = start
    var taken = 0
    while end < bytes.count, taken < limit {
      let (found, next) = classify(bytes, end)
      guard found & kind != 0 else { break }
      end = next
      taken += 1
    }
    return end
  }

  /// First index from `start` on whose scalar is a letter, a number or white space.
  @inline(__always)
  private func symbolRunEnd(of bytes: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < bytes.count {
      let (found, next) = classify(bytes, end)
      guard found & Self.textual == 0 else { break }
      end = next
    }
    return end
  }

  /// End of a match inside the run of white space that starts at `start`.
  ///
  /// `\s*[\r\n]+` takes the run up to its last line break (only with `stoppingAtLines`); `\s+(?!\S)` takes all of a
  /// run that ends the text, otherwise all but its last scalar; `\s+` is left with runs of one scalar.
  private func spaceEnd(of bytes: Span<UInt8>, from start: Int, stoppingAtLines: Bool) -> Int {
    var end = start
    var last = start
    var afterLineBreak: Int?
    while end < bytes.count {
      let (found, next) = classify(bytes, end)
      guard found & Self.space != 0 else { break }
      if stoppingAtLines, Self.isLineBreak(bytes[end]) { afterLineBreak = next }
      last = end
      end = next
    }
    if let afterLineBreak { return afterLineBreak }
    return end == bytes.count || last == start ? end : last
  }

  /// End of `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` or `'ll` at `start`, or nil.
  ///
  /// Folding case also takes U+017F (long s) for an s, as Unicode case folding does.
  private func contractionEnd(of bytes: Span<UInt8>, from start: Int, foldingCase: Bool) -> Int? {
    let first = letter(of: bytes, at: start + 1, foldingCase: foldingCase)
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return letter(of: bytes, at: start + 2, foldingCase: foldingCase) == UInt8(ascii: "e") ? start + 3 : nil
    case UInt8(ascii: "l"):
      return letter(of: bytes, at: start + 2, foldingCase: foldingCase) == UInt8(ascii: "l") ? start + 3 : nil
    default:
      let isLongS =
        foldingCase && start + 2 < bytes.count && bytes[start + 1] == 0xC5 && bytes[start + 2] == 0xBF
      return isLongS ? start + 3 : nil
    }
  }

  /// The ASCII byte at `index`, in lower case if asked for; 0 behind the end.
  private func letter(of bytes: Span<UInt8>, at index: Int, foldingCase: Bool) -> UInt8 {
    guard index < bytes.count else { return 0 }
    let byte = bytes[index]
    let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    return foldingCase && isUpper ? byte | 0x20 : byte
  }
}
