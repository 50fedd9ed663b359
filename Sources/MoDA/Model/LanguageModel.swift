// The whole model: embedding, blocks over one depth stream, final norm, vocabulary head.
// Not here: training (Experiment/), files (Interchange/), sampling (Generator.swift).
public import NN
public import Tensor

/// A decoder language model; the baseline is the same code with `depth.writers: none`.
///
/// Parameter names equal those of Hugging Face checkpoints where one exists (`model.layers.0.self_attn.q_proj.weight`),
/// and initial values depend on seed and name alone: models that share a parameter start from the same values.
public final class LanguageModel {
  /// The model's configuration; `vocabulary` is resolved.
  public let config: ModelConfig
  /// All parameters.
  public let parameters: ParameterStore
  let embed: Embedding
  let blocks: [DecoderBlock]
  let finalNorm: RMSNorm
  let head: Parameter
  private let rotation: RotaryTable?

  /// A model with initial values drawn from `seed`.
  ///
  /// - Precondition: `config.problems` is empty and the vocabulary is set.
  public init(_ config: ModelConfig, seed: UInt64) {
    precondition(
      config.problems.isEmpty && config.vocabulary > 0,
      "LanguageModel: \(config.problems.joined(separator: "; ")) (vocabulary \(config.vocabulary))")
    self.config = config
    parameters = ParameterStore(seed: seed)
    let scope = parameters.root / "model"
    embed = Embedding(
      config.vocabulary, config.width, initializer: .normal(deviation: config.initialDeviation),
      in: scope / "embed_tokens")
    blocks = (0..<config.blocks).map { DecoderBlock(config, index: $0, in: scope / "layers" / $0) }
    finalNorm = RMSNorm(config.width, epsilon: config.normEpsilon, in: scope / "norm")
    head =
      config.tiedEmbeddings
      ? embed.table
      : (parameters.root / "lm_head").parameter(
        "weight", [config.vocabulary, config.width], .normal(deviation: config.initialDeviation), group: .embedding)
    parameters.freeze()
    rotation =
      if case .rotary(let base) = config.position {
        RotaryTable(positions: config.context, headWidth: config.headWidth, base: base)
      } else { nil }
  }

  /// Final hidden states, normalised.
  ///
  /// - Parameters:
  ///   - tokens: ids `[B, T]`.
  ///   - tape: records the computation; nil for inference.
  ///   - cache: keys and values of earlier tokens, extended by these; inference only.
  /// - Returns: `[B, T, D]`.
  /// - Precondition: the tokens and those in the cache fit `config.context`; no tape together with a cache.
  public func hidden(_ tokens: IndexTensor, on tape: Tape? = nil, cache: GenerationCache? = nil) -> Variable {
    guard let cache else { return states(tokens, on: tape) }
    guard config.depth.chunk > 1 else { return states(tokens, on: tape, memory: .text(cache)) }
    // An unfinished chunk runs again with the tokens that are added to it.
    let all = states(cache.resumed(tokens, chunk: config.depth.chunk), on: tape, memory: .text(cache)).value
    let (count, rows) = (tokens.shape[1], all.shape[1])
    let flat = all.reshaped(to: [rows, config.width])
    return Variable(flat[rows - count..<rows].reshaped(to: [1, count, config.width]))
  }

  /// Final hidden states of sequences, of a packed row with the given layout, or of one token of each of several texts.
  func states(
    _ tokens: IndexTensor, on tape: Tape?, memory: TokenMemory = .none, layout: BranchedSequence? = nil
  ) -> Variable {
    let (batch, count) = (tokens.shape[0], tokens.shape[1])
    var positions = layout?.positions
    switch memory {
    case .none: check(position: 0, layout == nil ? count : 0)
    case .text(let cache): check(position: cache.position, count)
    case .texts(let caches):
      for cache in caches { check(position: cache.position, 1) }
      positions = caches.map(\.position)
    }
    precondition(tape == nil || memory.isEmpty, "LanguageModel: a cache serves inference, a tape training")
    let rotation = positions.map { self.rotation?.gathered($0) } ?? self.rotation
    var x = embed(tokens, on: tape)
    var depth = DepthStream(
      batch: batch, tokens: count, heads: config.keyHeads, headWidth: config.headWidth,
      capacity: config.mechanism == .moda ? config.slotCount : 0,
      window: config.depth.window, chunk: config.depth.chunk, storage: config.depth.storage, on: tape)
    var states = BlockStates(config, batch: batch, tokens: count, on: tape)
    for (index, block) in blocks.enumerated() {
      let input = states.input(after: x, block.reader)
      let (next, slots) = run(
        block, input, depth: depth.read(), rotation: rotation, memory: memory.layer(index), layout: layout)
      x = next
      for slot in slots { depth.write(slot) }
    }
    return finalNorm(x)
  }

