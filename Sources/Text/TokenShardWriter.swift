// Lives here: writing token shards document by document, atomically.
// Not here: the layout of the header (TokenShardHeader.swift).

/// Writes a ``TokenShard``. The file appears under its name only when `finish` has flushed all of it to the disk;
/// a writer that is dropped before leaves nothing.
public final class TokenShardWriter {
  private let path: String
  private let file: AtomicFile
  private let endOfText: Int32?
  private let vocabularySize: Int
  private var header: TokenShardHeader
  private var checksum = Fingerprint()
  private var buffer: [UInt8] = []

  private static let flushSize = 1 << 20

  /// Opens a shard for writing; tokens take two bytes if the vocabulary allows it.
  ///
  /// - Throws: ``TokenizerError/unwritable(path:reason:)``.
  public init(to path: String, tokenizer: any Tokenizer) throws(TokenizerError) {
    self.path = path
    endOfText = tokenizer.endOfText
    vocabularySize = tokenizer.vocabularySize
    file = try AtomicFile(path: path)
    header = TokenShardHeader(
      tokenWidth: tokenizer.vocabularySize <= 1 << 16 ? 2 : 4, tokenCount: 0, documentCount: 0,
      fingerprint: tokenizer.fingerprint, largestToken: 0, checksum: 0)
    try file.write([UInt8](repeating: 0, count: TokenShardHeader.byteCount))
  }

  /// Number of tokens so far.
  public var count: Int { header.tokenCount }

  /// Appends a document and, if the vocabulary has one, the end-of-text token.
  ///
  /// - Throws: ``TokenizerError/unknownIdentifier(identifier:vocabularySize:)`` before anything of the document is
  ///   written, ``TokenizerError/unwritable(path:reason:)``.
  public func append(document tokens: [Int32]) throws(TokenizerError) {
    if let bad = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
      throw .unknownIdentifier(identifier: Int(bad), vocabularySize: vocabularySize)
    }
    let ending = endOfText.map { [$0] } ?? []
    buffer.reserveCapacity(buffer.count + (tokens.count + ending.count) * header.tokenWidth)
    Self.append(tokens, width: header.tokenWidth, to: &buffer)
    Self.append(ending, width: header.tokenWidth, to: &buffer)
    header.tokenCount += tokens.count + ending.count
    header.largestToken = max(header.largestToken, tokens.max() ?? 0, endOfText ?? 0)
    header.documentCount += 1
    if buffer.count >= Self.flushSize { try flush() }
  }

  private static func append(_ tokens: [Int32], width: Int, to buffer: inout [UInt8]) {
    for token in tokens {
      let bits = UInt32(bitPattern: token)
      buffer.append(UInt8(truncatingIfNeeded: bits))
      buffer.append(UInt8(truncatingIfNeeded: bits >> 8))
      guard width == 4 else { continue }
      buffer.append(UInt8(truncatingIfNeeded: bits >> 16))
      buffer.append(UInt8(truncatingIfNeeded: bits >> 24))
    }
  }

  private func flush() throws(TokenizerError) {
    checksum.update(buffer)
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Completes the file and gives it its name.
  ///
  /// - Returns: the shard, opened.
  /// - Throws: ``TokenizerError/unwritable(path:reason:)``; what had the name before is then still there.
  public func finish() throws(TokenizerError) -> TokenShard {
    try flush()
    header.checksum = checksum.value
    try file.overwriteStart(header.bytes)
    try file.commit()
    return try TokenShard(contentsOf: path, fingerprint: header.fingerprint)
  }
}
