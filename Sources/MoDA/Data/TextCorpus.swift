// A folder of real text: one folder for each domain, JSON lines for each split.
// Not here: tokens (TokenizedCorpus.swift).
import Foundation
import Text

/// Training text, or text held out from it.
public enum Split: String, Codable, Sendable, CaseIterable {
  /// Text that the model trains on.
  case train
  /// Documents that are held out.
  case validation
}

/// Why a corpus cannot be read.
public enum CorpusError: Error, CustomStringConvertible {
  /// The folder has no domains.
  case empty(path: String)
  /// A configured domain has no folder.
  case missingDomain(path: String, domain: String, available: [String])
  /// A line is not a document.
  case badLine(path: String, line: Int, reason: String)
  /// A split is too short for one window.
  case tooShort(domain: String, split: Split, tokens: Int, needed: Int)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .empty(let path):
      "no corpus at \(path): expected <domain>/train.jsonl and <domain>/validation.jsonl. "
        + "The committed sample is Data/sample; `make data` fetches more."
    case .missingDomain(let path, let domain, let available):
      "\(path): no domain \(domain). Available: \(available.joined(separator: ", "))."
    case .badLine(let path, let line, let reason):
      "\(path):\(line): expected {\"id\": …, \"text\": …}, got \(reason)"
    case .tooShort(let domain, let split, let tokens, let needed):
      "domain \(domain), \(split.rawValue): \(tokens) tokens, at least \(needed) are needed. "
        + "Lower training.tokens or add text."
    }
  }
}

/// Documents by domain and split under one folder.
public struct TextCorpus: Sendable {
  /// The folder.
  public let path: String
  /// The domains in use, sorted.
  public let domains: [String]

  /// The corpus at `path`.
  ///
  /// - Parameters:
  ///   - path: a folder with a folder for each domain.
  ///   - domains: the domains to use; empty for all.
  public init(path: String, domains wanted: [String] = []) throws(CorpusError) {
    let manager = FileManager.default
    let found = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).filter {
      manager.fileExists(atPath: "\(path)/\($0)/\(Split.train.rawValue).jsonl")
    }.sorted()
    guard !found.isEmpty else { throw .empty(path: path) }
    for domain in wanted where !found.contains(domain) {
      throw .missingDomain(path: path, domain: domain, available: found)
    }
    self.path = path
    self.domains = wanted.isEmpty ? found : wanted.sorted()
  }

  /// The file of one domain's split.
  public func file(_ domain: String, _ split: Split) -> String { "\(path)/\(domain)/\(split.rawValue).jsonl" }

  private struct Document: Decodable { let text: String }

  /// The documents of one domain's split, in file order.
  public func documents(_ domain: String, _ split: Split) throws -> [String] { try read(file(domain, split)) }

  /// The documents that are held out furthest: the test split where the folder has one, else the validation split.
  func heldOut(_ domain: String) throws -> [String] {
    let test = "\(path)/\(domain)/test.jsonl"
    return try read(FileManager.default.fileExists(atPath: test) ? test : file(domain, .validation))
  }

  private func read(_ path: String) throws -> [String] {
    let content = try TextFile.read(path)
    let decoder = JSONDecoder()
    var documents: [String] = []
    for (index, line) in content.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      do {
        documents.append(try decoder.decode(Document.self, from: Data(line.utf8)).text)
      } catch {
        throw CorpusError.badLine(path: path, line: index + 1, reason: String(line.prefix(60)))
      }
    }
    return documents
  }
}
