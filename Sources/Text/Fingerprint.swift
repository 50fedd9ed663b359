// Lives here: the 64-bit FNV-1a hash that names tokenizers and guards shard contents.
// Not here: hashing inside tables (ByteStringTable.swift, PairTable.swift).

/// FNV-1a with 64 bits, fed piece by piece.
///
/// It tells files apart that differ by accident; it is no defence against somebody who forges one.
///
/// > Source: Fowler, Noll, Vo; offset basis 0xCBF29CE484222325, prime 0x100000001B3.
public struct Fingerprint: Equatable, Sendable {
  /// The hash of what was fed so far.
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  private static let prime: UInt64 = 0x100_0000_01B3

  /// The hash of nothing.
  public init() {}

  /// The hash of a sequence of bytes.
  public init(of bytes: some Sequence<UInt8>) {
    update(bytes)
  }

  /// Feeds bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    var hash = value
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* Self.prime }
    value = hash
  }

  /// Lower-case digits with leading zeros: 2 for a byte, 16 for a fingerprint.
  static func hexadecimal(_ number: some FixedWidthInteger & UnsignedInteger) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: type(of: number).bitWidth / 4 - digits.count) + digits
  }
}
