// Generated tasks: the right answer found again from the text alone, equal bytes for equal seeds, and no answer that a
// model could have without reading.
import Foundation
import Tensor
import Testing

import MoDA

@Suite struct GeneratedTaskTests {
  static let seeds: [UInt64] = [1, 2, 77]
  static let textless = GeneratedTask.allCases.filter { $0 != .lastWord }

  private func words(_ text: String) -> [String] {
    text.split(whereSeparator: { " \n".contains($0) }).map(String.init)
  }

  @Test(arguments: textless)
  func equalSeedsGiveEqualBytes(task: GeneratedTask) throws {
    let first = try RequestFile.encode(task.make(count: 30, seed: 5, corpus: ""))
    #expect(try RequestFile.encode(task.make(count: 30, seed: 5, corpus: "")) == first)
    #expect(try RequestFile.encode(task.make(count: 30, seed: 6, corpus: "")) != first)
    // Fewer documents are the first of more.
    #expect(
      try task.make(count: 9, seed: 5, corpus: "").documents
        == Array(task.make(count: 30, seed: 5, corpus: "").documents.prefix(9)))
  }

  @Test(arguments: textless)
  func labelsAreSpreadAndChoicesDiffer(task: GeneratedTask) throws {
    let made = try task.make(count: 400, seed: 9, corpus: "")
    let count = made.documents[0].choices.count
    for label in 0..<count {
      let share = Double(made.documents.count(where: { $0.label == label })) / 400
      #expect(abs(share - 1 / Double(count)) < 0.1, "\(task) label \(label): \(share)")
    }
    for document in made.documents { #expect(Set(document.choices).count == count, "\(document)") }
    #expect(made.chance == 1 / Double(count))
  }

  @Test(arguments: seeds) func recallIsWhatWasTold(seed: UInt64) throws {
    for document in try GeneratedTask.recall.make(count: 100, seed: seed, corpus: "").documents {
      let sentences = document.choices[0].context.components(separatedBy: ".")
      let query = words(sentences[sentences.count - 1])[0]
      let told = sentences.dropLast().map(words).filter { $0[0] == query }
      #expect(
        told.count == 1 && document.choices[document.label].continuation == " \(told[0][3])",
        "seed \(seed): \(document)")
      for choice in document.choices { #expect(sentences.contains { words($0).last == words(choice.continuation)[0] }) }
    }
  }

  @Test(arguments: seeds, 1...4) func pointersLeadWhereTheLinksLead(seed: UInt64, hops: Int) throws {
    let task = try #require(GeneratedTask(rawValue: "pointer_\(hops)"))
    for document in try task.make(count: 60, seed: seed, corpus: "").documents {
      let lines = document.choices[0].context.split(separator: "\n").map { words(String($0)) }
      let links = Dictionary(uniqueKeysWithValues: lines.dropLast().map { ($0[0], $0[2]) })
      let question = lines[lines.count - 1]
      #expect(question.count(where: { $0 == "->" }) == hops && links.count == 8)
      var place = question[0]
      for _ in 0..<hops { place = try #require(links[place]) }
      #expect(document.choices[document.label].continuation == " \(place)", "seed \(seed): \(document)")
    }
  }

  @Test(arguments: seeds) func bracketsCloseTheInnermost(seed: UInt64) throws {
    let pairs = [")": "(", "]": "[", "}": "{", ">": "<"]
    for document in try GeneratedTask.brackets.make(count: 200, seed: seed, corpus: "").documents {
      var stack: [String] = []
      for word in words(document.choices[0].context) {
        if let open = pairs[word] { #expect(stack.popLast() == open) } else { stack.append(word) }
      }
      let answers = document.choices.map { pairs[words($0.continuation)[0]] }
      #expect(answers[document.label] == stack.last && stack.dropLast().contains { $0 == answers[1 - document.label] })
    }
  }

  /// Agreement by a second, simple rule: which number the subject has, from the lists of nouns.
  @Test func minimalPairsAgree() throws {
    let several = [
      "boys", "girls", "kings", "teachers", "doctors", "soldiers", "friends", "brothers", "students",
      "farmers", "writers", "servants",
    ]
    let documents = try GeneratedTask.minimalPairs.make(count: 1000, seed: 4, corpus: "").documents
    #expect(Set(documents.map(\.group)).count == 10)
    for document in documents {
      let right = words(document.choices[document.label].continuation)[0]
      let wrong = words(document.choices[1 - document.label].continuation)[0]
      let context = words(document.choices[0].context)
      switch document.group {
      case "agreement", "agreement_prepositional", "agreement_relative":
        let isSeveral = several.contains(context[2])
        #expect(right.hasSuffix("s") != isSeveral && wrong.hasSuffix("s") == isSeveral, "\(document)")
      case "auxiliary": #expect(right == (several.contains(context[1]) ? "have" : "has"))
      case "copula": #expect(right == (several.contains(context[1]) ? "were" : "was"))
      case "demonstrative":
        #expect(
          several.contains(right) == ["these", "those"].contains(context[2])
            && several.contains(right) != several.contains(wrong))
      case "article":
        let next = words(document.choices[document.label].continuation)[1]
        #expect((right == "an") == "aeio".contains(next.prefix(1)), "\(document)")
      default: #expect(right != wrong)
      }
      #expect(document.choices[0].context == document.choices[1].context)
    }
  }

  @Test func lastWordsComeFromHeldOutText() throws {
    let corpus = repositoryRoot.appendingPathComponent("Data/sample").path
    let task = try GeneratedTask.lastWord.make(count: 100, seed: 1, corpus: corpus)
    #expect(try GeneratedTask.lastWord.make(count: 100, seed: 1, corpus: corpus).documents == task.documents)
    let text = try TextCorpus(path: corpus)
    var heldOut = ""
    for domain in text.domains {
      heldOut += try text.documents(domain, .validation).joined(separator: "\n") + "\n"
      let test = "\(corpus)/\(domain)/test.jsonl"
      if FileManager.default.fileExists(atPath: test) { heldOut += try String(contentsOfFile: test, encoding: .utf8) }
    }
    let all = words(heldOut.replacingOccurrences(of: "\\n", with: "\n")).joined(separator: " ")
    for document in task.documents.prefix(40) {
      #expect(Set(document.choices).count == 4)
      let right = document.choices[document.label]
      #expect(words(right.context).count >= 30)
      let tail = words(right.context).suffix(3).joined(separator: " ") + right.continuation + "."
      #expect(all.contains(tail) || tail.contains("\""), "\(tail)")
    }
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("short")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for split in ["train", "validation"] {
        try Data(#"{"id": "a", "text": "Too short."}"#.utf8).write(to: place.appendingPathComponent("\(split).jsonl"))
      }
      let error = #expect(throws: TaskError.self) {
        try GeneratedTask.lastWord.make(count: 100, seed: 1, corpus: folder.path)
      }
      #expect(error.map { "\($0)" }?.contains("--data") == true)
    }
  }

  /// Training text is the tasks' own form with the right answers, and never a question of the evaluation.
  @Test func trainingTextIsTrueAndDisjoint() throws {
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("corpus")
      try TaskCorpus.write(to: place, documents: 40, seed: 1)
      let corpus = try TextCorpus(path: place.path)
      #expect(corpus.domains == TaskCorpus.domains)
      for text in try corpus.documents("pointers", .train) {
        let parts = text.components(separatedBy: "\n\n")
        let links = Dictionary(
          uniqueKeysWithValues: parts[0].split(separator: "\n").map { (words(String($0))[0], words(String($0))[2]) })
        for line in parts[1].split(separator: "\n").map({ words(String($0)) }) {
          var place = line[0]
          for _ in line.filter({ $0 == "->" }) { place = links[place] ?? "" }
          #expect(place == line.last)
        }
      }
      let asked = Set(
        try GeneratedTask.recall.make(count: 500, seed: 1, corpus: "").documents.map {
          String($0.choices[0].context.prefix(60))
        })
      for split in Split.allCases {
        for text in try corpus.documents("recall", split) { #expect(!asked.contains(String(text.prefix(60)))) }
      }
      let again = folder.appendingPathComponent("again")
      try TaskCorpus.write(to: again, documents: 40, seed: 1)
      for file in ["recall/train.jsonl", "brackets/validation.jsonl"] {
        #expect(
          try Data(contentsOf: place.appendingPathComponent(file))
            == Data(contentsOf: again.appendingPathComponent(file)))
      }
      #expect(throws: TaskError.self) { try TaskCorpus.write(to: again, documents: 1, seed: 1) }
    }
  }
}
