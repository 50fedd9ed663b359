// Lives here: the same identifiers as the reference library, on every text of the fixtures.
// Not here: unusual options (VariantTests.swift) and broken files (HostileTokenizerTests.swift).

import Foundation
import Testing
import Text

/// How a vocabulary did on the texts of the fixtures.
private struct Comparison {
  var wrong: [String] = []
  var notRoundTrip: [String] = []
  var count = 0

  init(_ tokenizer: BytePairEncoding, name: String) throws {
    let texts = try Fixtures.strings()
    let expected = try Fixtures.identifiers(name)
    try #require(texts.count == expected.count)
    count = texts.count
    for (text, identifiers) in zip(texts, expected) {
      let tokens = tokenizer.encode(text)
      if tokens != identifiers {
        wrong.append("\(text.debugDescription): expected \(identifiers), got \(tokens)")
      }
      if tokenizer.normalizer == .none, !sameBytes(tokenizer.decode(tokens), text) {
        notRoundTrip.append(text.debugDescription)
      }
      // Encoding the normalised text again changes nothing, even where normalisation did.
      let again = tokenizer.decode(tokens)
      if tokenizer.normalizer != .none, !sameBytes(tokenizer.decode(tokenizer.encode(again)), again) {
        notRoundTrip.append(text.debugDescription)
      }
    }
  }
}

@Suite struct BytePairEncodingGoldenTests {
  @Test(arguments: ["gpt2", "gpt4", "qwen2"])
  func smallVocabulariesEncodeAsTheReference(kind: String) throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.path("small-\(kind).json"))
    let comparison = try Comparison(tokenizer, name: "small-\(kind)")
    #expect(comparison.count >= 2_000)
    #expect(comparison.wrong.isEmpty, "\(comparison.wrong.count) of \(comparison.count): \(comparison.wrong.prefix(5))")
    #expect(comparison.notRoundTrip.isEmpty)
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["gpt2", "gpt4", "qwen2"])
  func longRepeatedTextsEncodeAsTheReference(kind: String) throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.path("small-\(kind).json"))
    let expected = try Fixtures.repeatedIdentifiers("small-\(kind)")
    try #require(expected.count == Fixtures.repeats.count)
    for ((unit, count), expected) in zip(Fixtures.repeats, expected) {
      let tokens = tokenizer.encode(String(repeating: unit, count: count))
      #expect(Fixtures.summary(of: tokens) == expected, "\(unit.debugDescription) × \(count)")
    }
  }

  @Test(arguments: [("gpt2", false), ("gpt4", true), ("qwen2", false)])
  func filesAreWrittenByteForByteAsTheReferenceWritesThem(kind: String, isPretty: Bool) throws {
    let path = Fixtures.path("small-\(kind).json")
    let tokenizer = try BytePairEncoding(contentsOf: path)
    let folder = try TemporaryFolder()
    try tokenizer.write(to: folder.file("tokenizer.json"), pretty: isPretty)
    #expect(folder.contents == ["tokenizer.json"])
    let written = try Data(contentsOf: URL(fileURLWithPath: folder.file("tokenizer.json")))
    #expect(written == (try Fixtures.data("small-\(kind).json")))
    let again = try BytePairEncoding(json: tokenizer.jsonText(pretty: !isPretty))
    #expect(again.fingerprint == tokenizer.fingerprint)
    #expect(again.jsonText() == tokenizer.jsonText())
  }

  @Test func olderSpellingOfMergesGivesTheSameTokenizer() throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.path("small-gpt4.json"))
    var document = try #require(
      try JSONSerialization.jsonObject(with: Fixtures.data("small-gpt4.json")) as? [String: Any])
    var model = try #require(document["model"] as? [String: Any])
    let merges = try #require(model["merges"] as? [[String]])
    model["merges"] = ["#version: 0.2"] + merges.map { $0.joined(separator: " ") }
    document["model"] = model
    let text = String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self)
    #expect(try BytePairEncoding(json: text).fingerprint == tokenizer.fingerprint)
  }

  @Test func decodingIsThatOfTheReferenceEvenForBrokenText() throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.path("small-gpt4.json"))
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Fixtures.data("decodings.json")) as? [[Any]])
    #expect(rows.count == 400)
    for row in rows {
      let tokens = try #require(row[0] as? [Int]).map(Int32.init)
      let full = try #require(row[1] as? String)
      let bare = try #require(row[2] as? String)
      #expect(sameBytes(tokenizer.decode(tokens), full), "\(tokens)")
      #expect(sameBytes(tokenizer.decode(tokens, skippingSpecialTokens: true), bare), "\(tokens)")
    }
  }

  @Test func tokensCanBeLookedUp() throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.path("small-gpt4.json"))
    #expect(tokenizer.vocabularySize == 1_200)
    #expect(tokenizer.endOfText == 0)
    #expect(tokenizer.specialTokens == ["<|endoftext|>": 0])
    #expect(tokenizer.isSpecial(0) && !tokenizer.isSpecial(1))
    #expect(tokenizer.token(of: 0) == "<|endoftext|>")
    #expect(tokenizer.token(of: 1_200) == nil && tokenizer.token(of: -1) == nil)
    #expect(tokenizer.bytes(of: 1_200) == nil && tokenizer.bytes(of: -1) == nil)
    let the = try #require(tokenizer.identifier(of: "Ġthe"))
    #expect(tokenizer.token(of: the) == "Ġthe")
    #expect(tokenizer.bytes(of: the) == Array(" the".utf8))
    #expect(tokenizer.identifier(of: "no such token") == nil)
    for identifier in 0..<Int32(tokenizer.vocabularySize) { #expect(tokenizer.bytes(of: identifier) != nil) }
    #expect(throws: TokenizerError.unknownIdentifier(identifier: 1_200, vocabularySize: 1_200)) {
      try tokenizer.validate([1, 1_200])
    }
  }

  @Test func threadsMayShareATokenizer() async throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.path("small-gpt2.json"))
    let texts = try Fixtures.strings()
    let expected = try Fixtures.identifiers("small-gpt2")
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { zip(texts, expected).filter { tokenizer.encode($0) != $1 }.count }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}

