// Request files: what a published one means, its own bytes again, and damaged ones with the line that is wrong.
import Foundation
import Testing

import MoDA

@Suite struct RequestFileTests {
  private func line(
    _ document: Int, _ index: Int, label: Int = 0, _ context: String = "c", _ continuation: String = " x"
  )
    -> String
  {
    #"{"doc_id": \#(document), "idx": \#(index), "label": \#(label), "task_name": "t", "native_id": null, "#
      + #""request": {"context": "\#(context)", "continuation": "\#(continuation)"}}"#
  }

  private func read(_ lines: [String]) throws -> [TaskDocument] {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("requests.jsonl")
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      return try RequestFile.read(file)
    }
  }

  @Test func choicesAndUnconditionalTwinsComeTogether() throws {
    let documents = try read([
      line(0, 0, label: 1, "q", " a"), line(0, 1, label: 1, "q", " b"), line(1, 1, "r", " d"), "",
      line(1, 0, "r", " c"),
      line(1_000_000, 0, label: 1, "u", " a"), line(1_000_000, 1, label: 1, "u", " b"),
    ])
    #expect(documents.count == 2 && documents[0].label == 1)
    #expect(documents[0].unconditional.map(\.context) == ["u", "u"])
    #expect(documents[1].choices.map(\.continuation) == [" c", " d"] && documents[1].unconditional.isEmpty)
  }

  @Test(arguments: GeneratedTask.allCases.filter { $0 != .lastWord })
  func writtenTasksReadBack(generated: GeneratedTask) throws {
    let task = try generated.make(count: 7, seed: 3, corpus: "")
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("requests.jsonl")
      try RequestFile.encode(task).write(to: file)
      #expect(try RequestFile.read(file) == task.documents)
    }
  }

  @Test(arguments: [
    (2, "no json"), (2, "{"), (2, "[]"), (2, #"{"doc_id": 0, "idx": 1, "label": 0}"#),
    (2, #"{"doc_id": 0, "idx": 1, "label": "0", "request": {"context": "", "continuation": ""}}"#),
    (2, #"{"doc_id": -1, "idx": 1, "label": 0, "request": {"context": "", "continuation": ""}}"#),
    (2, #"{"doc_id": 0, "idx": 5000, "label": 0, "request": {"context": "", "continuation": ""}}"#),
    (2, #"{"doc_id": 0, "idx": 0, "label": 0, "request": {"context": "", "continuation": ""}}"#),
    (2, #"{"doc_id": 0, "idx": 1, "label": 1, "request": {"context": "", "continuation": ""}}"#),
    (1, #"{"doc_id": 0, "idx": 2, "label": 0, "request": {"context": "", "continuation": ""}}"#),
    (2, #"{"doc_id": 1000007, "idx": 0, "label": 0, "request": {"context": "", "continuation": ""}}"#), (1, ""),
  ]) func damagedLinesAreNamed(number: Int, text: String) throws {
    // The last two files have a whole first document before the bad line.
    let first = text.contains("1000007") ? [line(0, 0) + "\n" + line(0, 1)] : [line(0, 0)]
    let error = #expect(throws: TaskError.self) { try read(first + [text]) }
    let message = error.map { "\($0)" } ?? ""
    let expected = text.contains("1000007") ? 3 : number
    #expect(message.contains("requests.jsonl:\(expected):"), "\(message)")
  }

  @Test func missingAndEmptyFilesAreNamed() throws {
    #expect(throws: TaskError.self) { try read([]) }
    #expect(throws: TaskError.self) { try RequestFile.read(URL(fileURLWithPath: "/nothing/requests.jsonl")) }
    let error = #expect(throws: TaskError.self) {
      try PublishedTask.all[0].read(from: URL(fileURLWithPath: "/nothing"))
    }
    #expect(error.map { "\($0)" }?.contains("fetch-data tasks") == true)
  }

  @Test func namesOfTasksAreResolved() throws {
    #expect(try TaskCatalogue.resolve("all").count == 10 + GeneratedTask.allCases.count)
    #expect(try TaskCatalogue.resolve("recall, piqa,recall") == ["recall", "piqa"])
    #expect(try TaskCatalogue.resolve("published,generated") == TaskCatalogue.resolve("all"))
    for wrong in ["", "piqua", "piqa,,sciq"] {
      #expect(throws: TaskError.self) { try TaskCatalogue.resolve(wrong) }
    }
  }
}
