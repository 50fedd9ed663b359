// Lives here: token shards: what is written is read; whatever is damaged is refused.
// Not here: where tokens come from.

import Foundation
import Testing
import Text

@Suite struct TokenShardTests {
  private func write(_ documents: [[Int32]], to path: String, _ tokenizer: any Tokenizer) throws -> TokenShard {
    let writer = try TokenShardWriter(to: path, tokenizer: tokenizer)
    for document in documents { try writer.append(document: document) }
    return try writer.finish()
  }

  @Test func windowsAreTheTokensWritten() throws {
    let folder = try TemporaryFolder()
    let tokenizer = ByteTokenizer()
    let shard = try write([[1, 2, 3], [], [255]], to: folder.file("a.shard"), tokenizer)
    #expect(shard.count == 7)
    #expect(shard.documentCount == 3)
    #expect(shard.tokenWidth == 2)
    #expect(shard.largestToken == 256)
    #expect(shard.window(at: 0, length: 7) == [1, 2, 3, 256, 256, 255, 256])
    #expect(shard.window(at: 5, length: 2) == [255, 256])
    #expect(shard.window(at: 7, length: 0).isEmpty)
    try shard.verify()
    #expect(folder.contents == ["a.shard"])
    let again = try TokenShard(contentsOf: folder.file("a.shard"), tokenizer: tokenizer)
    #expect(again.window(at: 0, length: 7) == shard.window(at: 0, length: 7))
  }

  @Test func largeVocabulariesTakeFourBytes() throws {
    let folder = try TemporaryFolder()
    let tokenizer = WideTokenizer()
    var generator = SeededGenerator(seed: 3)
    let tokens = (0..<300_000).map { _ in Int32.random(in: 0..<100_278, using: &generator) }
    let shard = try write([tokens], to: folder.file("wide.shard"), tokenizer)
    #expect(shard.tokenWidth == 4)
    #expect(shard.window(at: 0, length: shard.count) == tokens)
    #expect(shard.window(at: 123_456, length: 1_000) == Array(tokens[123_456..<124_456]))
    try shard.verify()
  }

  @Test func anUnfinishedWriterLeavesNothingAndReplacesNothing() throws {
    let folder = try TemporaryFolder()
    let shard = try write([[1]], to: folder.file("a.shard"), ByteTokenizer())
    do {
      let writer = try TokenShardWriter(to: folder.file("a.shard"), tokenizer: ByteTokenizer())
      try writer.append(document: [2, 2])
    }
    #expect(folder.contents == ["a.shard"])
    #expect(try TokenShard(contentsOf: folder.file("a.shard")).window(at: 0, length: 2) == [1, 256])
    // A shard that is open keeps its content when a new one takes its name.
    _ = try write([[9, 9, 9]], to: folder.file("a.shard"), ByteTokenizer())
    #expect(shard.window(at: 0, length: 2) == [1, 256])
    #expect(try TokenShard(contentsOf: folder.file("a.shard")).count == 4)
  }

