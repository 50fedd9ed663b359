// Words of pictures: lists that carry them, questions about them, and pairs that can be asked about.
// Not here: benchmarks made of them (PictureBundleTests.swift), studies (LabelStudyTests.swift).

import Foundation
import Media
import Tensor
import TestSupport
import Testing
import ZoomDistill

@Suite("Words of pictures")
struct WordQuestionTests {
  private let folder: ZoomTestFolder

  init() throws { folder = try ZoomTestFolder() }

  /// Words of 40 × 20 pixels, ten pixels apart, four a line.
  static func words(_ text: String) -> [PictureWord] {
    text.split(separator: " ").enumerated().map { number, word in
      let (x, y) = (Double(number % 4) * 50, Double(number / 4) * 30)
      return PictureWord(String(word), BoundingBox(left: x, top: y, right: x + 40, bottom: y + 20))
    }
  }

  @Test(
    "questions are told apart by their words",
    arguments: [
      ("Which word comes right after \"deep\"?", WordQuestion.after("deep")),
      ("What comes AFTER “the sea”?", .after("the sea")),
      ("What is written here?", .written(isOneWord: false)), ("Which word is written here?", .written(isOneWord: true)),
      ("What serial number is written on the red label?", .written(isOneWord: true)),
      ("Which word is printed on the red label?", .written(isOneWord: true)),
      ("What is the text that is printed here?", .written(isOneWord: false)),
      ("What color is the tag below the cup?", nil), ("What happens after dinner?", nil),
      ("Who has written this?", nil),
      ("after \"\"", nil), ("", nil),
    ] as [(String, WordQuestion?)])
  func kinds(_ text: String, _ expected: WordQuestion?) { #expect(WordQuestion(text) == expected) }

  @Test("the word after another is the next one, if both are inside and the first is there once")
  func after() {
    let words = Self.words("One fish, two fish. Red fish (blue) fish")
    let all = BoundingBox(left: 0, top: 0, right: 200, bottom: 60)
    let first = BoundingBox(left: 0, top: 0, right: 95, bottom: 25)
    #expect(WordQuestion.after("one").answer(words, in: all) == "fish")
    #expect(WordQuestion.after("\"Blue!").answer(words, in: all) == "fish")
    // The line's end is no end of the text.
    #expect(WordQuestion.after("two").answer(words, in: all) == "fish")
    #expect(WordQuestion.after("fish").answer(words, in: all) == nil, "it is there four times")
    #expect(WordQuestion.after("fish").answer(words, in: first) == nil, "the next one is outside")
    #expect(
      WordQuestion.after("fish").answer(words, in: BoundingBox(left: 45, top: 0, right: 145, bottom: 20)) == "two")
    #expect(WordQuestion.after("cat").answer(words, in: all) == nil)
    #expect(WordQuestion.after("fish").answer([words[1]], in: all) == nil, "nothing follows")
    #expect(WordQuestion.after("one").answer([], in: all) == nil)
  }

  @Test("what is written is all words inside by their centres; one word only where there is one")
  func written() {
    let words = Self.words("One fish, two fish.")
    let question = WordQuestion.written(isOneWord: false), word = WordQuestion.written(isOneWord: true)
    let two = BoundingBox(left: 0, top: 0, right: 71, bottom: 20)
    #expect(question.answer(words, in: two) == "One fish,")
    #expect(word.answer(words, in: two) == nil)
    #expect(word.answer(words, in: BoundingBox(left: 0, top: 0, right: 69, bottom: 20)) == "One")
    #expect(question.answer(words, in: BoundingBox(left: 300, top: 0, right: 400, bottom: 20)) == nil)
  }

