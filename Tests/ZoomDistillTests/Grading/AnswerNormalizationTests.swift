// Normal forms, relations and clusters of answers.
// Not here: replies around answers (ReplyGrammarTests.swift).

import Testing
import TestSupport
import ZoomDistill

@Suite("Answer normalization")
struct AnswerNormalizationTests {
  @Test(
    "forms",
    arguments: [
      ("The Red Car!", "red car"), ("a red and a blue car", "red and blue car"), ("A", "a"),
      ("Vitamin A cream", "vitamin a cream"),
      ("A TEAM", "a team"), ("Twenty-One", "21"), ("nineteen eighty four", "19 84"),
      ("three hundred and twelve", "312"),
      ("one million two hundred thousand", "1200000"), ("and", "and"), ("3 Birds", "3 bird"), ("birds", "birds"),
      ("5 KM", "5 kilometer"), ("$ 5", "5 $"), ("US$5", "5 $"), ("5'", "5 foot"), ("'5'", "5"), ("\"5\"", "5"),
      ("5\"", "5 inch"),
      ("5'10\"", "5 foot 10 inch"), ("½", "1/2"), ("2½", "2 1/2"), ("m²", "m^2"), ("2nd", "2nd"), ("second", "second"),
      ("don't", "dont"), ("e.g.", "eg"), ("www.site.org", "www.site.org"), ("-5", "-5"), ("- 5", "5"), (".5", "0.5"),
      ("3.50", "3.5"),
      ("1,234,567.10", "1234567.1"), ("1,23", "1,23"), ("007", "007"), ("-0", "0"), ("?!", "?!"), ("  ", ""), ("", ""),
      ("dark-red", "dark red"), ("WHITE & BLACK", "black white"), ("grey", "gray"), ("ice cream", "ice cream"),
      ("zero\u{200B}width", "zerowidth"), ("9**9**9**9", "9**9**9**9"), ("10:30AM", "10:30 am"),
      ("7 people", "7 person"),
      ("18+", "18+"), ("#4", "4"), ("100%", "100 %"), ("20°C", "20 °c"), ("ﬁsh", "fish"), ("“Hi”", "hi"),
      ("12345678901234567890123456789", "12345678901234567890123456789"), ("AT&T", "at&t"),
      ("red, white and blue", "blue red white"),
    ])
  func forms(text: String, form: String) {
    #expect(AnswerNormalization.form(of: text) == form)
  }

  @Test("a form is its own form, and case and punctuation at the ends do not matter")
  func stable() {
    let words = ["red", "Bird", "three", "the", "café", "10:30", "5", "kg", "Sun", "hundred", "AB-12", "grey", "left"]
    forAll(200) { random, seed in
      let text = (0..<Int.random(in: 1...4, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
      let form = AnswerNormalization.form(of: text)
      #expect(AnswerNormalization.form(of: form) == form, "seed \(seed): \(text)")
      #expect(AnswerNormalization.form(of: "  \"\(text)\". ") == form, "seed \(seed): \(text)")
    }
  }

  @Test(
    "relations",
    arguments: [
      ("3", "three", AnswerRelation.same), ("3", "4", .different), ("1 km", "1000 m", .same),
      ("5 m", "5 ft", .different),
      ("5 m", "5", .open(.units)), ("3 cats", "3 dogs", .open(.units)), ("red", "grey", .different),
      ("yes", "no", .different),
      ("left", "right", .different), ("Sunday", "Sun", .open(.containment)), ("red car", "car", .open(.containment)),
      ("boat", "coat", .open(.spelling)), ("cat", "car", .open(.wording)), ("AB 123", "AB-123", .open(.spelling)),
      ("AB 123", "AB 128", .different), ("221B", "221", .open(.containment)), ("B", "D", .different),
      ("car", "automobile", .open(.wording)), ("2 of 3", "2", .open(.containment)),
      ("restaurant", "restuarant", .open(.spelling)),
      ("3 red cars", "4 red cars", .different), ("", "", .same),
    ])
  func relations(a: String, b: String, relation: AnswerRelation) {
    #expect(AnswerRelation(a, b) == relation)
    #expect(AnswerRelation(b, a) == relation)
  }

  @Test("edit distance equals a naive recursion")
  func editDistance() {
    func naive(_ a: ArraySlice<Character>, _ b: ArraySlice<Character>) -> Int {
      guard let x = a.last, let y = b.last else { return a.count + b.count }
      var best = min(
        naive(a.dropLast(), b) + 1, naive(a, b.dropLast()) + 1, naive(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1))
      if a.count > 1, b.count > 1, x == b[b.endIndex - 2], a[a.endIndex - 2] == y {
        best = min(best, naive(a.dropLast(2), b.dropLast(2)) + 1)
      }
      return best
    }
    forAll(60) { random, seed in
      let words = (0..<2).map { _ in
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
          Character(["a", "b", "c"].randomElement(using: &random) ?? "a")
        }
      }
      #expect(
        AnswerRelation.editDistance(words[0], words[1]) == naive(words[0][...], words[1][...]), "seed \(seed) \(words)")
    }
  }
}