  @Test func tokensOutsideTheVocabularyAreRefused() throws {
    let folder = try TemporaryFolder()
    let writer = try TokenShardWriter(to: folder.file("a.shard"), tokenizer: ByteTokenizer())
    #expect(throws: TokenizerError.unknownIdentifier(identifier: 257, vocabularySize: 257)) {
      try writer.append(document: [1, 257])
    }
    #expect(throws: TokenizerError.unknownIdentifier(identifier: -1, vocabularySize: 257)) {
      try writer.append(document: [-1])
    }
    #expect(writer.count == 0)
  }

  @Test func aFolderThatIsMissingIsReported() throws {
    let folder = try TemporaryFolder()
    #expect(throws: TokenizerError.self) {
      try TokenShardWriter(to: folder.file("no/such/a.shard"), tokenizer: ByteTokenizer())
    }
    #expect(throws: TokenizerError.fileNotFound(path: folder.file("none"))) {
      try TokenShard(contentsOf: folder.file("none"))
    }
    #expect(throws: TokenizerError.unreadable(path: folder.path, reason: "a folder")) {
      try TokenShard(contentsOf: folder.path)
    }
  }

  @Test func anotherTokenizerIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.shard")
    _ = try write([[1, 2]], to: path, ByteTokenizer())
    #expect(
      throws: TokenizerError.wrongFingerprint(
        path: path, expected: WideTokenizer().fingerprint, got: ByteTokenizer().fingerprint)
    ) {
      try TokenShard(contentsOf: path, tokenizer: WideTokenizer())
    }
    #expect(throws: TokenizerError.self) {
      try TokenShard(contentsOf: path, fingerprint: ByteTokenizer().fingerprint, vocabularySize: 200)
    }
  }

  @Test func everyTruncationAndEveryFlippedHeaderBitIsRefused() throws {
    let folder = try TemporaryFolder()
    _ = try write([[1, 2, 3, 4]], to: folder.file("a.shard"), ByteTokenizer())
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.shard"))))
    #expect(bytes.count == 64 + 10)
    for length in 0..<bytes.count {
      let path = try folder.write(Array(bytes[..<length]), to: "cut.shard")
      #expect(throws: TokenizerError.self, "length \(length)") { try TokenShard(contentsOf: path) }
    }
    let longer = try folder.write(bytes + [0], to: "long.shard")
    #expect(throws: TokenizerError.truncatedShard(path: longer, expected: 74, got: 75)) {
      try TokenShard(contentsOf: longer)
    }
    for bit in 0..<(64 * 8) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let path = try folder.write(damaged, to: "flip.shard")
      #expect(throws: TokenizerError.self, "bit \(bit)") { try TokenShard(contentsOf: path) }
    }
    for bit in (64 * 8)..<(74 * 8) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let shard = try TokenShard(contentsOf: try folder.write(damaged, to: "flip.shard"))
      #expect(throws: TokenizerError.self, "bit \(bit)") { try shard.verify() }
    }
  }

  /// Headers whose checksum is right and whose numbers are not.
  @Test(arguments: [
    (16, UInt64.max), (16, UInt64(Int.max)), (16, UInt64(Int.max) / 2 + 1), (16, 1 << 62), (16, 6), (16, 0),
    (24, UInt64.max), (12, 0), (12, 3), (12, 1 << 31), (8, 2), (40, 0xFFFF_FFFF),
  ])
  func consistentLiesInTheHeaderAreRefused(offset: Int, value: UInt64) throws {
    let folder = try TemporaryFolder()
    _ = try write([[1, 2, 3, 4]], to: folder.file("a.shard"), ByteTokenizer())
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.shard"))))
    let width = [8, 12, 40].contains(offset) ? 4 : 8
    for index in 0..<width { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    let hash = Fingerprint(of: bytes[..<56]).value
    for index in 0..<8 { bytes[56 + index] = UInt8(truncatingIfNeeded: hash >> UInt64(8 * index)) }
    let path = try folder.write(bytes, to: "lie.shard")
    #expect(throws: TokenizerError.self) { try TokenShard(contentsOf: path) }
  }

  @Test func filesOfOtherKindsAreNamedAsSuch() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write([], to: "empty")
    #expect(throws: TokenizerError.notAShard(path: empty, got: "an empty file")) { try TokenShard(contentsOf: empty) }
    let text = try folder.write(Array(String(repeating: "text ", count: 40).utf8), to: "text")
    #expect(throws: TokenizerError.self) { try TokenShard(contentsOf: text) }
  }

  @Test func aCorpusChecksItsDomains() throws {
    let folder = try TemporaryFolder()
    let first = try write([[1, 2, 3, 4, 5]], to: folder.file("a.shard"), ByteTokenizer())
    let second = try write([[7]], to: folder.file("b.shard"), ByteTokenizer())
    let other = try write([[7]], to: folder.file("c.shard"), WideTokenizer())
    let corpus = try TokenCorpus([.init(name: "books", shard: first), .init(name: "web", shard: second)])
    #expect(corpus.count == 8)
    #expect(corpus["web"]?.count == 2)
    #expect(corpus["none"] == nil)
    #expect(corpus.windowCount(ofDomain: 0, length: 4) == 1)
    #expect(corpus.window(ofDomain: 0, at: 2, length: 3) == [3, 4, 5])
    #expect(corpus.fingerprint == ByteTokenizer().fingerprint)
    #expect(throws: TokenizerError.self) { try TokenCorpus([]) }
    #expect(throws: TokenizerError.self) {
      try TokenCorpus([.init(name: "a", shard: first), .init(name: "a", shard: second)])
    }
    #expect(throws: TokenizerError.self) {
      try TokenCorpus([.init(name: "a", shard: first), .init(name: "b", shard: other)])
    }
  }
}

/// A vocabulary that needs four bytes for a token, without an end of text.
private struct WideTokenizer: Tokenizer {
  var vocabularySize: Int { 100_278 }
  var specialTokens: [String: Int32] { [:] }
  var endOfText: Int32? { nil }
  var fingerprint: UInt64 { 42 }
  func encode(_ text: String) -> [Int32] { text.unicodeScalars.map { Int32($0.value % 100_278) } }
  func bytes(of identifier: Int32) -> [UInt8]? { [0x41] }
  func isSpecial(_ identifier: Int32) -> Bool { false }
}
