// Lives here: what happens to text before it is cut: nothing, or canonical composition (NFC).
// Not here: the table of scalars that composition can touch (UnicodeClasses.swift).

internal import Foundation

/// What a tokenizer does to text before anything else.
public enum TextNormalizer: Equatable, Sendable {
  /// Text is taken as it is; decoding gives back every text exactly.
  case none
  /// Unicode canonical composition (NFC), as GPT-NeoX and Qwen2 ask for.
  ///
  /// Scalars that the reference library's Unicode version did not know are left alone, as it leaves them.
  case canonicalComposition

  /// The normalised text.
  public func normalize(_ text: String) -> String {
    switch self {
    case .none: text
    case .canonicalComposition:
      CanonicalComposition.compose(text.utf8.span).map { String(decoding: $0, as: UTF8.self) } ?? text
    }
  }
}

/// NFC on UTF-8, restricted to stretches that can change.
///
/// Nearly all text is in NFC already. The scan looks for scalars that can change something (`ScalarClass.mark`) and
/// normalises only the stretch of such scalars with the scalar before it. Decomposition and composition of a stretch
/// are Foundation's; the canonical ordering between them is done here, because Foundation's is quadratic in the
/// number of marks and wrong for marks that decompose into marks (U+0F73, U+0F75, U+0F81).
enum CanonicalComposition {
  /// The text in NFC, or nil if it is in NFC already.
  static func compose(_ bytes: Span<UInt8>) -> [UInt8]? {
    let classes = UnicodeClasses.table
    var output: [UInt8]?
    var copied = 0
    var index = 0
    var baseStart: Int?
    while index < bytes.count {
      if bytes[index] < 0x80 {
        // No ASCII scalar is a mark; whether it is a base is asked only when a mark follows.
        baseStart = index
        index += 1
        continue
      }
      let (value, next) = UTF8Scalar.decode(bytes, at: index)
      guard classes[value] & ScalarClass.mark.rawValue != 0 else {
        baseStart = index
        index = next
        continue
      }
      var start = index
      if let base = baseStart, classes[UTF8Scalar.decode(bytes, at: base).value] & ScalarClass.base.rawValue != 0 {
        start = base
      }
      let end = stretchEnd(of: bytes, from: index, classes: classes)
      if let composed = composeStretch(bytes.extracting(start..<end)) {
        var result = output ?? []
        append(bytes, copied..<start, to: &result)
        result.append(contentsOf: composed)
        output = result
        copied = end
      }
      baseStart = nil
      index = end
    }
    guard var result = output else { return nil }
    append(bytes, copied..<bytes.count, to: &result)
    return result
  }

  private static func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to result: inout [UInt8]) {
    result.reserveCapacity(result.count + range.count)
    for index in range { result.append(bytes[index]) }
  }

  private static func stretchEnd(of bytes: Span<UInt8>, from start: Int, classes: [UInt8]) -> Int {
    var end = start
    while end < bytes.count {
      let (value, next) = UTF8Scalar.decode(bytes, at: end)
      guard classes[value] & ScalarClass.mark.rawValue != 0 else { break }
      end = next
    }
    return end
  }

  /// NFC of a base (or none) and the marks behind it; nil if nothing changes.
  private static func composeStretch(_ bytes: Span<UInt8>) -> [UInt8]? {
    var scalars: [Unicode.Scalar] = []
    var index = 0
    while index < bytes.count {
      let (value, next) = UTF8Scalar.decode(bytes, at: index)
      scalars.append(Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}")
      index = next
    }
    if scalars.count == 1, !UnicodeClasses.of(scalars[0]).contains(.changing) { return nil }
    var decomposed = String.UnicodeScalarView()
    decomposed.append(contentsOf: inCanonicalOrder(scalars.flatMap(decomposition)))
    let composed = Array(String(decomposed).precomposedStringWithCanonicalMapping.utf8)
    let isUnchanged =
      composed.count == bytes.count && composed.indices.allSatisfy { composed[$0] == bytes[$0] }
    return isUnchanged ? nil : composed
  }

  private static func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let classes = UnicodeClasses.of(scalar)
    guard classes.contains(.changing) || classes.contains(.base) else { return [scalar] }
    return Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
  }

  /// Scalars sorted by combining class within each run of marks, equal classes keeping their order.
  private static func inCanonicalOrder(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let ranks = scalars.map { $0.properties.canonicalCombiningClass.rawValue }
    var order = Array(scalars.indices)
    var start = 0
    while start < order.count {
      guard ranks[start] != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < order.count, ranks[end] != 0 { end += 1 }
      order[start..<end].sort { (ranks[$0], $0) < (ranks[$1], $1) }
      start = end
    }
    return order.map { scalars[$0] }
  }
}