@Suite("Answer clusters")
struct AnswerClusterTests {
  @Test("votes are grouped, the most frequent writing is the text, missing votes count in the denominator")
  func majority() {
    let votes: [String?] = ["Three", "3", "three", nil, "4", "", "three", "3 "]
    let clustering = AnswerClustering(votes: votes)
    #expect(clustering.clusters.map(\.votes) == [[0, 1, 2, 6, 7], [4]])
    #expect(clustering.majority?.text == "3")
    #expect(clustering.share == 5.0 / 8)
    #expect(clustering.open.isEmpty)
  }

  @Test("no majority without votes or with a tie")
  func ties() {
    #expect(AnswerClustering(votes: []).share == 0)
    #expect(AnswerClustering(votes: [nil, nil]).majority == nil)
    #expect(AnswerClustering(votes: ["red", "blue"]).majority == nil)
    #expect(AnswerClustering(votes: ["red", "blue", "Red"]).majority?.votes == [0, 2])
  }

  @Test("open pairs are named, and only they can be joined")
  func joining() {
    let votes: [String?] = ["Sunday", "Sun", "Sunday", "Monday", "5 m", "5", "6"]
    let clustering = AnswerClustering(votes: votes)
    #expect(clustering.clusters.map(\.text) == ["Sunday", "Sun", "Monday", "5 m", "5", "6"])
    #expect(
      clustering.open == [
        OpenPair(first: 0, second: 1, doubt: .containment), OpenPair(first: 3, second: 4, doubt: .units),
      ])
    let joined = clustering.joining([[0, 1, 2], [3, 4, 5], [99, -1]])
    #expect(joined.clusters.map(\.votes) == [[0, 1, 2], [4, 5], [3], [6]])
    #expect(joined.majority?.text == "Sunday")
    #expect(joined.voteCount == 7)
  }

  @Test("synonyms are open on request")
  func wording() {
    #expect(AnswerClustering(votes: ["car", "automobile"]).open.isEmpty)
    let clustering = AnswerClustering(votes: ["car", "automobile"], includesWording: true)
    #expect(clustering.open.map(\.doubt) == [.wording])
    #expect(clustering.joining([[0, 1]]).majority?.votes == [0, 1])
  }

  @Test("the order of votes changes neither the sizes nor the share")
  func order() {
    let votes: [String?] = ["red", "Red", "grey", "gray", "red.", nil, "dark red", "3", "three"]
    let reference = AnswerClustering(votes: votes)
    forAll(20) { random, seed in
      let shuffled = AnswerClustering(votes: votes.shuffled(using: &random))
      #expect(shuffled.clusters.map(\.votes.count) == reference.clusters.map(\.votes.count), "seed \(seed)")
      #expect(shuffled.share == reference.share, "seed \(seed)")
    }
  }
}
