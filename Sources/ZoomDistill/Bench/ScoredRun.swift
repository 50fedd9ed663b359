// The folder of a run: what lies in it, and reading it back.
// Not here: asking (BenchRun.swift), grading (BenchScore.swift).

public import Foundation
import Lab

/// A run on disk with its scores.
public struct ScoredRun: Sendable {
  /// The folder.
  public let folder: URL
  /// What the run belongs to.
  public let header: BenchHeader
  /// Items of the bundle.
  public let bundle: BenchBundle
  /// The latest record of each question.
  public let records: [BenchUnit: BenchRecord]
  /// The scores, in the order of the items.
  public let scores: [BenchScore]
  /// The outcome of each item.
  public let results: [ItemResult]

  /// The records of a run's folder.
  public static func recordsFile(_ folder: URL) -> URL { folder.appending(path: "results.jsonl") }
  /// The scores of a run's folder.
  public static func scoresFile(_ folder: URL) -> URL { folder.appending(path: "scores.jsonl") }
  /// The configuration of a run's folder.
  public static func configFile(_ folder: URL) -> URL { folder.appending(path: "config.yaml") }

  /// A run from its parts.
  public init(
    folder: URL, header: BenchHeader, bundle: BenchBundle, records: [BenchUnit: BenchRecord], scores: [BenchScore]
  ) {
    self.folder = folder
    self.header = header
    self.bundle = bundle
    self.records = records
    self.scores = scores
    results = ItemResult.results(bundle.items, records: records, scores: scores)
  }

  /// Reads a folder that was run and scored.
  ///
  /// - Throws: ``BenchError``, also if the bundle has changed since.
  public init(_ folder: URL, bundle: BenchBundle) throws(BenchError) {
    let (header, records) = try ResultLog.load(Self.recordsFile(folder))
    let hash = try bundle.hash()
    guard hash == header.bundle else {
      throw .foreignResults(path: folder.relativePath, what: "bundle", expected: header.bundle, got: hash)
    }
    let file = Self.scoresFile(folder)
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw .unreadable(
        path: file.relativePath, reason: "expected scores, got none. Hint: zoom-bench score \(folder.relativePath)")
    }
    var scores: [BenchScore] = []
    for (index, line) in data.split(separator: 0x0A).enumerated() {
      do {
        scores.append(try JSONDecoder().decode(BenchScore.self, from: Data(line)))
      } catch {
        throw .malformed(path: file.relativePath, line: index + 1, expected: "a score", got: "\(error)")
      }
    }
    self.init(folder: folder, header: header, bundle: bundle, records: records, scores: scores)
  }

  /// Writes the scores as a whole.
  ///
  /// - Throws: ``BenchError``.
  public func writeScores() throws(BenchError) {
    var text = ""
    for score in scores { text += try BenchJSON.line(score) + "\n" }
    try BundleWriter.save(Data(text.utf8), to: Self.scoresFile(folder))
  }

  /// The figures.
  public var summary: BenchSummary {
    BenchSummary(header: header, results: results, records: records, scores: scores)
  }

  /// Writes `summary.json`.
  ///
  /// - Throws: ``BenchError``.
  public func write(_ summary: BenchSummary) throws(BenchError) {
    try BundleWriter.save(try BenchJSON.pretty(summary), to: folder.appending(path: "summary.json"))
  }
}
