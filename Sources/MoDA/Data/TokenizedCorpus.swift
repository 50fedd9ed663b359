// Text to token shards, once: the tokenizer and the shards are kept in a cache folder under a key of everything that
// they depend on. Not here: the order of training (TokenBatches.swift).
import Foundation
import Lab
public import Text

/// What preparation is doing, for progress bars.
public enum PreparationStage: Sendable, Equatable {
  /// Learning merges; `done` of `total`.
  case trainingTokenizer(done: Int, total: Int)
  /// Encoding the files of domains; `done` of `total` bytes.
  case encoding(done: Int, total: Int)
}

/// A corpus as tokens, one shard for each domain and split, with its tokenizer.
public struct TokenizedCorpus: Sendable {
  /// One domain's tokens.
  public struct Entry: Sendable {
    /// The domain.
    public let domain: String
    /// Its tokens; documents end with the end-of-text token.
    public let shard: TokenShard
  }

  /// The tokenizer.
  public let tokenizer: any Tokenizer
  /// Training tokens by domain.
  public let train: [Entry]
  /// Held-out tokens by domain.
  public let validation: [Entry]
  /// Identifies text, tokenizer and split; equal for equal tokens.
  public let fingerprint: String

  /// Bytes of text that each token stands for.
  private let lengths: [Int32]

  /// Bytes of text that `tokens` stand for; end-of-text stands for none.
  func byteCount(of tokens: some Sequence<Int32>) -> Int {
    tokens.reduce(0) { $0 + Int(lengths[Int($1)]) }
  }

  /// The tokens of `config`'s corpus, prepared if the cache does not hold them.
  ///
  /// - Parameters:
  ///   - config: source, domains, tokenizer and cache folder.
  ///   - given: the tokenizer to use instead of the configured one.
  ///   - progress: receives stages while something is computed.
  /// - Throws: `CorpusError`, `TokenizerError`, and errors of the cache's files.
  public static func prepare(
    _ config: DataConfig, tokenizer given: (any Tokenizer)? = nil,
    progress: @escaping (PreparationStage) -> Void = { _ in }
  ) throws -> TokenizedCorpus {
    let corpus = try TextCorpus(path: config.source, domains: config.domains)
    let key = try sourceKey(corpus)
    let tokenizer = try given ?? makeTokenizer(config, corpus: corpus, key: key, progress: progress)
    let fingerprint = StableHash.hex("\(key) \(tokenizer.fingerprint)")
    let folder = "\(config.cache)/\(fingerprint)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let total = try corpus.domains.flatMap { domain in
      try Split.allCases.map { try fileSize(corpus.file(domain, $0)) }
    }.reduce(0, +)
    var done = 0
    func entries(_ split: Split) throws -> [Entry] {
      try corpus.domains.map { domain in
        let path = "\(folder)/\(domain)-\(split.rawValue).tokens"
        if !FileManager.default.fileExists(atPath: path) {
          progress(.encoding(done: done, total: total))
          try encode(corpus.documents(domain, split), with: tokenizer, to: path)
        }
        done += try fileSize(corpus.file(domain, split))
        return Entry(domain: domain, shard: try TokenShard(contentsOf: path, tokenizer: tokenizer))
      }
    }
    return TokenizedCorpus(
      tokenizer: tokenizer, train: try entries(.train), validation: try entries(.validation),
      fingerprint: fingerprint,
      lengths: (0..<Int32(tokenizer.vocabularySize)).map {
        tokenizer.isSpecial($0) ? 0 : Int32(tokenizer.bytes(of: $0)?.count ?? 0)
      })
  }

  /// A key of the corpus' text: the content of every file, by domain and split.
  private static func sourceKey(_ corpus: TextCorpus) throws -> String {
    var parts: [String] = []
    for domain in corpus.domains {
      for split in Split.allCases {
        let data = try Data(contentsOf: URL(fileURLWithPath: corpus.file(domain, split)), options: .mappedIfSafe)
        parts.append("\(domain)/\(split.rawValue) \(StableHash.hex(data))")
      }
    }
    return StableHash.hex(parts.joined(separator: "\n"))
  }

  private static func fileSize(_ path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  private static func encode(_ documents: [String], with tokenizer: any Tokenizer, to path: String) throws {
    let writer = try TokenShardWriter(to: path, tokenizer: tokenizer)
    for document in documents { try writer.append(document: tokenizer.encode(document)) }
    _ = try writer.finish()
  }

  private static func makeTokenizer(
    _ config: DataConfig, corpus: TextCorpus, key: String, progress: @escaping (PreparationStage) -> Void
  ) throws -> any Tokenizer {
    switch config.tokenizer {
    case .bytes: return ByteTokenizer()
    case .file(let path): return try BytePairEncoding(contentsOf: path)
    case .train(let vocabulary):
      let path = "\(config.cache)/tokenizer-\(key)-\(vocabulary).json"
      if FileManager.default.fileExists(atPath: path) { return try BytePairEncoding(contentsOf: path) }
      try FileManager.default.createDirectory(atPath: config.cache, withIntermediateDirectories: true)
      let texts = try corpus.domains.flatMap { try corpus.documents($0, .train) }
      let tokenizer = try BytePairTrainer(vocabularySize: vocabulary).train(on: texts) {
        progress(.trainingTokenizer(done: $0.merges, total: $0.total))
      }
      try tokenizer.write(to: path)
      return tokenizer
    }
  }
}