  @Test("a list gives the words of its pictures; damaged lines are refused by number")
  func lists() throws {
    let good = #"""
      {"file": "a/p.png", "licence": "MIT", "source": "x.pdf", "author": "nobody", "words": [{"text": "Hi", "box": [1, 2, 3.5, 4]}], "dpi": 300}
      {"path": "none.png"}

      {"path": "b.png", "words": []}
      """#
    let pictures = try WordedPicture.list(try folder.write(good, "list.jsonl"))
    #expect(
      pictures == [
        WordedPicture(
          path: "a/p.png", words: [PictureWord("Hi", BoundingBox(left: 1, top: 2, right: 3.5, bottom: 4))],
          licence: "MIT", origin: "nobody, x.pdf"),
        WordedPicture(path: "b.png", words: [], licence: "unknown", origin: ""),
      ])
    for bad in [
      "{}", "[]", "no JSON", #"{"path": "a", "words": 3}"#, #"{"path": "a", "words": [{"text": "x"}]}"#,
      #"{"path": "a", "words": [{"text": "x", "box": [1, 2, 3]}]}"#,
      #"{"path": "a", "words": [{"text": "x", "box": [3, 2, 1, 4]}]}"#,
      #"{"path": "a", "words": [{"text": "x", "box": [1, 2, 1e999, 4]}]}"#, "\u{0}",
    ] {
      let file = try folder.write("{\"path\": \"ok\"}\n" + bad + "\n", "bad.jsonl")
      #expect { try WordedPicture.list(file) } throws: { "\($0)".contains("line 2") }
    }
    #expect(throws: ZoomError.self) { try WordedPicture.list(folder.url.appending(path: "missing")) }
  }

  @Test("pairs stand in one line, inside of the picture, and what is quoted is there once")
  func pairs() {
    let size = ImageSize(width: 200, height: 100)
    func texts(_ text: String, in size: ImageSize = size) -> [String] {
      WordPair.all(Self.words(text), in: size).map { "\($0.quoted.bare) \($0.answer.bare)" }
    }
    #expect(texts("the sea is deep and blue") == ["the sea", "sea is", "is deep", "and blue"])
    #expect(texts("the sea The sky") == ["sea The"])
    #expect(texts("well, then so \"quoted\"") == ["then so"], "marks between two words")
    #expect(texts("in 1999 we x") == [])
    #expect(texts("cus- tomized scripts run") == ["scripts run"], "a divided word")
    #expect(texts("all re- peated") == [] && texts("/usr tree it’s fine,") == ["tree it’s"])
    #expect(texts("words (in print) here.") == [])
    #expect(texts("the sea", in: ImageSize(width: 80, height: 100)) == [])
    let far = [
      PictureWord("far", BoundingBox(left: 0, top: 0, right: 40, bottom: 20)),
      PictureWord("off", BoundingBox(left: 81, top: 0, right: 120, bottom: 20)),
      PictureWord("up", BoundingBox(left: 125, top: 11, right: 140, bottom: 31)),
    ]
    #expect(WordPair.all(far, in: size).isEmpty)
  }

  @Test("draws are the same for a seed, differ in height, share no word, and are fewer where there are fewer")
  func draws() {
    forAll(30, seed: 11) { random, key in
      let count = Int.random(in: 1...5, using: &random)
      var words: [PictureWord] = []
      for line in 0..<Int.random(in: 1...9, using: &random) {
        let height = Double(10 + 4 * line)
        for column in 0..<4 {
          let x = Double(column) * 60
          words.append(
            PictureWord(
              "w" + String(repeating: "ab", count: line + 1) + String(repeating: "x", count: column),
              BoundingBox(left: x, top: Double(line) * 60, right: x + 50, bottom: Double(line) * 60 + height)))
        }
      }
      let pairs = WordPair.all(words, in: ImageSize(width: 240, height: 600))
      let seed = UInt64.random(in: 0...9, using: &random)
      var (one, other) = (RandomSource(seed: seed), RandomSource(seed: seed))
      let drawn = WordPair.drawn(pairs, count: count, random: &one)
      #expect(drawn == WordPair.drawn(pairs, count: count, random: &other))
      #expect(drawn.count <= count && !drawn.isEmpty && drawn.allSatisfy(pairs.contains))
      #expect(drawn.map(\.height) == drawn.map(\.height).sorted())
      for (index, pair) in drawn.enumerated() {
        for second in drawn[(index + 1)...] { #expect(pair.box.intersection(second.box).area == 0) }
      }
      if pairs.count >= 12, count > 1 { #expect(Set(drawn.map(\.height)).count > 1, "case \(key)") }
    }
  }
}
