// Lives here: everything that can go wrong with tokenizer files, text files and token shards.
// Not here: programmer errors, which are preconditions where they occur.

/// What the outside world got wrong: a missing file, a broken tokenizer, a truncated shard.
///
/// Every `description` reads *what, where: expected X, got Y. Hint.*
public enum TokenizerError: Error, Equatable, Sendable {
  /// No file or folder at the path.
  case fileNotFound(path: String)
  /// The file exists and cannot be read.
  case unreadable(path: String, reason: String)
  /// The file cannot be written; nothing that was there before is lost.
  case unwritable(path: String, reason: String)
  /// Text is not UTF-8: the offset (in bytes, from 0) and value of the first byte that cannot be part of it.
  case invalidUTF8(path: String, offset: Int, byte: UInt8)
  /// A file is not JSON, or JSON that nobody should write; line and column count from 1.
  case invalidJSON(path: String, line: Int, column: Int, expected: String, got: String)
  /// A key that is needed is not there.
  case missingKey(path: String, key: String)
  /// A key holds something of another type or range.
  case wrongValue(path: String, key: String, expected: String, got: String)
  /// A component or option that exists in the reference library and is not implemented here.
  case unsupported(path: String, key: String, expected: String, got: String)
  /// Two tokens claim one identifier.
  case duplicateIdentifier(path: String, identifier: Int, first: String, second: String)
  /// A merge (index from 0) whose parts or result are not in the vocabulary.
  case brokenMerge(path: String, index: Int, merge: String, reason: String)
  /// The vocabulary lacks the token of a byte, so some text could not be encoded.
  case missingByte(path: String, byte: UInt8)
  /// A vocabulary is asked to be smaller than bytes and special tokens alone.
  case vocabularyTooSmall(requested: Int, minimum: Int)
  /// A file is not a token shard at all.
  case notAShard(path: String, got: String)
  /// A shard's size and its header disagree; sizes in bytes.
  case truncatedShard(path: String, expected: Int, got: Int)
  /// A shard's header or content contradicts itself.
  case corruptShard(path: String, expected: String, got: String)
  /// A shard was written with another tokenizer.
  case wrongFingerprint(path: String, expected: UInt64, got: UInt64)
  /// An identifier that stands for no token.
  case unknownIdentifier(identifier: Int, vocabularySize: Int)
  /// Two domains of a corpus, or their tokenizers, clash.
  case inconsistentCorpus(domain: String, expected: String, got: String)
}

extension TokenizerError: CustomStringConvertible {
  /// One line for a person: what, where, expected, got, hint.
  public var description: String {
    switch self {
    case .fileNotFound, .unreadable, .unwritable, .invalidUTF8, .invalidJSON: fileDescription
    case .notAShard, .truncatedShard, .corruptShard, .wrongFingerprint, .inconsistentCorpus: shardDescription
    default: vocabularyDescription
    }
  }

  private var fileDescription: String {
    switch self {
    case .fileNotFound(let path):
      "file not found, \(path): expected a readable file, got nothing. Check the path."
    case .unreadable(let path, let reason):
      "unreadable file, \(path): expected to read it, got \(reason)."
    case .unwritable(let path, let reason):
      "unwritable file, \(path): expected to write it, got \(reason). What was there before is unchanged."
    case .invalidUTF8(let path, let offset, let byte):
      "text is not UTF-8, \(path), byte \(offset): expected UTF-8, got 0x\(Fingerprint.hexadecimal(byte))."
        + " Convert the file first, for example with iconv."
    case .invalidJSON(let path, let line, let column, let expected, let got):
      "not valid JSON, \(path), line \(line), column \(column): expected \(expected), got \(got)."
        + " The file may be truncated."
    default: ""
    }
  }

  private var vocabularyDescription: String {
    switch self {
    case .missingKey(let path, let key):
      "missing key, \(path), \(key): expected a value, got none. Is it a tokenizer.json?"
    case .wrongValue(let path, let key, let expected, let got):
      "wrong value, \(path), \(key): expected \(expected), got \(got)."
    case .unsupported(let path, let key, let expected, let got):
      "unsupported component, \(path), \(key): expected \(expected), got \(got)."
        + " Ignoring it would give other tokens, so the file is refused."
    case .duplicateIdentifier(let path, let identifier, let first, let second):
      "duplicate identifier, \(path), id \(identifier): expected one token, got \"\(first)\" and \"\(second)\"."
    case .brokenMerge(let path, let index, let merge, let reason):
      "broken merge, \(path), model.merges[\(index)] \"\(merge)\": expected two tokens of the vocabulary whose"
        + " concatenation is a token too, got \(reason)."
    case .missingByte(let path, let byte):
      "missing byte, \(path), model.vocab: expected a token for each byte of UTF-8, got none for"
        + " 0x\(Fingerprint.hexadecimal(byte)). Only byte-level vocabularies are supported."
    case .vocabularyTooSmall(let requested, let minimum):
      "vocabulary too small: expected at least \(minimum) (256 bytes and the special tokens), got \(requested)."
    case .unknownIdentifier(let identifier, let vocabularySize):
      "unknown token: expected an identifier of a vocabulary of \(vocabularySize), got \(identifier)."
        + " Was the text encoded with another tokenizer?"
    default: ""
    }
  }

  private var shardDescription: String {
    switch self {
    case .notAShard(let path, let got):
      "not a token shard, \(path): expected the magic \"\(TokenShardHeader.magic)\", got \(got)."
        + " Write shards with `tokenizer encode --shard`."
    case .truncatedShard(let path, let expected, let got):
      "truncated token shard, \(path): expected \(expected) bytes, got \(got). Encode it again."
    case .corruptShard(let path, let expected, let got):
      "corrupt token shard, \(path): expected \(expected), got \(got). Encode it again."
    case .wrongFingerprint(let path, let expected, let got):
      "wrong tokenizer, \(path): expected fingerprint \(Fingerprint.hexadecimal(expected)), got"
        + " \(Fingerprint.hexadecimal(got)). Encode the text again with the tokenizer in use."
    case .inconsistentCorpus(let domain, let expected, let got):
      "inconsistent corpus, domain \(domain): expected \(expected), got \(got)."
    default: ""
    }
  }
}
