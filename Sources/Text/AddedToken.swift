// Lives here: tokens that are recognised in the text as a whole, before it is cut, and how they are found.
// Not here: tokens made by merges (BytePairVocabulary.swift).

/// A token that is taken out of the text before anything else, such as `<|endoftext|>`.
public struct AddedToken: Equatable, Sendable {
  /// The text that stands for it.
  public var content: String
  /// Its identifier.
  public var identifier: Int32
  /// Whether it marks structure; decoding can leave such tokens out.
  public var isSpecial: Bool
  /// Whether it matches only where no word character touches it.
  public var isSingleWord: Bool
  /// Whether it takes the white space before it.
  public var stripsLeft: Bool
  /// Whether it takes the white space behind it.
  public var stripsRight: Bool
  /// Whether it is looked for in the normalised text instead of the original.
  public var isNormalized: Bool

  /// Makes a token; the standard values are those of a special token.
  public init(
    _ content: String, identifier: Int32, isSpecial: Bool = true, isSingleWord: Bool = false,
    stripsLeft: Bool = false, stripsRight: Bool = false, isNormalized: Bool = false
  ) {
    self.content = content
    self.identifier = identifier
    self.isSpecial = isSpecial
    self.isSingleWord = isSingleWord
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
    self.isNormalized = isNormalized
  }
}

/// Finds added tokens: leftmost first, the longest of those that start at one place.
///
/// > Source: `AddedVocabulary.find_matches` of the reference library, with its treatment of white space that two
/// > neighbouring tokens both strip.
struct AddedTokenMatcher: Sendable {
  /// A part of the text: an added token, or text between tokens.
  struct Part {
    let range: Range<Int>
    let token: AddedToken?
  }

  /// A trie in first-child, next-sibling form.
  private struct Node {
    var byte: UInt8
    var token: Int32 = -1
    var child: Int32 = -1
    var sibling: Int32 = -1
  }

  private let tokens: [AddedToken]
  private var nodes: [Node] = []
  /// First node for each first byte, or -1.
  private var roots = [Int32](repeating: -1, count: 256)

  /// - Parameter patterns: what to look for, in the order of `tokens`.
  init(_ tokens: [AddedToken], patterns: [[UInt8]]) {
    self.tokens = tokens
    for (index, pattern) in patterns.enumerated() where !pattern.isEmpty { insert(pattern, Int32(index)) }
  }

  private mutating func insert(_ pattern: [UInt8], _ token: Int32) {
    var parent: Int32 = -1
    for byte in pattern {
      var node = parent < 0 ? roots[Int(byte)] : nodes[Int(parent)].child
      while node >= 0, nodes[Int(node)].byte != byte { node = nodes[Int(node)].sibling }
      if node < 0 {
        node = Int32(nodes.count)
        nodes.append(Node(byte: byte))
        if parent < 0 {
          roots[Int(byte)] = node
        } else {
          nodes[Int(node)].sibling = nodes[Int(parent)].child
          nodes[Int(parent)].child = node
        }
      }
      parent = node
    }
    nodes[Int(parent)].token = token
  }

  /// The longest token that starts at `start`, and where it ends.
  private func match(_ bytes: Span<UInt8>, at start: Int) -> (token: AddedToken, end: Int)? {
    var node = roots[Int(bytes[start])]
    var index = start
    var found: (token: Int32, end: Int)?
    while node >= 0 {
      index += 1
      if nodes[Int(node)].token >= 0 { found = (nodes[Int(node)].token, index) }
      guard index < bytes.count else { break }
      node = nodes[Int(node)].child
      while node >= 0, nodes[Int(node)].byte != bytes[index] { node = nodes[Int(node)].sibling }
    }
    return found.map { (tokens[Int($0.token)], $0.end) }
  }

  /// Cuts the text into added tokens and what is between them; nothing for an empty text.
  ///
  /// - Parameter includingSpecial: whether special tokens are recognised; if not, they are ordinary text.
  func parts(of bytes: Span<UInt8>, includingSpecial: Bool) -> [Part] {
    var parts: [Part] = []
    var pending = 0
    var index = 0
    while !nodes.isEmpty, index < bytes.count {
      guard let (token, matchEnd) = match(bytes, at: index) else {
        index += 1
        continue
      }
      let matchStart = index
      index = matchEnd
      if token.isSpecial && !includingSpecial { continue }
      if token.isSingleWord, touchesWord(bytes, matchStart..<matchEnd) { continue }
      let start = token.stripsLeft ? max(spaceStart(before: matchStart, in: bytes), pending) : matchStart
      let end = token.stripsRight ? spaceEnd(after: matchEnd, in: bytes) : matchEnd
      if pending < start { parts.append(Part(range: pending..<start, token: nil)) }
      // White space that the token before has taken can leave nothing of this one.
      if start < end { parts.append(Part(range: start..<end, token: token)) }
      pending = end
    }
    if pending < bytes.count { parts.append(Part(range: pending..<bytes.count, token: nil)) }
    return parts
  }

  private func touchesWord(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if range.lowerBound > 0 {
      let before = UTF8Scalar.start(before: range.lowerBound, in: bytes)
      if has(.word, bytes, at: before) { return true }
    }
    return range.upperBound < bytes.count && has(.word, bytes, at: range.upperBound)
  }

  private func has(_ kind: ScalarClass, _ bytes: Span<UInt8>, at index: Int) -> Bool {
    UnicodeClasses.table[UTF8Scalar.decode(bytes, at: index).value] & kind.rawValue != 0
  }

  private func spaceStart(before end: Int, in bytes: Span<UInt8>) -> Int {
    var start = end
    while start > 0 {
      let previous = UTF8Scalar.start(before: start, in: bytes)
      guard has(.space, bytes, at: previous) else { break }
      start = previous
    }
    return start
  }

  private func spaceEnd(after start: Int, in bytes: Span<UInt8>) -> Int {
    var end = start
    while end < bytes.count, has(.space, bytes, at: end) { end = UTF8Scalar.decode(bytes, at: end).next }
    return end
  }
}
