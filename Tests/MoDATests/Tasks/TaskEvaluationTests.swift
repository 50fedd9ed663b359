// An evaluation as a whole: results on disk, going on after a kill, other models' results, texts that do not fit, and
// the command.
import Foundation
import Lab
import NN
import Testing
import Text

import MoDA

@Suite struct TaskEvaluationTests {
  /// A Hugging Face folder with a model of bytes.
  private func makeFolder(_ folder: URL, seed: UInt64 = 1, context: Int = 400) throws -> URL {
    var config = tinyConfig(writers: .none)
    config.vocabulary = 257
    config.context = context
    config.initialDeviation = 0.2
    let place = folder.appendingPathComponent("model-\(seed)")
    try HuggingFaceFolder.write(LanguageModel(config, seed: seed), tokenizer: ByteTokenizer(), to: place)
    return place
  }

  private var console: Console { Console(output: TextBuffer().output()) }

  private func tasks(_ count: Int) throws -> [DownstreamTask] {
    try [GeneratedTask.recall, .brackets].map { try $0.make(count: count, seed: 2, corpus: "") }
  }

  @Test func aKilledEvaluationGoesOn() throws {
    try withTemporaryFolder { folder in
      let model = try EvaluatedModel(makeFolder(folder)), items = folder.appendingPathComponent("items.jsonl")
      let whole = try TaskEvaluation.run(model, tasks: tasks(150), seed: 2, items: items, console: console)
      #expect(whole.requests == 150 * 6 && whole.tasks.map(\.documents) == [150, 150])
      let lines = try String(contentsOf: items, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 301)
      // A kill in the middle of a line.
      try Data((lines.prefix(140).joined(separator: "\n") + "\n" + lines[140].prefix(30)).utf8).write(to: items)
      let rest = try TaskEvaluation.run(model, tasks: tasks(150), seed: 2, items: items, console: console)
      #expect(rest.requests == 22 * 4 + 150 * 2 && rest.tasks == whole.tasks)
      let none = try TaskEvaluation.run(model, tasks: tasks(150), seed: 2, items: items, console: console)
      #expect(none.requests == 0 && none.tasks == whole.tasks)
      #expect(try ItemLog.load(items).items.count == 300)
      let without = try TaskEvaluation.run(model, tasks: tasks(150), seed: 2, console: console)
      #expect(without.tasks.map(\.accuracies) == whole.tasks.map(\.accuracies))
    }
  }

