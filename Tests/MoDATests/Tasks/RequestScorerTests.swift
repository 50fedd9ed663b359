// Likelihoods of packed requests against one request at a time in double precision sums, tokens against the rules of
// the harness, and truncation.
import Foundation
import NN
import Tensor
import Testing
import Text

import MoDA

@Suite struct RequestScorerTests {
  /// The log-likelihood of a request from the logits of its own sequence, in double precision.
  static func naive(_ model: LanguageModel, _ request: EncodedRequest) -> Double {
    let tokens = request.context + request.continuation
    let logits = model.logits(IndexTensor(Array(tokens.dropLast()), shape: [1, tokens.count - 1])).elements
    let vocabulary = model.config.vocabulary
    return request.continuation.indices.reduce(0) { sum, index in
      let row = (request.context.count + index - 1) * vocabulary
      let scores = logits[row..<row + vocabulary].map(Double.init)
      let top = scores.max() ?? 0
      let normalizer = top + log(scores.reduce(0) { $0 + exp($1 - top) })
      return sum + scores[Int(request.continuation[index])] - normalizer
    }
  }

  static func requests(_ count: Int, context: Int, seed: UInt64) -> [EncodedRequest] {
    var random = RandomSource(seed: seed).split("requests")
    func tokens(_ count: Int) -> [Int32] { (0..<count).map { _ in Int32(random.integer(below: 61)) } }
    var found: [EncodedRequest] = []
    while found.count < count {
      let continuationMost = 1 + random.integer(below: 9)
      let prompt = tokens(1 + random.integer(below: context - continuationMost))
      for _ in 0..<1 + random.integer(below: 5) {
        found.append(
          EncodedRequest(context: prompt, continuation: tokens(1 + random.integer(below: continuationMost))))
      }
    }
    return found
  }

  @Test(arguments: LanguageModelTests.variants, [NormPlacement.pre, .reordered])
  func packedEqualsOneAtATime(variant: (DepthWriters, DepthKeyMode), placement: NormPlacement) {
    var config = tinyConfig(writers: variant.0, keyMode: variant.1)
    config.normalization = placement
    config.initialDeviation = 0.2
    let model = LanguageModel(config, seed: 6), requests = Self.requests(40, context: 48, seed: 7)
    let expected = requests.map { Self.naive(model, $0) }
    for row in [1, 17, 64, 1024] {
      let scores = RequestScorer(model, rowTokens: row).score(requests)
      let error = zip(scores, expected).map { abs($0 - $1) }.max() ?? 0
      #expect(error < 1e-4, "rows of \(row): \(error)")
    }
  }

  /// Chunks share slots among tokens, so such a model reads each text alone.
  @Test func chunksAreNotTornApart() {
    var config = tinyConfig()
    config.depth.chunk = 4
    config.initialDeviation = 0.2
    let model = LanguageModel(config, seed: 8), requests = Self.requests(12, context: 48, seed: 9)
    #expect(!model.canBranch)
    let scores = RequestScorer(model).score(requests)
    let error = zip(scores, requests).map { abs($0 - Self.naive(model, $1)) }.max() ?? 0
    #expect(error < 1e-4)
  }

  @Test func companyDoesNotMatter() {
    var config = tinyConfig()
    config.initialDeviation = 0.2
    let model = LanguageModel(config, seed: 1), requests = Self.requests(30, context: 48, seed: 2)
    let scorer = RequestScorer(model, rowTokens: 100)
    let together = scorer.score(requests)
    let reversed = Array(scorer.score(requests.reversed()).reversed())
    for index in requests.indices {
      let alone = scorer.score([requests[index]])[0]
      #expect(abs(alone - together[index]) < 1e-4 && abs(reversed[index] - together[index]) < 1e-4)
    }
    #expect(scorer.score([]).isEmpty)
  }
}

@Suite struct RequestEncoderTests {
  private func encode(_ context: String, _ continuation: String, most: Int = 100) -> Result<
    EncodedRequest, UnscorableText
  > {
    RequestEncoder(ByteTokenizer(), context: most).encode(TaskText(context: context, continuation: continuation))
  }

  private func bytes(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

  @Test func spacesAtTheEndOfAContextMoveOver() throws {
    let plain = try encode("ab", " cd").get(), moved = try encode("ab ", "cd").get()
    #expect(plain == moved)
    #expect(plain.context == bytes("ab") && plain.continuation == bytes(" cd"))
    #expect(try encode("ab \n\u{2003}", "cd").get().continuation == bytes(" \n\u{2003}cd"))
  }

  @Test func anEmptyContextIsTheEndOfText() throws {
    #expect(try encode("", "cd").get() == EncodedRequest(context: [256], continuation: bytes("cd")))
    #expect(try encode("  ", "cd").get() == EncodedRequest(context: [256], continuation: bytes("  cd")))
    #expect(encode("", "") == .failure(.empty) && encode("ab", "") == .failure(.empty))
  }

  /// Context and continuation share the model's context and one token more: the last is only predicted.
  @Test func whatIsTooLongGoesFromTheLeft() throws {
    let whole = try encode("abcdef", "gh", most: 7).get()
    #expect(whole.context == bytes("abcdef"))
    #expect(try encode("abcdef", "gh", most: 6).get().context == bytes("bcdef"))
    #expect(try encode("abcdef", "gh", most: 2).get() == EncodedRequest(context: bytes("f"), continuation: bytes("gh")))
    #expect(encode("abcdef", "gh", most: 1) == .failure(.tooLong(tokens: 2, context: 1)))
  }

  /// The continuation's tokens are those of the whole text behind as many as the context has alone, even where merges
  /// cross the border.
  @Test func mergesAcrossTheBorderFollowTheHarness() throws {
    let texts = ["the cat sat on the mat", "the hat that sat", "a cat that the cat sat on"]
    let tokenizer = try BytePairTrainer(vocabularySize: 300).train(on: texts)
    let encoder = RequestEncoder(tokenizer, context: 50)
    for (context, continuation) in [("the c", "at sat"), ("the cat", " sat on the"), ("th", "e")] {
      let before = tokenizer.encode(context, addingSurroundingTokens: false)
      let whole = tokenizer.encode(context + continuation, addingSurroundingTokens: false)
      let found = encoder.encode(TaskText(context: context, continuation: continuation))
      if whole.count > before.count {
        #expect(try found.get() == EncodedRequest(context: before, continuation: Array(whole.dropFirst(before.count))))
      } else {
        #expect(found == .failure(.empty))
      }
    }
  }
}