  private func check(position: Int, _ count: Int) {
    precondition(
      position + count <= config.context,
      "LanguageModel: \(position) cached and \(count) new tokens exceed the context of \(config.context)")
  }

  private func run(
    _ block: DecoderBlock, _ x: Variable, depth: DepthView, rotation: RotaryTable?, memory: KeyMemory,
    layout: BranchedSequence?
  ) -> (hidden: Variable, slots: [SlotEntry]) {
    guard config.recompute && x.tape != nil else {
      return block(x, depth: depth, rotation: rotation, memory: memory, layout: layout)
    }
    let outputs = NN.recompute([x]) { inputs in
      let (hidden, slots) = block(inputs[0], depth: depth, rotation: rotation, memory: .none)
      return [hidden] + slots.flatMap { [$0.key, $0.value] + ($0.score.map { [$0] } ?? []) }
    }
    let isScored = config.depth.window.isScored
    let slots = stride(from: 1, to: outputs.count, by: isScored ? 3 : 2).map {
      SlotEntry(key: outputs[$0], value: outputs[$0 + 1], score: isScored ? outputs[$0 + 2] : nil)
    }
    return (outputs[0], slots)
  }

  /// Next-token loss.
  ///
  /// - Parameters:
  ///   - tokens: ids `[B, T]`.
  ///   - targets: the id that follows each token, −1 to ignore, `[B, T]`.
  ///   - tape: records the computation; nil for evaluation.
  ///   - zLoss: weight of `(log Z)²`.
  public func loss(
    _ tokens: IndexTensor, targets: IndexTensor, on tape: Tape? = nil, zLoss: Float = 0
  ) -> CrossEntropy {
    linearCrossEntropy(hidden(tokens, on: tape), weight: head, targets: targets, zLoss: zLoss)
  }

  /// Logits of every position.
  ///
  /// - Parameter tokens: ids `[B, T]`.
  /// - Returns: `[B, T, V]`.
  public func logits(_ tokens: IndexTensor) -> Tensor {
    Tensor.matmul(hidden(tokens).value, head.value, transposeB: true)
  }

  /// Logits of the last position, extending the cache.
  ///
  /// - Parameters:
  ///   - tokens: ids `[1, T]`.
  ///   - cache: keys and values so far.
  /// - Returns: `[V]`.
  public func nextLogits(_ tokens: IndexTensor, cache: GenerationCache) -> Tensor {
    logits(ofLast: hidden(tokens, cache: cache).value)
  }

  /// Logits `[V]` of the last of some hidden states `[…, D]`.
  func logits(ofLast states: Tensor) -> Tensor {
    let last = states.reshaped(to: [states.shape.rows, config.width])[states.shape.rows - 1..<states.shape.rows]
    return Tensor.matmul(last, head.value, transposeB: true).reshaped(to: [config.vocabulary])
  }
}

@available(*, unavailable) extension LanguageModel: Sendable {}

extension ModelConfig {
  /// Depth slots that one forward pass writes: with MoDA none from the last block, which has no reader; with depth
  /// attention one from the embedding and from every block but the last.
  public var slotCount: Int { blockInput == .attention ? blocks : depth.slotsPerBlock * (blocks - 1) }

  /// Slots that block `index` reads.
  public func readableSlots(block index: Int) -> Int {
    min(blockInput == .attention ? index + 1 : depth.slotsPerBlock * index, depth.window.bound)
  }
}
