// Text to learn generated tasks from, as a corpus folder that training reads.
// Not here: the questions of evaluations, which come from other random numbers (GeneratedTask.swift).
public import Foundation
import Lab
import Tensor

/// Writes `<domain>/{train,validation}.jsonl` of pairs, links and brackets.
public enum TaskCorpus {
  /// The domains.
  public static let domains = ["brackets", "pointers", "recall"]

  private struct Document: Encodable {
    let id: String
    let text: String
  }

  /// Writes a corpus folder: equal seeds give equal bytes.
  ///
  /// - Parameters:
  ///   - folder: created; must not exist.
  ///   - documents: documents of each domain's training split; validation gets a twentieth, at least 1.
  ///   - seed: of everything random. No text is drawn from the numbers that questions are drawn from.
  /// - Throws: ``TaskError``, file errors.
  public static func write(to folder: URL, documents: Int, seed: UInt64) throws {
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw TaskError.file(path: folder.relativePath, reason: "it exists already. Hint: name a new folder.")
    }
    for domain in domains {
      let place = folder.appending(path: domain)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for (split, count) in [(Split.train, documents), (.validation, max(1, documents / 20))] {
        let random = RandomSource(seed: seed).split(split.rawValue).split(domain)
        try AtomicFile.write(
          lines(domain, count: count, random: random), to: place.appending(path: "\(split.rawValue).jsonl"))
      }
    }
  }

  /// The lines of one file.
  static func lines(_ domain: String, count: Int, random: RandomSource) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var data = Data()
    for number in 0..<count {
      var source = random.split(number)
      data += try encoder.encode(Document(id: "\(domain)/\(number)", text: text(domain, random: &source)))
      data.append(0x0A)
    }
    return data
  }

  private static func text(_ domain: String, random: inout RandomSource) -> String {
    switch domain {
    case "recall": KeyValueRecall(random: &random).text(random: &random)
    case "pointers": PointerChasing(random: &random).text(random: &random)
    default: BracketClosing(random: &random).text
    }
  }
}
