// Lives here: a file of tokens, mapped into memory, and windows into it.
// Not here: the header (TokenShardHeader.swift), writing (TokenShardWriter.swift), several shards (TokenCorpus.swift).

internal import Foundation

/// A stream of tokens on disk: documents one behind the other, each followed by the end-of-text token.
///
/// The file is mapped, not read: opening is immediate and a window touches only its own pages. A file must not be
/// truncated while it is open; ``TokenShardWriter`` replaces files instead of changing them.
public struct TokenShard: Sendable {
  /// Path of the file.
  public let path: String
  private let header: TokenShardHeader
  private let data: Data

  /// Opens a shard.
  ///
  /// - Parameters:
  ///   - fingerprint: ``Tokenizer/fingerprint`` of the tokenizer in use; nil accepts any.
  ///   - vocabularySize: bound that every token in the file must respect; nil accepts any.
  /// - Throws: ``TokenizerError``: not found, not a shard, truncated, corrupt, written with another tokenizer.
  public init(
    contentsOf path: String, fingerprint: UInt64? = nil, vocabularySize: Int? = nil
  ) throws(TokenizerError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .fileNotFound(path: path)
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "a folder") }
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw .unreadable(path: path, reason: TokenizerError.reason(error))
    }
    let start = [UInt8](data.prefix(TokenShardHeader.byteCount))
    header = try TokenShardHeader(start, fileSize: data.count, path: path)
    self.path = path
    if let fingerprint, header.fingerprint != fingerprint {
      throw .wrongFingerprint(path: path, expected: fingerprint, got: header.fingerprint)
    }
    if let vocabularySize, Int(header.largestToken) >= vocabularySize {
      throw .corruptShard(
        path: path, expected: "tokens below the vocabulary size \(vocabularySize)", got: "\(header.largestToken)")
    }
  }

  /// Opens a shard that was written with `tokenizer`.
  ///
  /// - Throws: as ``init(contentsOf:fingerprint:vocabularySize:)``.
  public init(contentsOf path: String, tokenizer: any Tokenizer) throws(TokenizerError) {
    try self.init(
      contentsOf: path, fingerprint: tokenizer.fingerprint, vocabularySize: tokenizer.vocabularySize)
  }

  /// Number of tokens.
  public var count: Int { header.tokenCount }
  /// Number of documents.
  public var documentCount: Int { header.documentCount }
  /// Bytes of one token in the file: 2 or 4.
  public var tokenWidth: Int { header.tokenWidth }
  /// Fingerprint of the tokenizer that made the tokens.
  public var fingerprint: UInt64 { header.fingerprint }
  /// Largest token in the file; 0 if it is empty.
  public var largestToken: Int32 { header.largestToken }

  /// `length` tokens from `start` on, `[T]`.
  ///
  /// - Precondition: `start..<start + length` lies in `0..<count`.
  public func window(at start: Int, length: Int) -> [Int32] {
    precondition(length >= 0, "TokenShard.window: expected a length from 0 on, got \(length)")
    var tokens = [Int32](repeating: 0, count: length)
    tokens.withUnsafeMutableBufferPointer { copyWindow(at: start, into: $0) }
    return tokens
  }

  /// Fills `buffer` with the tokens from `start` on.
  ///
  /// - Precondition: `start..<start + buffer.count` lies in `0..<count`.
  public func copyWindow(at start: Int, into buffer: UnsafeMutableBufferPointer<Int32>) {
    precondition(
      start >= 0 && buffer.count <= count && start <= count - buffer.count,
      "TokenShard.window: expected a window in 0..<\(count), got \(buffer.count) tokens from \(start)")
    let first = TokenShardHeader.byteCount + start * tokenWidth
    // Safety: the header was checked against the size of the mapping (64 + count · tokenWidth bytes), and the
    // precondition keeps start + buffer.count ≤ count, so every load lies in the mapping. Loads are unaligned.
    data.withUnsafeBytes { bytes in
      if tokenWidth == 2 {
        for index in buffer.indices {
          let token = bytes.loadUnaligned(fromByteOffset: first + 2 * index, as: UInt16.self)
          buffer[index] = Int32(UInt16(littleEndian: token))
        }
      } else {
        for index in buffer.indices {
          let token = bytes.loadUnaligned(fromByteOffset: first + 4 * index, as: UInt32.self)
          buffer[index] = Int32(bitPattern: UInt32(littleEndian: token))
        }
      }
    }
  }

  /// Reads the whole file once and compares it with the checksum and the largest token of its header.
  ///
  /// - Throws: ``TokenizerError/corruptShard(path:expected:got:)``.
  /// - Complexity: O(count); opening does not do this.
  public func verify() throws(TokenizerError) {
    var checksum = Fingerprint()
    data.withUnsafeBytes { checksum.update($0[TokenShardHeader.byteCount...]) }
    guard checksum.value == header.checksum else {
      throw .corruptShard(
        path: path, expected: "token checksum \(Fingerprint.hexadecimal(header.checksum))",
        got: Fingerprint.hexadecimal(checksum.value))
    }
    var largest: Int32 = 0
    for start in stride(from: 0, to: count, by: 65_536) {
      for token in window(at: start, length: min(65_536, count - start)) {
        guard token >= 0 else { throw .corruptShard(path: path, expected: "tokens from 0 on", got: "\(token)") }
        largest = max(largest, token)
      }
    }
    guard largest == largestToken else {
      throw .corruptShard(path: path, expected: "largest token \(largestToken)", got: "\(largest)")
    }
  }
}