  @Test func otherModelsAndDamagedFilesAreRefused() throws {
    try withTemporaryFolder { folder in
      let items = folder.appendingPathComponent("items.jsonl")
      let first = try EvaluatedModel(makeFolder(folder)), second = try EvaluatedModel(makeFolder(folder, seed: 2))
      _ = try TaskEvaluation.run(first, tasks: tasks(3), seed: 2, items: items, console: console)
      let error = #expect(throws: TaskError.self) {
        try TaskEvaluation.run(second, tasks: tasks(3), seed: 2, items: items, console: console)
      }
      #expect(error.map { "\($0)" }?.contains("another model") == true)
      for (line, text) in [(1, "no header\n"), (1, "{}\n"), (2, nil)] as [(Int, String?)] {
        let whole = try String(contentsOf: items, encoding: .utf8)
        let damaged = folder.appendingPathComponent("damaged.jsonl")
        let kept = whole.split(separator: "\n")
        try Data((text ?? "\(kept[0])\n{\"task\": 1}\n\(kept[2])\n").utf8).write(to: damaged)
        let error = #expect(throws: TaskError.self) {
          try TaskEvaluation.run(first, tasks: tasks(3), seed: 2, items: damaged, console: console)
        }
        #expect(error.map { "\($0)" }?.contains("damaged.jsonl:\(line):") == true)
      }
    }
  }

  @Test func textsThatDoNotFitAreNamed() throws {
    try withTemporaryFolder { folder in
      let model = try EvaluatedModel(makeFolder(folder, context: 8))
      let document = TaskDocument(number: 17, context: "a", continuations: [" b", " much too long"], label: 0)
      let task = DownstreamTask(name: "long", version: 1, primary: .sum, documents: [document])
      let error = #expect(throws: TaskError.self) {
        try TaskEvaluation.run(model, tasks: [task], seed: 1, console: console)
      }
      #expect(error.map { "\($0)" } == "task long, document 17: expected a continuation of at most 8 tokens, got 14.")
    }
  }

  /// The token before an empty context is the folder's beginning of text, else its end of text.
  @Test(arguments: [
    (#"{"bos_token": {"content": "a"}, "eos_token": "b"}"#, "a"), (#"{"bos_token": null, "eos_token": "b"}"#, "b"),
    (#"{"bos_token": "nothing of it"}"#, "<|endoftext|>"), ("{}", "<|endoftext|>"),
    (#"{"bos_token": 3}"#, ""), ("[", ""),
  ]) func theTokenBeforeTextsIsTheFolders(config: String, expected: String) throws {
    try withTemporaryFolder { folder in
      let tokenizer = try BytePairTrainer(vocabularySize: 260).train(on: ["a b"])
      var settings = tinyConfig(writers: .none)
      settings.vocabulary = tokenizer.vocabularySize
      let place = folder.appendingPathComponent("model")
      try HuggingFaceFolder.write(LanguageModel(settings, seed: 1), tokenizer: tokenizer, to: place)
      try Data(config.utf8).write(to: place.appendingPathComponent("tokenizer_config.json"))
      guard !expected.isEmpty else {
        let error = #expect(throws: InterchangeError.self) { try EvaluatedModel(place) }
        #expect(error.map { "\($0)" }?.contains("tokenizer_config.json") == true)
        return
      }
      #expect(try EvaluatedModel(place).prefix == tokenizer.identifier(of: expected))
    }
  }

  @Test func theCommandShowsWritesAndGoesOn() throws {
    try withTemporaryFolder { folder in
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      let model = try makeFolder(folder).path
      let list = "recall,pointer_2,minimal_pairs,last_word"
      let arguments = ["evaluate", model, "--tasks", list, "--limit", "40", "--items", path("items.jsonl")]
      let first = try modaLM(arguments + ["--json", path("tasks.json")])
      #expect(first.status == 0, "\(first.errors)")
      for part in ["recall v1", "pointer_2 v1", "chance", "bits/byte", "agreement_relative", "mean"] {
        #expect(first.output.contains(part), "\(part):\n\(first.output)")
      }
      let result = try JSONDecoder().decode(
        TaskEvaluation.self, from: Data(contentsOf: folder.appendingPathComponent("tasks.json")))
      #expect(result.tasks.count == 4 && result.tasks.allSatisfy { $0.documents == 40 && $0.accuracy.isFinite })
      #expect(try modaLM(arguments).output.contains("0 texts scored"))
      let exported = try modaLM(["tasks", "export", "pointer_3", path("requests.jsonl"), "--limit", "5"])
      #expect(exported.output.contains("5 documents of pointer_3 v1"), "\(exported)")
      #expect(try modaLM(["tasks", "list"]).output.contains("hellaswag"))
      #expect(try modaLM(["tasks", "generate", path("corpus"), "--documents", "3"]).status == 0)
      for wrong in [
        ["evaluate", model, "--tasks", "piqua"], ["evaluate", model, "--limit", "3"],
        ["evaluate", model, "--tasks", "recall", "--context", "1"],
        ["evaluate", model, "--tasks", "recall", "--limit", "-1"],
      ] {
        #expect(try modaLM(wrong).status == 2, "\(wrong)")
      }
      let missing = try modaLM(["evaluate", model, "--tasks", "piqa", "--task-folder", path("none")])
      #expect(missing.status == 1 && missing.errors.contains("Scripts/fetch-data tasks"), "\(missing.errors)")
    }
  }
}
