// SHA-256 of files and bytes, through OpenSSL: what manifests and caches identify content by.
// Not here: quick fingerprints of texts that nobody attacks (StableHash).

import COpenSSL
public import Foundation

/// A SHA-256 that grows with the bytes it is given.
public struct ContentDigest: ~Copyable {
  private let context: OpaquePointer

  /// The digest of nothing.
  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("ContentDigest: libcrypto has no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The digest as 64 hexadecimal digits.
  public consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The digest of bytes.
  public static func hex(_ data: Data) -> String {
    var digest = ContentDigest()
    data.withUnsafeBytes { digest.update($0) }
    return digest.finish()
  }

  /// The digest of a file's content, read in pieces.
  ///
  /// - Throws: ``FileError/cannotRead(path:code:)``.
  public static func hex(contentsOf url: URL) throws(FileError) -> String {
    var digest = ContentDigest()
    try TextFile.forEachChunk(of: url) { chunk in
      digest.update(chunk)
      return true
    }
    return digest.finish()
  }
}
