// Samplers: exact edge cases, and frequencies of draws.
import Foundation
import NN
import Tensor
import Testing

@Suite struct SamplerTests {
  private func logits(_ values: Float...) -> Tensor { Tensor(values) }

  private func tokens(_ sampler: Sampler, _ logits: Tensor, history: [Int32] = []) throws -> [Int32] {
    try sampler.candidates(logits: logits, history: history).map(\.token)
  }

  @Test func greedyTakesTheLargestAndTheLowerIdOfEquals() throws {
    var source = RandomSource(seed: 1)
    let before = source
    #expect(try Sampler.greedy.token(logits: logits(0, 3, -1, 3), from: &source) == 1)
    #expect(try Sampler.greedy.token(logits: logits(.nan, -5, .nan, -4), from: &source) == 3)
    #expect(try Sampler.greedy.token(logits: logits(1, .infinity, 2), from: &source) == 1)
    #expect(try Sampler.greedy.token(logits: logits(-.infinity, -.greatestFiniteMagnitude), from: &source) == 1)
    #expect(try Sampler(topK: 1).token(logits: logits(2, 2, 1), from: &source) == 0)
    #expect(source == before, "a choice without chance draws nothing")
  }

  @Test(arguments: [Sampler.greedy, Sampler(), Sampler(topK: 3, topP: 0.5, minP: 0.1)])
  func withoutAnyCandidateTheErrorSaysWhy(sampler: Sampler) {
    var source = RandomSource(seed: 1)
    #expect(throws: SamplerError.noCandidate(vocabulary: 3, notANumber: 2)) {
      try sampler.token(logits: logits(.nan, -.infinity, .nan), from: &source)
    }
    #expect(SamplerError.noCandidate(vocabulary: 3, notANumber: 2).description.contains("2 are NaN"))
  }

  @Test func notANumberAndMinusInfinityAreNeverChosen() throws {
    var source = RandomSource(seed: 2)
    let row = logits(.nan, 0, -.infinity, 0.5, .nan)
    for sampler in [Sampler(), Sampler(topK: 4), Sampler(topP: 0.999), Sampler(minP: 0.001)] {
      #expect(Set(try tokens(sampler, row)) == [1, 3])
      for _ in 0..<200 { #expect([1, 3].contains(try sampler.token(logits: row, from: &source))) }
    }
  }

  @Test func infiniteLogitsShareAllProbability() throws {
    let kept = try Sampler().candidates(logits: logits(5, .infinity, .nan, .infinity, 100))
    #expect(kept == [.init(token: 1, probability: 0.5), .init(token: 3, probability: 0.5)])
  }

  @Test func topKKeepsExactlyKEvenAmongEquals() throws {
    #expect(try tokens(Sampler(topK: 2), logits(1, 4, 4, 4, 0)) == [1, 2])
    #expect(try tokens(Sampler(topK: 3), logits(1, 4, 2, 4, 0)) == [1, 3, 2])
    #expect(try tokens(Sampler(topK: 50), logits(1, 4, 2)).sorted() == [0, 1, 2])
  }

  @Test(arguments: [1, 5, 255, 256, 257, 400, 999])
  func topKAgreesWithASort(count: Int) throws {
    // Rounded logits, so that there are many ties.
    let row = Tensor(
      Tensor.normal([1000], mean: 0, deviation: 2, from: RandomSource(seed: 6)).elements.map { $0.rounded() })
    let expected = row.elements.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
      .prefix(count).map { Int32($0.offset) }
    #expect(try tokens(Sampler(topK: count), row) == expected)
  }

  @Test func topPKeepsTheFewestThatReachTheShare() throws {
    // Probabilities 0.5, 0.25, 0.125, 0.125.
    let row = logits(log(2), log(8), log(4), log(2))
    #expect(try tokens(Sampler(topP: 0.4), row) == [1])
    #expect(try tokens(Sampler(topP: 0.49), row) == [1])
    #expect(try tokens(Sampler(topP: 0.6), row) == [1, 2])
    #expect(try tokens(Sampler(topP: 0.76), row) == [1, 2, 0])
    #expect(try tokens(Sampler(topP: 0.88), row) == [1, 2, 0, 3])
    #expect(try tokens(Sampler(topP: 1e-9), row) == [1], "at least one token stays")
    #expect(Set(try tokens(Sampler(topP: 1), row)) == [0, 1, 2, 3])
  }

  @Test func minPKeepsTokensNearTheMostProbable() throws {
    let row = logits(log(2), log(8), log(4), log(1))
    #expect(try tokens(Sampler(minP: 0.2), row) == [0, 1, 2])
    #expect(try tokens(Sampler(minP: 0.3), row) == [1, 2])
    #expect(try tokens(Sampler(minP: 1), row) == [1])
  }

  @Test func keptProbabilitiesAreRenormalised() throws {
    let kept = try Sampler(topK: 2).candidates(logits: logits(log(1), log(6), log(3)))
    #expect(kept.map(\.token) == [1, 2])
    #expect(abs(kept[0].probability - 2.0 / 3) < 1e-6 && abs(kept[1].probability - 1.0 / 3) < 1e-6)
  }

  @Test func repetitionPenaltyPullsBothSignsDown() throws {
    let sampler = Sampler(temperature: 0, repetitionPenalty: 2)
    var source = RandomSource(seed: 3)
    #expect(try sampler.token(logits: logits(3, 2, 1), history: [0, 0], from: &source) == 1)
    #expect(try sampler.token(logits: logits(-1, -1.5, -3), history: [0], from: &source) == 1)
    // Twice in the history counts once; ids outside the vocabulary are ignored.
    #expect(try sampler.token(logits: logits(3, 1.4), history: [0, 0, 0, 99, -1], from: &source) == 0)
  }

  @Test func drawsFollowTheDistribution() throws {
    let row = logits(0.3, -1, 1.2, .nan, 0.9, 2.1, -0.4)
    let draws = 40_000
    for sampler in [Sampler(), Sampler(temperature: 0.5), Sampler(temperature: 3), Sampler(topK: 4, topP: 0.95)] {
      let expected = try sampler.candidates(logits: row)
      var counts: [Int32: Int] = [:]
      var source = RandomSource(seed: 11)
      for _ in 0..<draws { counts[try sampler.token(logits: row, from: &source), default: 0] += 1 }
      #expect(Set(counts.keys).isSubset(of: Set(expected.map(\.token))))
      let chiSquare = expected.reduce(0.0) { sum, candidate in
        let mean = candidate.probability * Double(draws)
        let difference = Double(counts[candidate.token] ?? 0) - mean
        return sum + difference * difference / mean
      }
      // The 99.9 % point of χ² with 5 degrees of freedom is 20.5; fewer degrees lie below.
      #expect(chiSquare < 20.5, "\(sampler): χ² \(chiSquare), seed 11")
    }
  }

  @Test func temperaturesScaleLogitsExactly() throws {
    let row = logits(1, 2, 4)
    for temperature: Float in [0.25, 1, 2] {
      let kept = try Sampler(temperature: temperature).candidates(logits: row)
      let weights = row.elements.map { exp(Double($0) / Double(temperature)) }
      for (candidate, weight) in zip(kept, weights) {
        #expect(abs(candidate.probability - weight / weights.reduce(0, +)) < 1e-12)
      }
    }
    // A tiny temperature leaves the maximum alone instead of overflowing.
    #expect(try tokens(Sampler(temperature: 1e-30), logits(1, 3, 2)) == [1])
  }

  @Test func equalSourcesGiveEqualTokens() throws {
    let row = Tensor.normal([500], mean: 0, deviation: 2, from: RandomSource(seed: 4))
    var first = RandomSource(seed: 8), second = RandomSource(seed: 8)
    for sampler in [Sampler(), Sampler(temperature: 0.8, topK: 40, topP: 0.9)] {
      for _ in 0..<50 {
        #expect(try sampler.token(logits: row, from: &first) == sampler.token(logits: row, from: &second))
      }
    }
  }

  @Test func drawsAtTheEdgesOfTheUnitInterval() {
    let candidates = [Sampler.Candidate(token: 4, probability: 0.1), .init(token: 9, probability: 0.9)]
    #expect(Sampler.draw(from: candidates, at: 0) == 4)
    #expect(Sampler.draw(from: candidates, at: 0.0999) == 4)
    #expect(Sampler.draw(from: candidates, at: 0.1001) == 9)
    #expect(Sampler.draw(from: candidates, at: 1 - 0x1p-53) == 9)
  }

  @Test func settingsOutOfRangeAreNamed() {
    #expect(Sampler().problems.isEmpty && Sampler.greedy.problems.isEmpty)
    let broken = Sampler(temperature: -1, topK: -1, topP: 0, minP: 2, repetitionPenalty: .nan)
    #expect(broken.problems.count == 5)
    #expect(broken.problems.contains { $0.hasPrefix("topP") })
  }
}
