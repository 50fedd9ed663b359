// From logits to the next token: greedy or random, with the usual ways to cut the tail.
// Not here: where the logits come from, and caches (KVCache.swift).
import Foundation
public import Tensor

/// Logits from which no token can be chosen.
public enum SamplerError: Error, Equatable, CustomStringConvertible {
  /// Every logit is NaN or −∞.
  case noCandidate(vocabulary: Int, notANumber: Int)

  /// What, expected, got, and what to try.
  public var description: String {
    switch self {
    case .noCandidate(let vocabulary, let notANumber):
      """
      sampling: expected at least one finite logit of \(vocabulary), got none (\(notANumber) are NaN). \
      Hint: the model has diverged or its weights are damaged.
      """
    }
  }
}

/// How the next token is chosen.
///
/// The steps, in this order: repetition penalty, temperature, top-k, top-p, min-p, one draw. NaN counts as −∞, that is,
/// such a token is never chosen; several logits of +∞ share all probability. Equal logits rank by token id, the lower
/// first, in every step.
public struct Sampler: Codable, Sendable, Equatable {
  /// Divides the logits; 0 chooses the most probable token.
  public var temperature: Float
  /// Keeps the `topK` most probable tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the fewest most probable tokens whose probabilities sum to `topP` or more; 1 keeps all.
  public var topP: Float
  /// Keeps tokens of at least `minP` times the largest probability; 0 keeps all.
  public var minP: Float
  /// Divides positive and multiplies negative logits of tokens that occurred before; 1 changes nothing.
  public var repetitionPenalty: Float

  /// A sampler; the defaults draw from the model's own distribution.
  public init(
    temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0, repetitionPenalty: Float = 1
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
  }

  /// Always the most probable token.
  public static let greedy = Sampler(temperature: 0)

  /// What makes the settings unusable, one sentence each; empty if nothing does.
  public var problems: [String] {
    var problems: [String] = []
    func require(_ condition: Bool, _ problem: String) { if !condition { problems.append(problem) } }
    require(temperature.isFinite && temperature >= 0, "temperature: expected 0 or more, got \(temperature)")
    require(topK >= 0, "topK: expected 0 or more, got \(topK)")
    require(topP > 0 && topP <= 1, "topP: expected more than 0 and at most 1, got \(topP)")
    require(minP >= 0 && minP <= 1, "minP: expected 0 to 1, got \(minP)")
    require(
      repetitionPenalty.isFinite && repetitionPenalty > 0,
      "repetitionPenalty: expected a positive number, got \(repetitionPenalty)")
    return problems
  }

  /// The next token.
  ///
  /// - Parameters:
  ///   - logits: `[V]`, or any shape with one element per token of the vocabulary.
  ///   - history: the tokens that the repetition penalty looks at.
  ///   - source: where the draw comes from; moves on by one draw unless only one token may be chosen.
  /// - Throws: `SamplerError.noCandidate` if every logit is NaN or −∞.
  /// - Precondition: `problems` is empty.
  public func token(
    logits: Tensor, history: [Int32] = [], from source: inout RandomSource
  ) throws(SamplerError) -> Int32 {
    let candidates = try candidates(logits: logits, history: history)
    guard candidates.count > 1 else { return candidates[0].token }
    return Self.draw(from: candidates, at: source.uniform())
  }

  /// A token that may be chosen, with its share of the probability.
  package struct Candidate: Equatable {
    package var token: Int32
    package var probability: Double

    package init(token: Int32, probability: Double) {
      self.token = token
      self.probability = probability
    }
  }

