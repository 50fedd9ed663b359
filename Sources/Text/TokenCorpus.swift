// Lives here: several token shards under names, as training and evaluation see them.
// Not here: which window comes next; the caller decides that, so that it can be resumed.

/// Named domains of text, each a ``TokenShard``, all made with one tokenizer.
public struct TokenCorpus: Sendable {
  /// A domain: a name for reports, and its tokens.
  public struct Domain: Sendable {
    /// For example `books`.
    public let name: String
    /// Its tokens.
    public let shard: TokenShard

    /// Puts both together.
    public init(name: String, shard: TokenShard) {
      self.name = name
      self.shard = shard
    }
  }

  /// The domains in the order given.
  public let domains: [Domain]

  /// Checks that the domains fit together.
  ///
  /// - Throws: ``TokenizerError/inconsistentCorpus(domain:expected:got:)`` for no domain at all, a name that is used
  ///   twice, or shards of different tokenizers.
  public init(_ domains: [Domain]) throws(TokenizerError) {
    guard let first = domains.first else {
      throw .inconsistentCorpus(domain: "(none)", expected: "at least one domain", got: "none")
    }
    for (index, domain) in domains.enumerated() {
      guard !domains[..<index].contains(where: { $0.name == domain.name }) else {
        throw .inconsistentCorpus(domain: domain.name, expected: "each name once", got: "two domains of this name")
      }
      guard domain.shard.fingerprint == first.shard.fingerprint else {
        throw .inconsistentCorpus(
          domain: domain.name,
          expected: "fingerprint \(Fingerprint.hexadecimal(first.shard.fingerprint)) of domain \(first.name)",
          got: Fingerprint.hexadecimal(domain.shard.fingerprint))
      }
    }
    self.domains = domains
  }

  /// Number of tokens of all domains.
  public var count: Int { domains.reduce(0) { $0 + $1.shard.count } }

  /// Fingerprint of the tokenizer.
  public var fingerprint: UInt64 { domains[0].shard.fingerprint }

  /// The shard of a domain, or nil.
  public subscript(name: String) -> TokenShard? { domains.first { $0.name == name }?.shard }

  /// Number of disjoint windows of `length` tokens in a domain: windows start at `0, length, 2·length, …`.
  ///
  /// - Precondition: `length` is positive and `domain` is an index of `domains`.
  public func windowCount(ofDomain domain: Int, length: Int) -> Int {
    precondition(length > 0, "TokenCorpus.windowCount: expected a positive length, got \(length)")
    return domains[domain].shard.count / length
  }

  /// `length` tokens of a domain from `start` on, `[T]`.
  ///
  /// - Precondition: `domain` is an index of `domains`, and the window lies in its shard.
  public func window(ofDomain domain: Int, at start: Int, length: Int) -> [Int32] {
    domains[domain].shard.window(at: start, length: length)
  }
}
