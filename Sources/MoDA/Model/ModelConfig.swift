// Every choice of the decoder as data: sizes, norm placement, what the depth stream holds and how it is read.
// Not here: training (Experiment/) and costs (CostModel.swift).
public import Tensor

/// The sizes and choices of a decoder language model, with or without mixture-of-depths attention.
///
/// The five rows of Table 3 of the paper are values of `depth.writers` and `blocks`; the baseline is
/// `depth.writers: none`.
///
/// > Source: arXiv 2603.15619, sections 2.2 and 3.1.
public struct ModelConfig: Codable, Equatable, Sendable {
  /// Vocabulary size V; 0 takes the tokenizer's.
  public var vocabulary = 0
  /// Model width D.
  public var width = 128
  /// Number of transformer blocks.
  public var blocks = 6
  /// Query heads Hq.
  public var queryHeads = 4
  /// Key and value heads Hk; Hq is a multiple.
  public var keyHeads = 2
  /// Width of one head, d.
  public var headWidth = 32
  /// Hidden width of the feed-forward network, F.
  public var hidden = 512
  /// The most tokens that one sequence may have.
  public var context = 512
  /// Where the norms sit.
  public var normalization = NormPlacement.pre
  /// How queries and keys are normalised before the rotation.
  public var queryKeyNorm = QueryKeyNorm.perHead
  /// Which projections have biases.
  public var biases = BiasPlacement.none
  /// How positions enter.
  public var position = PositionEncoding.rotary(base: 10_000)
  /// Added to mean squares in every norm.
  public var normEpsilon: Float = 1e-6
  /// Whether the output projection is the embedding table.
  public var tiedEmbeddings = true
  /// Whether a token sees only earlier ones.
  public var isCausal = true
  /// Standard deviation of initial weights; residual outputs take it over √(2·blocks).
  public var initialDeviation: Float = 0.02
  /// The depth stream.
  public var depth = DepthConfig()
  /// Whether blocks are run again in backward instead of keeping their activations.
  public var recompute = false

  /// The defaults above.
  public init() {}

  /// Query heads per key head, G.
  public var groups: Int { queryHeads / keyHeads }

  /// The problems of this configuration, empty if it can be built.
  public var problems: [String] {
    var found: [String] = []
    for (name, value) in [
      ("width", width), ("blocks", blocks), ("queryHeads", queryHeads), ("keyHeads", keyHeads),
      ("headWidth", headWidth), ("hidden", hidden), ("context", context),
    ] where value < 1 {
      found.append("\(name): expected at least 1, got \(value)")
    }
    if keyHeads >= 1 && queryHeads % keyHeads != 0 {
      found.append("queryHeads: expected a multiple of keyHeads (\(keyHeads)), got \(queryHeads)")
    }
    if headWidth > 256 { found.append("headWidth: expected at most 256, got \(headWidth)") }
    if case .rotary = position, headWidth % 2 != 0 {
      found.append("headWidth: expected an even number with rotary positions, got \(headWidth)")
    }
    if vocabulary < 0 { found.append("vocabulary: expected 0 (the tokenizer's) or more, got \(vocabulary)") }
    if case .last(let count) = depth.window, count < 1 {
      found.append("depth.window.last: expected at least 1 slot, got \(count)")
    }
    if depth.chunk < 1 { found.append("depth.chunk: expected at least 1 token, got \(depth.chunk)") }
    if depth.chunk > 1 && !isCausal {
      found.append("depth.chunk: expected 1 in a model that is not causal, got \(depth.chunk)")
    }
    return found
  }
}

/// Where the norms of a block sit.
public enum NormPlacement: String, Codable, Sendable, CaseIterable {
  /// `x + branch(norm(x))`.
  case pre
  /// `norm(x + branch(x))`, the classic order; the paper's recommendation for deep models.
  case post
  /// `x + norm(branch(x))`, the order of OLMo2.
  case reordered
}

/// How queries and keys are normalised before the rotation.
public enum QueryKeyNorm: String, Codable, Sendable, CaseIterable {
  /// Not at all (Llama, Qwen2).
  case none
  /// RMS over each head, one gain of width d for all heads (Qwen3).
  case perHead
  /// RMS over all heads together, a gain of the whole width (OLMo2).
  case fullWidth
}

/// Which projections carry biases.
public enum BiasPlacement: String, Codable, Sendable, CaseIterable {
  /// None (OLMo2, Llama, Qwen3).
  case none
  /// Query, key and value (Qwen2).
  case queryKeyValue
  /// Attention, feed-forward and depth projections (the paper's layer-number study).
  case all
}

/// How positions enter.
public enum PositionEncoding: Codable, Equatable, Sendable {
  /// Half-split rotation of queries and keys with the given base θ.
  case rotary(base: Double)
  /// Not at all.
  case none
}

/// What the depth stream holds and how it is read.
public struct DepthConfig: Codable, Equatable, Sendable {
  /// Which sub-layers write.
  public var writers = DepthWriters.none
  /// How slot keys meet queries.
  public var keyMode = DepthKeyMode.positionFree
  /// Which slots a block reads.
  public var window = DepthWindow.all
  /// Tokens of a chunk: a token reads its own slots and those of the tokens before it in its chunk. With 1, its own
  /// alone, the paper's model.
  public var chunk = 1
  /// The format of the slots in memory; bf16 halves what blocks stream in. Readers compute in float32.
  public var storage = Precision.float32
  /// Whether the last block keeps its feed-forward projection, which nobody reads; Table 6 counts it, Table 3 does not.
  public var projectsLastBlock = false

  /// No depth stream.
  public init() {}

  /// A depth stream with the given writers.
  public init(writers: DepthWriters) { self.writers = writers }

  /// Slots that one block writes: 0, 1 or 2.
  public var slotsPerBlock: Int {
    switch writers {
    case .none: 0
    case .attention: 1
    case .attentionAndFeedForward, .separateAttentionAndFeedForward: 2
    }
  }
}

/// Which sub-layers write keys and values to the depth stream.
///
/// > Source: arXiv 2603.15619, Table 3.
public enum DepthWriters: String, Codable, Sendable, CaseIterable {
  /// Nobody: the baseline (rows 1 and 2).
  case none
  /// Attention, reusing its sequence keys and values; no parameters (row 3, "Depth KV").
  case attention
  /// Attention as above, and the feed-forward network through a projection of its input (row 4, the default MoDA).
  case attentionAndFeedForward
  /// Both through projections of their own (row 5).
  case separateAttentionAndFeedForward
}

/// How slot keys meet the reader's query. In all modes the reader's key gain is folded into its query.
public enum DepthKeyMode: String, Codable, Sendable, CaseIterable {
  /// Unit-RMS keys, neither side rotated: equal to rotating both at the same position.
  case positionFree
  /// Unit-RMS keys unrotated, the query rotated: the authors' released language-model code.
  case releasedLM
  /// Keys as projected, nothing rotated: the authors' vision code.
  case raw
}

/// Which slots a block reads.
public enum DepthWindow: Codable, Equatable, Sendable {
  /// Every slot written so far.
  case all
  /// The most recently written ones.
  case last(slots: Int)
}
