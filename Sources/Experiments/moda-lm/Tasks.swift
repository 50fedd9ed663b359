// moda-lm tasks: the list of tasks, text to learn generated ones from, and tasks as request files.
// Not here: scoring (Evaluate.swift).
import ArgumentParser
import Foundation
import Lab
import MoDA

struct Tasks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists downstream tasks, writes text to learn them from, or writes them as request files.",
    subcommands: [List.self, Generate.self, Export.self])

  struct List: LabCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the tasks that evaluate knows.")

    func run(in environment: CommandEnvironment) throws {
      let rows: [[Table.Cell]] =
        PublishedTask.all.map {
          [
            .init(stringLiteral: $0.name), .integer(PublishedTask.version), "published",
            .init(stringLiteral: $0.primary.rawValue),
          ]
        }
        + GeneratedTask.allCases.map {
          [.init(stringLiteral: $0.rawValue), .integer($0.version), .init(stringLiteral: $0.about), "acc_raw"]
        }
      let table = Table(columns: [.text("task"), .number("version"), .text("what"), .text("metric")], rows: rows)
      environment.standardOutput.write(Report(title: "Downstream tasks", blocks: [.table(table)]).plainText)
    }
  }

  struct Generate: LabCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a corpus of recall, pointers and brackets to train on.",
      discussion: """
        Equal seeds give equal bytes. The questions of `evaluate` come from other random numbers.

        EXAMPLE:
          moda-lm tasks generate Data/cache/synthetic --documents 20000
          moda-lm train --set data.source=Data/cache/synthetic --out Runs/pointers
          moda-lm evaluate Runs/pointers --tasks recall,pointer_1,pointer_2,pointer_3,pointer_4,brackets
        """)

    @Argument(help: "The new folder.", completion: .directory) var folder: String

    @Option(help: "Documents of each domain's training split.") var documents = 20_000

    @Option(help: "Equal seeds give equal text.") var seed: UInt64 = 1

    func validate() throws {
      guard documents >= 1 else { throw ValidationError("--documents: expected 1 or more, got \(documents).") }
    }

    func run(in environment: CommandEnvironment) throws {
      try TaskCorpus.write(to: URL(fileURLWithPath: folder), documents: documents, seed: seed)
      environment.standardOutput.write("\(folder): \(TaskCorpus.domains.joined(separator: ", "))\n")
    }
  }

  struct Export: LabCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a task as a request file, for other evaluators.",
      discussion: """
        EXAMPLE:
          moda-lm tasks export pointer_2 requests.jsonl --limit 500
        """)

    @Argument(help: "The task.") var task: String

    @Argument(help: "The file.", completion: .file()) var file: String

    @Option(help: "The first documents; 0 for all.") var limit = 0

    @Option(help: "The seed of generated tasks.") var seed: UInt64 = 1

    @Option(help: "The folder of text that last words come from.", completion: .directory) var data = "Data/sample"

    @Option(help: "The request files of the published tasks.", completion: .directory)
    var taskFolder = "Data/cache/tasks"

    func validate() throws {
      guard limit >= 0 else { throw ValidationError("--limit: expected 0 or more, got \(limit).") }
    }

    func run(in environment: CommandEnvironment) throws {
      let catalogue = TaskCatalogue(
        folder: URL(fileURLWithPath: taskFolder), corpus: data, seed: seed, limit: limit)
      let made = try catalogue.task(task)
      try AtomicFile.write(RequestFile.encode(made), to: URL(fileURLWithPath: file))
      environment.standardOutput.write("\(file): \(made.documents.count) documents of \(made.name) v\(made.version)\n")
    }
  }
}
