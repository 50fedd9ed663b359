// A one-block language model under the trainer: learning, exact resumption, pooled memory.
// Not here: the model of the research targets.
import Foundation
import NN
import Tensor
import Testing

/// Random tokens by step, each predicting the next.
private struct TokenSource: BatchSource {
  let vocabulary: Int
  var isConstant = false

  func batch(step: Int, micro: Int) -> (tokens: IndexTensor, targets: IndexTensor) {
    var source = RandomSource(seed: 3).split(isConstant ? 0 : step).split(micro)
    let ids = (0..<2 * 13).map { _ in Int32(source.integer(below: vocabulary)) }
    let rows = [Array(ids.prefix(13)), Array(ids.suffix(13))]
    return (
      IndexTensor(rows.flatMap { $0.dropLast() }, shape: [2, 12]),
      IndexTensor(rows.flatMap { $0.dropFirst() }, shape: [2, 12])
    )
  }

  func tokens(in batch: (tokens: IndexTensor, targets: IndexTensor)) -> Int { batch.tokens.count }
}

/// One block of attention and feed-forward between embedding and head.
private final class TinyLanguageModel {
  static let vocabulary = 29
  let store: ParameterStore
  private let embedding: Embedding
  private let attentionNorm, feedForwardNorm, finalNorm: RMSNorm
  private let attention: SelfAttention
  private let feedForward: GatedFeedForward
  private let head: Parameter

  init(seed: UInt64 = 1) {
    store = ParameterStore(seed: seed)
    let (root, block) = (store.root, store.root / "layers" / 0)
    embedding = Embedding(Self.vocabulary, 16, initializer: .normal(deviation: 0.5), in: root / "embed_tokens")
    attentionNorm = RMSNorm(16, epsilon: 1e-6, in: block / "input_layernorm")
    feedForwardNorm = RMSNorm(16, epsilon: 1e-6, in: block / "post_attention_layernorm")
    finalNorm = RMSNorm(16, epsilon: 1e-6, in: root / "norm")
    attention = SelfAttention(
      width: 16, heads: 4, keyHeads: 2, normalization: .perHead,
      rotation: RotaryTable(positions: 12, headWidth: 4, base: 10_000), mask: .causal,
      initializer: .normal(deviation: 0.2), in: block / "self_attn")
    feedForward = GatedFeedForward(width: 16, hidden: 40, initializer: .normal(deviation: 0.2), in: block / "mlp")
    head = (root / "lm_head").parameter("weight", [Self.vocabulary, 16], .normal(deviation: 0.2), group: .embedding)
    store.freeze()
  }

  func trainer(_ kind: OptimizerKind, _ settings: TrainerSettings, isConstant: Bool = false) -> Trainer<TokenSource> {
    Trainer(
      store: store, optimizer: kind.makeOptimizer(for: store),
      source: TokenSource(vocabulary: Self.vocabulary, isConstant: isConstant), settings: settings
    ) { [self] batch, tape in
      var x = embedding(batch.tokens, on: tape)
      x = x + attention(attentionNorm(x))
      x = x + feedForward(feedForwardNorm(x))
      return linearCrossEntropy(finalNorm(x), weight: head, targets: batch.targets, chunkRows: 10).mean
    }
  }
}

@Suite struct TrainerLanguageModelTests {
  static let kinds: [OptimizerKind] = [.adamW(), .muon()]

  @Test(arguments: kinds)
  func memorisesOneBatch(kind: OptimizerKind) throws {
    let settings = TrainerSettings(steps: 150, learningRate: 0.02, schedule: .cosine(warmup: 5, floor: 0.1))
    let hook = RecordingHook()
    _ = try TinyLanguageModel().trainer(kind, settings, isConstant: true).run(hooks: [hook])
    let losses = hook.statistics.map(\.loss)
    #expect(abs(losses[0] - log(29)) < 1, "the first loss \(losses[0]) is near that of a uniform guess")
    #expect(losses[149] < 0.1, "\(kind): \(losses[149])")
  }

  @Test(arguments: kinds)
  func resumesBitForBit(kind: OptimizerKind) throws {
    let folder = try TemporaryDirectory()
    let settings = TrainerSettings(
      steps: 10, microBatches: 2, learningRate: 0.01, schedule: .cosine(warmup: 3), clipNorm: 0.5)
    let whole = TinyLanguageModel()
    _ = try whole.trainer(kind, settings).run()
    let first = TinyLanguageModel()
    let hook = CheckpointHook(store: first.store, directory: folder.url, configuration: "", keepingLast: 1)
    let counter = RecordingHook()
    _ = try first.trainer(kind, settings).run(hooks: [hook, counter]) { counter.statistics.count == 4 }
    let second = TinyLanguageModel(seed: 2)
    let trainer = second.trainer(kind, settings)
    let step = try trainer.restore(try #require(try Checkpoint.latest(in: folder.url)))
    #expect(step == 4)
    _ = try trainer.run(from: step)
    #expect(second.store.values.isIdentical(to: whole.store.values))
  }

  @Test(arguments: kinds)
  func stepsAfterTheFirstNeverReachTheSystemAllocator(kind: OptimizerKind) throws {
    // As in TrainerTests: other tests share the pool, so each step must be clean in one of several runs.
    var dirty = Set(2...6)
    for _ in 0..<50 where !dirty.isEmpty {
      let hook = RecordingHook()
      let settings = TrainerSettings(steps: 6, microBatches: 2, learningRate: 0.01)
      _ = try TinyLanguageModel().trainer(kind, settings).run(hooks: [hook])
      for step in hook.statistics where step.poolMisses == 0 { dirty.remove(step.step) }
    }
    #expect(dirty.isEmpty, "\(kind): steps \(dirty.sorted()) allocate")
  }
}
