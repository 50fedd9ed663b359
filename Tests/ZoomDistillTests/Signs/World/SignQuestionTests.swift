// The grammar of questions, there and back.
import Foundation
import TestSupport
import Testing
import ZoomDistill

@Suite("Sign questions")
struct SignQuestionTests {
  private static let all = Dimension.allCases.flatMap { dimension in
    SignFrame.allCases.map { SignQuestion(dimension: dimension, frame: $0) }
  }

  @Test("every paraphrase of every question is read back")
  func roundTrip() {
    for question in Self.all {
      for paraphrase in 0..<SignQuestion.paraphrases {
        let text = question.text(paraphrase: paraphrase)
        #expect(SignQuestion(text) == question, "\(text)")
        let dressed = "Look: \(text.capitalized)?\n\nConsider only what is inside the red bounding box."
        #expect(SignQuestion(dressed) == question, "\(dressed)")
      }
    }
  }

  @Test("paraphrases differ")
  func different() {
    let texts = Self.all.flatMap { question in (0..<SignQuestion.paraphrases).map { question.text(paraphrase: $0) } }
    #expect(Set(texts).count == Self.all.count * SignQuestion.paraphrases)
  }

  @Test("questions that nobody can answer are not of the grammar", arguments: SignFrame.allCases)
  func unanswerable(frame: SignFrame) {
    for choice in [-7, 0, 1, 2, 3, 4, 5, 1 << 40] {
      let text = SignQuestion.unanswerable(frame, choice: choice)
      #expect(SignQuestion(text) == nil, "\(text)")
    }
    #expect(Set((0..<6).map { SignQuestion.unanswerable(frame, choice: $0) }).count == 6)
  }

  @Test(
    "hostile questions are no questions",
    arguments: [
      "", " ", "?", "what digit is on the", "what digit is on the star", "digit triangle", "what is left of the star",
      "how many circles are in the picture", "what\u{0}digit is on the circle\u{301}x", "how many dots are on circle",
    ])
  func hostile(text: String) { #expect(SignQuestion(text) == nil) }

  @Test("random words crash nothing")
  func randomWords() {
    let words = [
      "what", "digit", "is", "on", "the", "circle", "gapped", "ring", "how", "many", "dots", "are", "?", "\n",
    ]
    forAll(200) { random, seed in
      let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
        words.randomElement(using: &random) ?? ""
      }.joined(separator: " ")
      if let question = SignQuestion(text) {
        #expect(question.candidates == question.dimension.signAnswers, "seed \(seed)")
      }
    }
  }
}
