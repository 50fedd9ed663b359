// The tasks by name: the ten of the paper's tables from request files, and those that are generated.
// Not here: how they are read (RequestFile.swift) or made (Generated/).
public import Foundation
import Text

/// A task that is published as a request file.
public struct PublishedTask: Sendable, Equatable {
  /// Its name, and that of its file.
  public let name: String
  /// The metric that its authors' evaluation takes.
  public let primary: RankingMetric

  /// The version of the files that `Scripts/fetch-data tasks` pins.
  public static let version = 1

  /// The ten downstream tasks, in the order of the paper's Table 4.
  ///
  /// > Source: arXiv 2603.15619, Table 4; metrics as the request files' configurations and OLMo's evaluators have them.
  public static let all: [PublishedTask] = [
    PublishedTask(name: "piqa", primary: .perCharacter), PublishedTask(name: "hellaswag", primary: .perCharacter),
    PublishedTask(name: "winogrande", primary: .sum), PublishedTask(name: "openbookqa", primary: .perCharacter),
    PublishedTask(name: "boolq", primary: .sum), PublishedTask(name: "sciq", primary: .sum),
    PublishedTask(name: "arc_easy", primary: .sum), PublishedTask(name: "arc_challenge", primary: .perCharacter),
    PublishedTask(name: "copa", primary: .sum), PublishedTask(name: "mmlu", primary: .perCharacter),
  ]

  /// Reads the task from a folder of request files.
  ///
  /// - Throws: ``TaskError``.
  public func read(from folder: URL) throws(TaskError) -> DownstreamTask {
    let file = folder.appending(path: "\(name).jsonl")
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw .missing(task: name, path: file.relativePath)
    }
    return DownstreamTask(
      name: name, version: Self.version, primary: primary, documents: try RequestFile.read(file))
  }
}

/// Where tasks come from.
public struct TaskCatalogue: Sendable {
  /// Request files of the published tasks.
  public var folder: URL
  /// The folder of text from which the last words come.
  public var corpus: String
  /// The seed of generated tasks.
  public var seed: UInt64
  /// Documents of each task, the first of its file; 0 for all, of generated tasks the standard number.
  public var limit: Int

  /// A catalogue.
  public init(folder: URL, corpus: String, seed: UInt64 = 1, limit: Int = 0) {
    self.folder = folder
    self.corpus = corpus
    self.seed = seed
    self.limit = limit
  }

  /// The names of all tasks, published ones first.
  public static var names: [String] { PublishedTask.all.map(\.name) + GeneratedTask.allCases.map(\.rawValue) }

  /// The names that a list means: `all`, `published`, `generated`, or names, separated by commas.
  ///
  /// - Throws: ``TaskError/unknownTask(name:known:)``.
  public static func resolve(_ list: String) throws(TaskError) -> [String] {
    var chosen: [String] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = word.trimmingCharacters(in: .whitespaces)
      let meant =
        switch name {
        case "all": names
        case "published": PublishedTask.all.map(\.name)
        case "generated": GeneratedTask.allCases.map(\.rawValue)
        default: [name]
        }
      for name in meant where !chosen.contains(name) {
        guard names.contains(name) else { throw .unknownTask(name: name, known: names) }
        chosen.append(name)
      }
    }
    return chosen
  }

  /// A task by its name.
  ///
  /// - Throws: ``TaskError``, and errors of the corpus.
  public func task(_ name: String) throws -> DownstreamTask {
    if let published = PublishedTask.all.first(where: { $0.name == name }) {
      return try published.read(from: folder).limited(to: limit)
    }
    guard let generated = GeneratedTask(rawValue: name) else {
      throw TaskError.unknownTask(name: name, known: Self.names)
    }
    return try generated.make(count: limit > 0 ? limit : GeneratedTask.standardCount, seed: seed, corpus: corpus)
  }
}
