// The choices of the decoder as data: sizes, norm placement, what a block's input is.
// Not here: the depth stream's choices (DepthConfig.swift), training (Experiment/) and costs (CostModel.swift).

/// The sizes and choices of a decoder language model, with or without mixture-of-depths attention.
///
/// The mechanisms that the paper compares are values of `blockInput` and `depth.writers`, as `mechanism` names them; the
/// five rows of its Table 3 are values of `depth.writers` and `blocks`. The default is the baseline.
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
  /// What a block's input is made of.
  public var blockInput = BlockInput.residual
  /// The depth stream.
  public var depth = DepthConfig()
  /// Whether blocks are run again in backward instead of keeping their activations.
  public var recompute = false

  /// The defaults above.
  public init() {}

  /// Keys that files of earlier versions lack have their defaults, which mean what those versions did.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    vocabulary = try values.decode(Int.self, forKey: .vocabulary)
    width = try values.decode(Int.self, forKey: .width)
    blocks = try values.decode(Int.self, forKey: .blocks)
    queryHeads = try values.decode(Int.self, forKey: .queryHeads)
    keyHeads = try values.decode(Int.self, forKey: .keyHeads)
    headWidth = try values.decode(Int.self, forKey: .headWidth)
    hidden = try values.decode(Int.self, forKey: .hidden)
    context = try values.decode(Int.self, forKey: .context)
    normalization = try values.decode(NormPlacement.self, forKey: .normalization)
    queryKeyNorm = try values.decode(QueryKeyNorm.self, forKey: .queryKeyNorm)
    biases = try values.decode(BiasPlacement.self, forKey: .biases)
    position = try values.decode(PositionEncoding.self, forKey: .position)
    normEpsilon = try values.decode(Float.self, forKey: .normEpsilon)
    tiedEmbeddings = try values.decode(Bool.self, forKey: .tiedEmbeddings)
    isCausal = try values.decode(Bool.self, forKey: .isCausal)
    initialDeviation = try values.decode(Float.self, forKey: .initialDeviation)
    blockInput = try values.decodeIfPresent(BlockInput.self, forKey: .blockInput) ?? blockInput
    depth = try values.decode(DepthConfig.self, forKey: .depth)
    recompute = try values.decode(Bool.self, forKey: .recompute)
  }

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
    return found + depthProblems
  }

  /// The problems of the choices about depth.
  private var depthProblems: [String] {
    var found: [String] = []
    for (name, count) in depth.window.counts where count < 1 {
      found.append("depth.window.\(name): expected at least 1 slot, got \(count)")
    }
    if depth.chunk < 1 { found.append("depth.chunk: expected at least 1 token, got \(depth.chunk)") }
    if depth.chunk > 1 && !isCausal {
      found.append("depth.chunk: expected 1 in a model that is not causal, got \(depth.chunk)")
    }
    if depth.chunk > 1 && depth.window.isScored {
      found.append("depth.chunk: expected 1 where slots are chosen by score, got \(depth.chunk)")
    }
    guard blockInput != .residual else { return found }
    func require(_ isMet: Bool, _ key: String, _ expected: String, _ got: some CustomStringConvertible) {
      if !isMet { found.append("\(key): expected \(expected) with blockInput \(blockInput.rawValue), got \(got)") }
    }
    require(depth.writers == .none, "depth.writers", "none", depth.writers.rawValue)
    require(depth.chunk <= 1, "depth.chunk", "1", depth.chunk)
    require(!depth.detached, "depth.detached", "false", depth.detached)
    require(depth.softmax == .joint, "depth.softmax", "joint", depth.softmax.rawValue)
    switch blockInput {
    case .residual: break
    case .dense: require(depth.window == .all, "depth.window", "all", "\(depth.window)")
    case .attention:
      require(!depth.window.isScored, "depth.window", "all or last", "\(depth.window)")
      require(queryHeads * headWidth == width, "width", "queryHeads * headWidth (\(queryHeads * headWidth))", width)
    }
    return found
  }
}

/// What a block's input is made of. X_0 is the embedding and X_l the output of the l-th block, its inner sums included.
///
/// > Source: arXiv 2603.15619, Table 1 and the "read, operate, write" view of its introduction.
public enum BlockInput: String, Codable, Sendable, CaseIterable {
  /// X_{l−1}: the residual stream of the baseline and of MoDA.
  case residual
  /// A learned linear map of all of X_0 … X_{l−1}: depth dense.
  case dense
  /// Attention of X_{l−1} to keys and values of X_0 … X_{l−1} at the same token: depth attention.
  case attention
}

/// The mechanisms that the paper compares.
///
/// > Source: arXiv 2603.15619, Table 1.
public enum DepthMechanism: String, Sendable, CaseIterable {
  /// `blockInput: residual` and no depth stream: the baseline.
  case residual = "depth residual"
  /// `blockInput: dense`.
  case dense = "depth dense"
  /// `blockInput: attention`.
  case attention = "depth attention"
  /// `blockInput: residual` and `depth.writers` other than none.
  case moda = "MoDA"
}

extension ModelConfig {
  /// Which of the paper's mechanisms this is.
  public var mechanism: DepthMechanism {
    switch blockInput {
    case .residual: depth.writers == .none ? .residual : .moda
    case .dense: .dense
    case .attention: .attention
    }
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