  /// The tokens that may be chosen; their probabilities sum to 1 up to rounding, the first is the most probable if any
  /// of top-k, top-p or greedy is in use.
  package func candidates(logits: Tensor, history: [Int32] = []) throws(SamplerError) -> [Candidate] {
    precondition(problems.isEmpty, "Sampler: \(problems.joined(separator: "; "))")
    var scores = logits.elements
    penalize(&scores, history)
    var best = -1
    for index in scores.indices where scores[index] > -.infinity && (best < 0 || scores[index] > scores[best]) {
      best = index
    }
    guard best >= 0 else {
      throw .noCandidate(vocabulary: scores.count, notANumber: scores.reduce(0) { $0 + ($1.isNaN ? 1 : 0) })
    }
    if temperature == 0 || topK == 1 { return [Candidate(token: Int32(best), probability: 1)] }
    var kept = weights(scores, largest: scores[best])
    if topK > 0 && topK < kept.count { kept = Self.largest(topK, of: kept) }
    if topP < 1 { kept = Self.nucleus(Double(topP), of: kept) }
    if minP > 0 {
      let floor = Double(minP) * (kept.lazy.map(\.probability).max() ?? 0)
      kept.removeAll { $0.probability < floor }
    }
    let total = kept.reduce(0) { $0 + $1.probability }
    for index in kept.indices { kept[index].probability /= total }
    return kept
  }

  private func penalize(_ scores: inout [Float], _ history: [Int32]) {
    guard repetitionPenalty != 1 else { return }
    for token in Set(history) where scores.indices.contains(Int(token)) {
      let score = scores[Int(token)]
      scores[Int(token)] = score > 0 ? score / repetitionPenalty : score * repetitionPenalty
    }
  }

  /// Unnormalised probabilities relative to the largest, in the order of ids; impossible tokens are left out.
  private func weights(_ scores: [Float], largest: Float) -> [Candidate] {
    var kept: [Candidate] = []
    kept.reserveCapacity(scores.count)
    for (index, score) in scores.enumerated() where score > -.infinity {
      // With a logit of +∞ only such logits count: ∞ − ∞ would be NaN.
      let weight = score == largest ? 1 : exp(Double(score - largest) / Double(temperature))
      if weight > 0 { kept.append(Candidate(token: Int32(index), probability: weight)) }
    }
    return kept
  }

  /// Whether `left` ranks before `right`.
  private static func ranks(_ left: Candidate, _ right: Candidate) -> Bool {
    left.probability != right.probability ? left.probability > right.probability : left.token < right.token
  }

  /// The `count` most probable, ranked.
  private static func largest(_ count: Int, of candidates: [Candidate]) -> [Candidate] {
    // Insertion moves up to `count` elements for each newcomer; beyond a few hundred, sorting everything is faster.
    if count > 256 { return Array(candidates.sorted(by: ranks).prefix(count)) }
    var kept = Array(candidates.prefix(count)).sorted(by: ranks)
    for candidate in candidates.dropFirst(count) {
      guard let last = kept.last, ranks(candidate, last) else { continue }
      kept.removeLast()
      let place = kept.partitioningIndex { ranks(candidate, $0) }
      kept.insert(candidate, at: place)
    }
    return kept
  }

  /// The fewest most probable whose probabilities reach `share`, ranked.
  private static func nucleus(_ share: Double, of candidates: [Candidate]) -> [Candidate] {
    let total = candidates.reduce(0) { $0 + $1.probability }
    // A token below this threshold cannot be part of it: all such tokens together hold less than the rest may.
    let threshold = (1 - share) * total / Double(max(1, candidates.count))
    let ranked = candidates.filter { $0.probability >= threshold }.sorted(by: ranks)
    var sum = 0.0
    for (index, candidate) in ranked.enumerated() {
      sum += candidate.probability
      if sum >= share * total { return Array(ranked.prefix(index + 1)) }
    }
    return ranked
  }

  /// The candidate at `position`, 0..<1, of the cumulative distribution.
  package static func draw(from candidates: [Candidate], at position: Double) -> Int32 {
    var rest = position * candidates.reduce(0) { $0 + $1.probability }
    for candidate in candidates {
      rest -= candidate.probability
      if rest < 0 { return candidate.token }
    }
    // Rounding can leave a crumb; it belongs to the last candidate.
    return candidates[candidates.count - 1].token
  }
}

extension Array {
  /// The first index whose element satisfies `predicate`, given that all later ones do too.
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
