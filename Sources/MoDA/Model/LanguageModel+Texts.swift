// The model over one token of each of several texts: what continuous batching runs at every step.
// Not here: which texts those are (Serving/), and what is done with the logits (Generation/Continuation.swift).
import NN
public import Tensor

extension LanguageModel {
  /// The most texts whose next tokens run through the model together such that each gets the bits that it gets alone:
  /// more rows would be summed in another order. 1 where tokens of a chunk share slots, since unfinished chunks run
  /// again, and where blocks read all earlier states through one matrix.
  public var textsAtOnce: Int {
    guard config.isCausal, config.depth.chunk == 1, config.blockInput != .dense else { return 1 }
    let inner = [config.width, config.hidden, config.queryHeads * config.headWidth]
    return inner.map { Tensor.rowsWithBitsOfOne(inner: $0) }.min() ?? 1
  }

  /// Logits of the next token of each of several texts, extending their caches.
  ///
  /// Every row has the bits that `nextLogits(_:cache:)` gives for its text alone, whatever the other texts are.
  ///
  /// - Parameters:
  ///   - tokens: the last token of each text, which its cache does not hold yet.
  ///   - caches: keys and values so far, of as many texts, no two the same.
  /// - Returns: `[V]` for each text.
  /// - Precondition: there is a text, and each has room in its cache and in the model's context.
  public func nextLogits(_ tokens: [Int32], caches: [GenerationCache]) -> [Tensor] {
    precondition(
      !tokens.isEmpty && tokens.count == caches.count, "nextLogits: \(tokens.count) tokens, \(caches.count) caches")
    var logits: [Tensor] = []
    let step = textsAtOnce
    for first in stride(from: 0, to: tokens.count, by: step) {
      let range = first..<min(tokens.count, first + step)
      logits += range.count == 1 ? [alone(tokens[first], caches[first])] : together(range, tokens, caches)
    }
    return logits
  }

  private func alone(_ token: Int32, _ cache: GenerationCache) -> Tensor {
    nextLogits(IndexTensor([token], shape: [1, 1]), cache: cache)
  }

  private func together(_ range: Range<Int>, _ tokens: [Int32], _ caches: [GenerationCache]) -> [Tensor] {
    let ids = IndexTensor(Array(tokens[range]), shape: [1, range.count])
    let states = states(ids, on: nil, memory: .texts(Array(caches[range]))).value
    let logits = Tensor.matmul(states.reshaped(to: [range.count, config.width]), head.value, transposeB: true)
    return (0..<range.count).map { logits[$0] }
  }
}
