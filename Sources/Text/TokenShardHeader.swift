// Lives here: the 64 bytes at the start of a token shard, checked against each other and against the file.
// Not here: reading tokens (TokenShard.swift) and writing them (TokenShardWriter.swift).

/// The header of a token shard. All numbers are little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0..<8 | magic `TokShard` |
/// | 8..<12 | layout, 1 |
/// | 12..<16 | bytes of a token, 2 or 4 |
/// | 16..<24 | number of tokens |
/// | 24..<32 | number of documents |
/// | 32..<40 | fingerprint of the tokenizer |
/// | 40..<44 | largest token, 0 if there is none |
/// | 44..<48 | 0 |
/// | 48..<56 | FNV-1a of the tokens' bytes |
/// | 56..<64 | FNV-1a of bytes 0..<56 |
struct TokenShardHeader: Equatable, Sendable {
  static let magic = "TokShard"
  static let byteCount = 64
  private static let layout: UInt32 = 1

  var tokenWidth: Int
  var tokenCount: Int
  var documentCount: Int
  var fingerprint: UInt64
  var largestToken: Int32
  var checksum: UInt64

  /// The bytes of the header.
  var bytes: [UInt8] {
    var bytes = Array(Self.magic.utf8)
    append(Self.layout, to: &bytes)
    append(UInt32(tokenWidth), to: &bytes)
    append(UInt64(tokenCount), to: &bytes)
    append(UInt64(documentCount), to: &bytes)
    append(fingerprint, to: &bytes)
    append(UInt32(largestToken), to: &bytes)
    append(UInt32(0), to: &bytes)
    append(checksum, to: &bytes)
    append(Fingerprint(of: bytes).value, to: &bytes)
    return bytes
  }

  private func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  init(
    tokenWidth: Int, tokenCount: Int, documentCount: Int, fingerprint: UInt64, largestToken: Int32, checksum: UInt64
  ) {
    self.tokenWidth = tokenWidth
    self.tokenCount = tokenCount
    self.documentCount = documentCount
    self.fingerprint = fingerprint
    self.largestToken = largestToken
    self.checksum = checksum
  }

  /// Reads and checks a header.
  ///
  /// - Parameters:
  ///   - bytes: the first 64 bytes of the file, or all of a shorter one.
  ///   - fileSize: size of the whole file in bytes.
  init(_ bytes: [UInt8], fileSize: Int, path: String) throws(TokenizerError) {
    guard bytes.starts(with: Self.magic.utf8) else {
      throw .notAShard(path: path, got: bytes.isEmpty ? "an empty file" : "\(bytes.prefix(8).map { Int($0) })")
    }
    guard bytes.count >= Self.byteCount else {
      throw .truncatedShard(path: path, expected: Self.byteCount, got: fileSize)
    }
    let corrupt = { (expected: String, got: String) -> TokenizerError in
      .corruptShard(path: path, expected: expected, got: got)
    }
    let hash = Self.number(bytes, 56, UInt64.self)
    let expectedHash = Fingerprint(of: bytes[..<56]).value
    guard hash == expectedHash else {
      throw corrupt(
        "header checksum \(Fingerprint.hexadecimal(expectedHash))", Fingerprint.hexadecimal(hash))
    }
    let layout = Self.number(bytes, 8, UInt32.self)
    guard layout == Self.layout else { throw corrupt("layout \(Self.layout)", "\(layout)") }
    let width = Self.number(bytes, 12, UInt32.self)
    guard width == 2 || width == 4 else { throw corrupt("2 or 4 bytes for a token", "\(width)") }
    let largest = Self.number(bytes, 40, UInt32.self)
    guard largest <= (width == 2 ? 0xFFFF : 0x7FFF_FFFF) else {
      throw corrupt("a largest token that fits \(width) bytes", "\(largest)")
    }
    let count = Self.number(bytes, 16, UInt64.self)
    let documents = Self.number(bytes, 24, UInt64.self)
    guard count < UInt64(Int.max) / 8, documents < UInt64(Int.max) else {
      throw corrupt("a number of tokens that a file can hold", "\(count) tokens, \(documents) documents")
    }
    let expectedSize = Self.byteCount + Int(count) * Int(width)
    guard fileSize == expectedSize else {
      throw .truncatedShard(path: path, expected: expectedSize, got: fileSize)
    }
    self.init(
      tokenWidth: Int(width), tokenCount: Int(count), documentCount: Int(documents),
      fingerprint: Self.number(bytes, 32, UInt64.self), largestToken: Int32(largest),
      checksum: Self.number(bytes, 48, UInt64.self))
  }

  private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, _: Number.Type) -> Number {
    var number: Number = 0
    for index in (0..<(Number.bitWidth / 8)).reversed() {
      number = number << 8 | Number(truncatingIfNeeded: bytes[offset + index])
    }
    return number
  }
}
