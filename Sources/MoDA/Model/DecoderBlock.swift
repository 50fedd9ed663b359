// One transformer block: read the depth stream, operate, say what to write.
// Not here: the stream itself and the stack of blocks (LanguageModel.swift).
import NN
import Tensor

/// A decoder block in any of the three norm placements.
///
/// > Source: arXiv 2603.15619, figure 1 (pre-norm); classic post-norm as in the released layer-number recipe; the
/// > reordered norm of OLMo2, arXiv 2501.00656, section 3.1.
public struct DecoderBlock {
  let config: ModelConfig
  let attention: DepthSelfAttention
  let attentionNorm: RMSNorm
  let feedForward: GatedFeedForward
  let feedForwardNorm: RMSNorm
  let slot: SlotWriter
  /// The stage that makes the block's input, which runs before the block does.
  let reader: BlockReader
  let writes: Bool

  init(_ config: ModelConfig, index: Int, in scope: ParameterScope) {
    self.config = config
    let isLast = index == config.blocks - 1
    writes = !isLast && config.depth.slotsPerBlock > 0
    attention = DepthSelfAttention(config, index: index, in: scope / "self_attn")
    // The names of Llama-style checkpoints for pre-norm, of OLMo2 for norms behind the branch.
    let names =
      config.normalization == .pre
      ? ("input_layernorm", "post_attention_layernorm") : ("post_attention_layernorm", "post_feedforward_layernorm")
    attentionNorm = RMSNorm(config.width, epsilon: config.normEpsilon, in: scope / names.0)
    feedForwardNorm = RMSNorm(config.width, epsilon: config.normEpsilon, in: scope / names.1)
    let initial = Initializer.normal(deviation: config.initialDeviation)
    let bias = config.biases == .all
    feedForward = GatedFeedForward(
      width: config.width, hidden: config.hidden, bias: bias, initializer: initial,
      outputInitializer: config.residualInitializer, in: scope / "mlp")
    let projects = config.depth.slotsPerBlock == 2 && (!isLast || config.depth.projectsLastBlock)
    slot = SlotWriter(
      config, projects: projects, writes: writes && projects, keyNorm: attention.keyNorm, in: scope / "mlp")
    reader = BlockReader(config, index: index, in: scope)
  }

  /// The residual stream after this block, and the slots that the block writes, oldest first.
  ///
  /// - Parameters:
  ///   - x: the block's input, `[B, T, D]`.
  ///   - depth: what earlier blocks wrote.
  ///   - rotation: cosines and sines; nil without rotary positions.
  ///   - memory: keys and values of earlier tokens; none in training.
  ///   - layout: trunks and branches of a packed row; nil for sequences.
  func callAsFunction(
    _ x: Variable, depth: DepthView, rotation: RotaryTable?, memory: KeyMemory, layout: BranchedSequence? = nil
  ) -> (hidden: Variable, slots: [SlotEntry]) {
    let isPre = config.normalization == .pre
    let (attended, attentionSlot) = attention(
      isPre ? attentionNorm(x) : x, depth: depth, rotation: rotation, memory: memory, layout: layout,
      writes: writes)
    let middle = join(x, attended, norm: attentionNorm)
    let input = isPre ? feedForwardNorm(middle) : middle
    let hidden = join(middle, feedForward(input), norm: feedForwardNorm)
    return (
      hidden, [attentionSlot, writes && config.depth.slotsPerBlock == 2 ? slot.project(input) : nil].compactMap { $0 }
    )
  }

  private func join(_ x: Variable, _ branch: Variable, norm: RMSNorm) -> Variable {
    switch config.normalization {
    case .pre: x + branch
    case .post: norm(x + branch)
    case .reordered: x + norm(branch)
    }
  }
}

extension ModelConfig {
  /// The distribution of the matrices that write to the residual stream.
  var residualInitializer: Initializer {
    .normal(deviation: initialDeviation / (2 * Float(blocks)).squareRoot())
  }
}
