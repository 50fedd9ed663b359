// Lives here: classes of scalars, normalisation and cutting, compared with the reference library.
// Not here: encodings that depend on them (BytePairEncodingGoldenTests.swift).

import Foundation
import Testing
import Text

@Suite struct UnicodeTests {
  @Test func everyScalarHasTheClassesOfTheReference() throws {
    let ranges = try JSONDecoder().decode([String: [Int]].self, from: Fixtures.data("classes.json"))
    let kinds: [(String, ScalarClass)] = [
      ("letter", .letter), ("number", .number), ("space", .space), ("word", .word),
    ]
    for (name, kind) in kinds {
      let bounds = try #require(ranges[name])
      var expected = [Bool](repeating: false, count: 0x11_0000)
      for start in stride(from: 0, to: bounds.count, by: 2) {
        for scalar in bounds[start]...bounds[start + 1] { expected[scalar] = true }
      }
      let wrong = (0..<UInt32(0x11_0000)).compactMap(Unicode.Scalar.init).filter {
        UnicodeClasses.of($0).contains(kind) != expected[Int($0.value)]
      }
      #expect(wrong.isEmpty, "\(name): \(wrong.prefix(10).map { String($0.value, radix: 16) })")
    }
  }

  @Test func compositionIsThatOfTheReference() throws {
    let rows = try Fixtures.parts("composition", ".json").flatMap {
      try #require(try JSONSerialization.jsonObject(with: $0) as? [[Any]])
    }
    #expect(rows.count == 2_400)
    for row in rows {
      let text = try #require(row[0] as? String)
      let expected = row[1] as? String ?? text
      let composed = TextNormalizer.canonicalComposition.normalize(text)
      let scalars = text.unicodeScalars.map { String($0.value, radix: 16) }
      #expect(sameBytes(composed, expected), "\(scalars)")
      #expect(sameBytes(TextNormalizer.canonicalComposition.normalize(composed), composed), "\(scalars) twice")
      #expect(sameBytes(TextNormalizer.none.normalize(text), text))
    }
  }

  /// Quadratic ordering would take minutes here, as Foundation's does.
  @Test(.timeLimit(.minutes(1))) func manyMarksAreOrdered() {
    let marks = String(repeating: "\u{301}\u{323}", count: 200_000)
    let composed = TextNormalizer.canonicalComposition.normalize("e" + marks).unicodeScalars
    #expect(composed.first == "\u{1EB9}")
    #expect(composed.count == 400_000)
    #expect(composed.dropFirst().prefix(199_999).allSatisfy { $0 == "\u{323}" })
    #expect(composed.suffix(200_000).allSatisfy { $0 == "\u{301}" })
  }

  @Test(arguments: [
    (PreTokenizer.gpt2, "I'M 12345 it's  ok\n\n x", ["I", "'", "M", " 12345", " it", "'s", " ", " ok", "\n\n", " x"]),
    (
      PreTokenizer.gpt4, "I'M 12345 it's  ok\n\n x",
      ["I", "'M", " ", "123", "45", " it", "'s", " ", " ok", "\n\n", " x"]
    ),
    (PreTokenizer.qwen2, "I'M 12345", ["I", "'M", " ", "1", "2", "3", "4", "5"]),
    (PreTokenizer.gpt4, "a  \n \r\n  b...\n\n\tc", ["a", "  \n \r\n", " ", " b", "...\n\n", "\tc"]),
    (PreTokenizer.gpt2, "a  \n \r\n  b...\n\n\tc", ["a", "  \n \r\n ", " b", "...", "\n\n", "\t", "c"]),
    (
      PreTokenizer.gpt4, "x'\u{17F}y \u{4E2D}\u{6587}\u{3000}z",
      ["x", "'\u{17F}", "y", " \u{4E2D}\u{6587}", "\u{3000}z"]
    ),
    (PreTokenizer.gpt2, "", []),
  ])
  func cutsWhereTheExpressionCuts(preTokenizer: PreTokenizer, text: String, pieces: [String]) {
    #expect(preTokenizer.pieces(of: text).map { Array($0.utf8) } == pieces.map { Array($0.utf8) })
  }

  @Test func piecesMakeUpTheText() throws {
    for text in try Fixtures.strings() {
      for preTokenizer in [PreTokenizer.gpt2, .gpt4, .qwen2] {
        let pieces = preTokenizer.pieces(of: text)
        #expect(sameBytes(pieces.joined(), text))
        #expect(!pieces.contains(""))
      }
    }
  }
}
