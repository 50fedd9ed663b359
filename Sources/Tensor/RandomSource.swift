// Counter-based random numbers: the same seed and names give the same numbers on every machine.
// Not here: whole arrays of them (RandomSource+Arrays.swift).

/// One block of Philox4x32 with ten rounds: a pure function of counter and key.
///
/// > Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; vectors of Random123.
package struct Philox: Sendable {
  private let first: UInt32
  private let second: UInt32

  /// The generator with a 64-bit key.
  package init(key: UInt64) {
    first = UInt32(truncatingIfNeeded: key)
    second = UInt32(truncatingIfNeeded: key >> 32)
  }

  /// Four random words for a counter.
  @inline(__always)
  package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (first, second)
    for _ in 0..<10 {
      let p0 = UInt64(c0) &* 0xD251_1F53, p1 = UInt64(c2) &* 0xCD9E_8D57
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }

  /// Block `index` of the stream of numbers; the upper half of the counter is 0, which key derivation never uses.
  @inline(__always)
  package func block(_ index: UInt64) -> SIMD4<UInt32> {
    block(SIMD4(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, 0))
  }

  /// A new key from this key, a word and a purpose other than 0.
  func key(_ word: UInt64, purpose: UInt32, length: Int) -> UInt64 {
    let words = block(
      SIMD4(
        UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32), UInt32(truncatingIfNeeded: length),
        purpose))
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }
}

/// A stream of random numbers, and the root of further streams.
///
/// A source is a value: a key and a position. `split` derives independent sources by name or number from the key alone,
/// so that the numbers of one part of a program do not depend on how many another part has drawn. The state can be
/// stored and restored exactly.
///
/// ```swift
/// let root = RandomSource(seed: 7)
/// let weights = Tensor.normal([64, 64], deviation: 0.02, from: root.split("weights"))
/// var order = root.split("order").split(epoch)
/// let windows = order.permutation(count)
/// ```
public struct RandomSource: RandomNumberGenerator, Sendable, Hashable {
  /// Identifies the stream.
  public let key: UInt64
  /// The number of 32-bit words drawn so far.
  public private(set) var position: UInt64
  private var words: SIMD4<UInt32>

  /// The stream of a seed, at its beginning.
  public init(seed: UInt64) { self.init(key: seed, position: 0) }

  init(key: UInt64, position: UInt64) {
    self.key = key
    self.position = position
    self.words = position % 4 == 0 ? .zero : Philox(key: key).block(position / 4)
  }

  /// The stream of a name under this key, at its beginning.
  public func split(_ name: String) -> RandomSource {
    let bytes = Array(name.utf8)
    var key = key
    // The name is absorbed eight bytes at a time; every block knows the name's length, so that no name is the
    // beginning of another.
    for start in stride(from: 0, through: bytes.count, by: 8) {
      var word: UInt64 = 0
      for (shift, byte) in bytes[start..<min(start + 8, bytes.count)].enumerated() {
        word |= UInt64(byte) << UInt64(8 * shift)
      }
      key = Philox(key: key).key(word, purpose: 1, length: bytes.count)
    }
    return RandomSource(key: key, position: 0)
  }

  /// The stream of a number under this key, at its beginning.
  public func split(_ index: Int) -> RandomSource {
    let key = Philox(key: key).key(UInt64(bitPattern: Int64(index)), purpose: 2, length: 0)
    return RandomSource(key: key, position: 0)
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    let lane = Int(position % 4)
    if lane == 0 { words = Philox(key: key).block(position / 4) }
    position += 1
    return words[lane]
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 { UInt64(nextWord()) | UInt64(nextWord()) << 32 }

  /// A number of the interval [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of `range`.
  public mutating func uniform(in range: Range<Double>) -> Double {
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    return value < range.upperBound ? value : range.lowerBound  // the sum may have been rounded up
  }

  /// A number of the standard normal distribution.
  public mutating func normal() -> Double { NormalPair(next(), next()).cosine }

  /// An integer of `0..<limit`, every one equally likely.
  ///
  /// - Precondition: `limit > 0`.
  /// > Source: Lemire, "Fast random integer generation in an interval", 2019.
  public mutating func integer(below limit: Int) -> Int {
    precondition(limit > 0, "RandomSource.integer: nothing lies below \(limit)")
    let bound = UInt64(limit)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let rejected = (0 &- bound) % bound  // 2^64 mod bound
      while product.low < rejected { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The numbers `0..<count` in random order.
  ///
  /// - Precondition: `count ≥ 0`.
  public mutating func permutation(_ count: Int) -> [Int] { shuffled(Array(0..<count)) }

  /// The elements in random order, every order equally likely.
  public mutating func shuffled<Item>(_ items: [Item]) -> [Item] {
    var items = items
    for last in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(last, integer(below: last + 1)) }
    return items
  }

  /// Sources are equal if they will draw the same numbers.
  public static func == (left: Self, right: Self) -> Bool { left.key == right.key && left.position == right.position }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(key)
    hasher.combine(position)
  }
}

extension RandomSource: Codable {
  private enum CodingKeys: String, CodingKey { case key, position }

  /// Restores key and position.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      key: try container.decode(UInt64.self, forKey: .key),
      position: try container.decode(UInt64.self, forKey: .position))
  }

  /// Stores key and position.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(key, forKey: .key)
    try container.encode(position, forKey: .position)
  }
}
