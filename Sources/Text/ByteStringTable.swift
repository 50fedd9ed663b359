// Lives here: a set of byte strings, each with a dense index, for vocabularies and word counts.
// Not here: pairs of tokens (PairTable.swift).

/// Byte strings numbered in the order of their first insertion.
///
/// Swift strings are not used as keys: they compare by canonical equivalence, and tokens are bytes.
struct ByteStringTable: Sendable {
  private var storage: [UInt8] = []
  private var ends: [Int] = [0]
  private var hashes: [UInt32] = []
  /// Open addressing with linear probing: index + 1, or 0 for an empty slot; a power of two, at most half full.
  private var slots: [Int32] = []

  /// Number of strings.
  var count: Int { hashes.count }

  /// The bytes of a string.
  subscript(index: Int) -> ArraySlice<UInt8> { storage[ends[index]..<ends[index + 1]] }

  /// Where the bytes of a string are in `withStorage`.
  func range(of index: Int) -> Range<Int> { ends[index]..<ends[index + 1] }

  /// All strings, one behind the other.
  var joined: [UInt8] { storage }

  /// Index of a string, or nil.
  func index(of string: Span<UInt8>) -> Int? {
    guard !slots.isEmpty else { return nil }
    let hash = Self.hash(string)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash, equals(index, string) { return index }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Index of a string, which is added if it is new.
  mutating func insert(_ string: Span<UInt8>) -> (index: Int, isNew: Bool) {
    if 2 * (count + 1) > slots.count { grow() }
    let hash = Self.hash(string)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if hashes[index] == hash, equals(index, string) { return (index, false) }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(count + 1)
    hashes.append(hash)
    for index in string.indices { storage.append(string[index]) }
    ends.append(storage.count)
    return (count - 1, true)
  }

  private func equals(_ index: Int, _ string: Span<UInt8>) -> Bool {
    let start = ends[index]
    guard ends[index + 1] - start == string.count else { return false }
    for offset in string.indices where storage[start + offset] != string[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: max(16, 2 * slots.count))
    let mask = slots.count - 1
    for (index, hash) in hashes.enumerated() {
      var slot = Int(hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index + 1)
    }
  }

  /// FNV-1a, its upper half folded in so that low bits depend on every byte.
  static func hash(_ string: Span<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in string.indices { hash = (hash ^ UInt64(string[index])) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