/// The published vocabularies are too large to commit; their expected identifiers are committed.
@Suite struct PublishedVocabularyTests {
  private func check(_ name: String, file: String, vocabularySize: Int) throws {
    let tokenizer = try BytePairEncoding(contentsOf: Fixtures.published(file))
    #expect(tokenizer.vocabularySize == vocabularySize)
    let comparison = try Comparison(tokenizer, name: name)
    #expect(comparison.count >= 2_000)
    #expect(comparison.wrong.isEmpty, "\(comparison.wrong.count) of \(comparison.count): \(comparison.wrong.prefix(5))")
    #expect(comparison.notRoundTrip.isEmpty)
    for ((unit, count), expected) in zip(Fixtures.repeats, try Fixtures.repeatedIdentifiers(name)) {
      let tokens = tokenizer.encode(String(repeating: unit, count: count))
      #expect(Fixtures.summary(of: tokens) == expected, "\(unit.debugDescription) × \(count)")
    }
    let written = [true, false].map { pretty in
      let text = tokenizer.jsonText(pretty: pretty)
      return "\(name) \(text.utf8.count) \(Fixtures.hexadecimal(Fingerprint(of: text.utf8).value))"
    }
    let saved = String(decoding: try Fixtures.data("saved.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(written == saved.filter { $0.hasPrefix(name) })
  }

  @Test(.enabled(if: Fixtures.isFetched("allenai_dolma2.json"), "fetch it with: Scripts/fetch-data tokenizers"))
  func olmo2EncodesAsTheReference() throws {
    try check("dolma2", file: "allenai_dolma2.json", vocabularySize: 100_278)
  }

  @Test(.enabled(if: Fixtures.isFetched("gpt-neox.json"), "fetch it with: Scripts/fetch-data tokenizers"))
  func gptNeoXEncodesAsTheReference() throws {
    try check("gpt-neox", file: "gpt-neox.json", vocabularySize: 50_280)
  }
}
