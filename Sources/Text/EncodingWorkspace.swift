// Lives here: the memory that encoding reuses from word to word and from call to call.
// Not here: the merging itself (BytePairVocabulary+Merging.swift).

internal import Synchronization

/// Recently met words with their tokens. Natural text repeats itself: most words are found here.
struct EncodingWorkspace: Sendable {
  private struct Entry {
    var hash: UInt32 = 0
    /// 0: the slot is empty.
    var byteCount: UInt16 = 0
    var tokenCount: UInt16 = 0
    var byteStart: Int32 = 0
    var tokenStart: Int32 = 0
  }

  /// Longest word that is kept, in bytes.
  static let longestWord = 64

  private static let slotCount = 1 << 15
  private static let ways = 2
  private static let byteLimit = 1 << 20

  private var entries = [Entry](repeating: Entry(), count: slotCount)
  private var bytes: [UInt8] = []
  private var tokens: [Int32] = []

  /// Appends the tokens of a word to `output` if it is known.
  func appendTokens(of word: Span<UInt8>, hash: UInt32, to output: inout [Int32]) -> Bool {
    let first = Int(hash) & (Self.slotCount - Self.ways)
    for slot in first..<(first + Self.ways) {
      let entry = entries[slot]
      guard entry.hash == hash, Int(entry.byteCount) == word.count, matches(entry, word) else { continue }
      let start = Int(entry.tokenStart)
      for index in start..<(start + Int(entry.tokenCount)) { output.append(tokens[index]) }
      return true
    }
    return false
  }

  private func matches(_ entry: Entry, _ word: Span<UInt8>) -> Bool {
    let start = Int(entry.byteStart)
    for offset in word.indices where bytes[start + offset] != word[offset] { return false }
    return true
  }

  /// Keeps a word; when the memory is full, everything is forgotten first.
  ///
  /// - Precondition: `word` is not empty and has at most `longestWord` bytes.
  mutating func remember(_ word: Span<UInt8>, hash: UInt32, tokens found: ArraySlice<Int32>) {
    precondition(
      !word.isEmpty && word.count <= Self.longestWord,
      "EncodingWorkspace.remember: expected a word of 1 to \(Self.longestWord) bytes, got \(word.count)")
    if bytes.count + word.count > Self.byteLimit {
      bytes.removeAll(keepingCapacity: true)
      tokens.removeAll(keepingCapacity: true)
      for slot in entries.indices { entries[slot].byteCount = 0 }
    }
    let first = Int(hash) & (Self.slotCount - Self.ways)
    if entries[first].byteCount != 0 { entries[first + 1] = entries[first] }
    entries[first] = Entry(
      hash: hash, byteCount: UInt16(word.count), tokenCount: UInt16(found.count), byteStart: Int32(bytes.count),
      tokenStart: Int32(tokens.count))
    for index in word.indices { bytes.append(word[index]) }
    tokens.append(contentsOf: found)
  }
}

/// Workspaces that are not in use, so that every thread has one of its own and none is made twice.
///
/// What is in a workspace changes how fast text is encoded, never the result.
final class WorkspacePool: Sendable {
  private let idle = Mutex<[EncodingWorkspace]>([])

  private static let mostIdle = 16

  /// Runs `body` with a workspace that nobody else uses meanwhile.
  func withWorkspace<Result>(_ body: (inout EncodingWorkspace) -> Result) -> Result {
    var workspace = idle.withLock { $0.popLast() } ?? EncodingWorkspace()
    let result = body(&workspace)
    idle.withLock { [workspace] in
      if $0.count < Self.mostIdle { $0.append(workspace) }
    }
    return result
  }
}
