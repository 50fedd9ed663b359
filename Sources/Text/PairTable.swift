// Lives here: a hash table from pairs of token identifiers to 64-bit values.
// Not here: what the values mean (merge ranks in BytePairVocabulary.swift, counts in MergeLearner.swift).

/// Two neighbouring tokens; ordered by the left identifier, then by the right.
struct TokenPair: Hashable, Comparable, Sendable {
  /// Left identifier in the upper half, right in the lower.
  let key: UInt64

  @inline(__always)
  init(_ left: Int32, _ right: Int32) {
    key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  var left: Int32 { Int32(truncatingIfNeeded: key >> 32) }
  var right: Int32 { Int32(truncatingIfNeeded: key) }

  static func < (first: TokenPair, second: TokenPair) -> Bool { first.key < second.key }
}

/// Open addressing with linear probing; keys are never removed.
struct PairTable: Sendable {
  private struct Slot {
    var key: UInt64
    var value: Int
  }

  /// No pair has this key: identifiers are not negative.
  private static let empty = UInt64.max

  private var slots: [Slot]
  private(set) var count = 0

  /// A table that holds `capacity` pairs without growing.
  init(capacity: Int = 8) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = [Slot](repeating: Slot(key: Self.empty, value: 0), count: size)
  }

  /// The value of a pair, or nil.
  @inline(__always)
  subscript(pair: TokenPair) -> Int? {
    let slot = slots[position(of: pair.key)]
    return slot.key == Self.empty ? nil : slot.value
  }

  /// Sets the value of a pair.
  mutating func set(_ pair: TokenPair, to value: Int) {
    slots[claim(pair.key)].value = value
  }

  /// Adds to the value of a pair, which starts at 0, and returns the sum.
  mutating func add(_ amount: Int, to pair: TokenPair) -> Int {
    let position = claim(pair.key)
    slots[position].value += amount
    return slots[position].value
  }

  /// Slot of a key, or the empty slot at which the search for it ended.
  @inline(__always)
  private func position(of key: UInt64) -> Int {
    let mask = slots.count - 1
    // Fibonacci hashing: the upper bits of the product depend on all bits of the key.
    var position = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 24) & mask
    while slots[position].key != key, slots[position].key != Self.empty { position = (position + 1) & mask }
    return position
  }

  private mutating func claim(_ key: UInt64) -> Int {
    let found = position(of: key)
    if slots[found].key == key { return found }
    count += 1
    guard 2 * count > slots.count else {
      slots[found] = Slot(key: key, value: 0)
      return found
    }
    let old = slots
    slots = [Slot](repeating: Slot(key: Self.empty, value: 0), count: 2 * old.count)
    for slot in old where slot.key != Self.empty { slots[position(of: slot.key)] = slot }
    let grown = position(of: key)
    slots[grown] = Slot(key: key, value: 0)
    return grown
  }
}
