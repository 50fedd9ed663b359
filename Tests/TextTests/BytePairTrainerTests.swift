// Lives here: training gives the vocabularies of the reference library.
// Not here: what the vocabularies do afterwards.

import Foundation
import Testing
import Text

private struct TrainingCase: Decodable {
  let texts: [String]
  let kind: String
  let size: Int
  let special: [String]
  let frequency: Int
  let vocabulary: [String]
  let merges: [[String]]
}

@Suite struct BytePairTrainerTests {
  private let preTokenizers: [String: PreTokenizer] = ["gpt2": .gpt2, "gpt4": .gpt4, "qwen2": .qwen2]

  @Test func learnsTheMergesOfTheReferenceFromTinyCorpora() throws {
    let cases = try Fixtures.parts("training", ".json").flatMap {
      try JSONDecoder().decode([TrainingCase].self, from: $0)
    }
    #expect(cases.count == 24)
    for (index, item) in cases.enumerated() {
      let trainer = BytePairTrainer(
        vocabularySize: item.size, minimumFrequency: item.frequency, specialTokens: item.special,
        preTokenizer: try #require(preTokenizers[item.kind]))
      let tokenizer = try trainer.train(on: item.texts)
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(tokenizer.jsonText().utf8)) as? [String: Any])
      let model = try #require(document["model"] as? [String: Any])
      #expect(model["merges"] as? [[String]] == item.merges, "case \(index)")
      let vocabulary = try #require(model["vocab"] as? [String: Int])
      #expect(vocabulary.sorted { $0.value < $1.value }.map(\.key) == item.vocabulary, "case \(index)")
    }
  }

  @Test(arguments: [("gpt4", 1_200, true), ("gpt2", 2_500, false), ("qwen2", 700, false)])
  func trainsTheFixturesByteForByte(kind: String, size: Int, isPretty: Bool) throws {
    let licence = try TextFile.read(Fixtures.root.appendingPathComponent("LICENSE").path)
    let trainer = BytePairTrainer(
      vocabularySize: size, normalizer: kind == "gpt2" ? .canonicalComposition : .none,
      preTokenizer: try #require(preTokenizers[kind]))
    let tokenizer = try trainer.train(on: try Fixtures.strings() + [licence])
    let expected = String(decoding: try Fixtures.data("small-\(kind).json"), as: UTF8.self)
    #expect(sameBytes(tokenizer.jsonText(pretty: isPretty), expected))
  }

  @Test func countsAreAddedUpOverTexts() throws {
    let trainer = BytePairTrainer(vocabularySize: 259, preTokenizer: .gpt2)
    var counts = trainer.makeCounts()
    for text in ["low lower", "low", "newest low"] { counts.add(text) }
    #expect(counts.byteCount == 22)
    #expect(counts.count == 4)
    #expect(
      try trainer.train(on: counts).jsonText() == trainer.train(on: ["low lower", "low", "newest low"]).jsonText())
  }

  @Test func progressRunsToItsTotal() throws {
    let trainer = BytePairTrainer(vocabularySize: 265, preTokenizer: .gpt4)
    var seen: [BytePairTrainer.Progress] = []
    let tokenizer = try trainer.train(on: ["the theme of the other theatre"]) { seen.append($0) }
    #expect(seen.map(\.merges) == Array(1...8))
    #expect(seen.allSatisfy { $0.total == 8 })
    #expect(tokenizer.mergeCount == 8)
  }

  @Test func aSmallCorpusGivesASmallerVocabulary() throws {
    let tokenizer = try BytePairTrainer(vocabularySize: 10_000).train(on: ["abc"])
    #expect(tokenizer.vocabularySize == 259)
    #expect(tokenizer.encode("abc").count == 1)
    #expect(try BytePairTrainer(vocabularySize: 300).train(on: [String]()).vocabularySize == 257)
  }

  @Test func tooSmallAVocabularyIsRefused() {
    #expect(throws: TokenizerError.vocabularyTooSmall(requested: 256, minimum: 257)) {
      try BytePairTrainer(vocabularySize: 256).train(on: ["abc"])
    }
  }
}
