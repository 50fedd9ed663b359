// Parameters, floating-point operations and bytes from formulas, without building a model.
// Not here: time, which is measured (Experiment/StepCalibration.swift).
import Tensor

/// What a configuration costs, by formula.
///
/// The formulas reproduce the published columns: 669.0 / 700.5 / 705.7 / 742.4 M and 71.35 / 123.38 / 73.72 / 128.11 M
/// parameters, and the extra 0.0106 T and 0.311 T operations of the 700 M models.
///
/// > Source: arXiv 2603.15619, Tables 3 and 6; the arithmetic of the project's specification, sections 1.9, 3.1, 3.3.
public struct CostModel: Sendable {
  /// The configuration; its vocabulary must be resolved.
  public let config: ModelConfig

  /// Costs of `config`.
  public init(_ config: ModelConfig) { self.config = config }

  private var queryWidth: Int { config.queryHeads * config.headWidth }
  private var keyWidth: Int { config.keyHeads * config.headWidth }

  // MARK: Parameters

  /// Weights of one block's matrices that every variant has.
  var blockMatrices: Int {
    2 * config.width * queryWidth + 2 * config.width * keyWidth + 3 * config.width * config.hidden
  }

  /// Biases and gains of one block, depth projections excluded.
  var blockVectors: Int {
    let biases =
      switch config.biases {
      case .none: 0
      case .queryKeyValue: queryWidth + 2 * keyWidth
      case .all: queryWidth + 2 * keyWidth + config.width + 2 * config.hidden + config.width
      }
    return 2 * config.width + keyNormGains + biases
  }

  /// Gains of the norms of queries and keys of one attention.
  private var keyNormGains: Int {
    switch config.queryKeyNorm {
    case .none: 0
    case .perHead: 2 * config.headWidth
    case .fullWidth: queryWidth + keyWidth
    }
  }

  /// Depth projections (a key and a value matrix each) over the whole model.
  var depthProjections: Int {
    let blocks = config.depth.projectsLastBlock ? config.blocks : config.blocks - 1
    return switch config.depth.writers {
    case .none, .attention: 0
    case .attentionAndFeedForward: blocks
    case .separateAttentionAndFeedForward: 2 * blocks
    }
  }

  /// Weights of the depth projections.
  var depthMatrices: Int { depthProjections * 2 * config.width * keyWidth }

  /// Weights, biases and gains of the stages that make block inputs, over the whole model.
  ///
  /// > Source: arXiv 2603.15619, Table 1: ½L(L+1)·D² for depth dense, L·(D² + 2·D²/G) for depth attention.
  public var inputParameters: Int {
    let blocks = config.blocks
    switch config.blockInput {
    case .residual: return 0
    case .dense: return blocks * (blocks + 1) / 2 * config.width * config.width
    case .attention:
      return inputMatrices + blocks * (keyNormGains + (config.biases == .none ? 0 : queryWidth + 2 * keyWidth))
    }
  }

  /// Weights of depth attention's projections; those of depth dense are its phase itself.
  private var inputMatrices: Int {
    config.blockInput == .attention ? config.blocks * config.width * (queryWidth + 2 * keyWidth) : 0
  }

  /// Weights and biases of the maps to slot scores.
  private var scoreParameters: Int {
    guard config.mechanism == .moda, config.depth.window.isScored else { return 0 }
    return config.slotCount * config.keyHeads * (config.width + 1)
  }

  /// Blocks whose attention runs a second time, and their gates.
  private var gatedBlocks: Int {
    config.depth.softmax == .gated ? (0..<config.blocks).count { config.readableSlots(block: $0) > 0 } : 0
  }

  /// Trainable scalars without the final norm, as the paper's tables count them.
  public var tabulatedParameters: Int { parameters - config.width }

  /// Trainable scalars, everything counted.
  public var parameters: Int {
    let embeddings = config.vocabulary * config.width * (config.tiedEmbeddings ? 1 : 2)
    let depthBiases = config.biases == .all ? depthProjections * 2 * keyWidth : 0
    return embeddings + config.blocks * (blockMatrices + blockVectors) + depthMatrices + depthBiases + inputParameters
      + scoreParameters + gatedBlocks * queryWidth + config.width
  }

  // MARK: Operations

  /// Slots read, summed over blocks: Σ N.
  public var slotReads: Int { (0..<config.blocks).reduce(0) { $0 + config.readableSlots(block: $1) } }

  /// How sequence attention is counted.
  public enum AttentionCount: Sendable {
    /// Every query against every key, as the paper's Table 3 counts.
    case full
    /// Only the keys that a causal mask admits, as Table 6 counts and as the kernels compute.
    case masked
  }

  /// Floating-point operations of one forward pass over one sequence of `tokens` tokens; a multiply-add is two.
  public func forwardOperations(tokens: Int, attention: AttentionCount = .masked) -> Double {
    let scores = scoreParameters == 0 ? 0 : config.slotCount * config.keyHeads * config.width
    let matrices =
      config.blocks * blockMatrices + depthMatrices + inputMatrices + scores + config.vocabulary * config.width
    let pairs =
      attention == .masked && config.isCausal ? Double(tokens) * Double(tokens + 1) / 2 : Double(tokens * tokens)
    let sequence = Double(config.blocks + gatedBlocks) * 4 * pairs * Double(queryWidth)
    return 2 * Double(tokens) * Double(matrices) + sequence + depthOperations(tokens: tokens)
  }

  /// Operations of the depth phase alone: two products of every query with the slots that it sees, which are those of
  /// (c + 1)/2 tokens on average in chunks of c; with depth dense, the products of all states with the maps.
  public func depthOperations(tokens: Int) -> Double {
    if config.blockInput == .dense { return 2 * Double(tokens) * Double(inputParameters) }
    let chunk = config.depth.chunk, (whole, rest) = tokens.quotientAndRemainder(dividingBy: chunk)
    let columns = whole * chunk * (chunk + 1) / 2 + rest * (rest + 1) / 2
    return 4 * Double(columns) * Double(queryWidth) * Double(slotReads)
  }

  /// Operations of a training step for each token: forward, and twice that backward; a third time with recompute.
  public func trainingOperationsPerToken(tokens: Int) -> Double {
    (config.recompute ? 4 : 3) * forwardOperations(tokens: tokens) / Double(tokens)
  }

  // MARK: Bytes

  /// Bytes of a training step by owner.
  public struct Memory: Sendable {
    /// Parameters, their gradients and the optimiser's two moments.
    public let parameters: Int
    /// Activations kept for backward, over all blocks.
    public let activations: Int
    /// Slots of the depth stream and their gradients.
    public let depthStream: Int
    /// The head's gradients and logits, and one block's temporaries.
    public let transient: Int
    /// The sum.
    public var total: Int { parameters + activations + depthStream + transient }
  }

  /// Numbers of the depth stream for a micro-batch, keys and values.
  private func depthCount(batch: Int, tokens: Int) -> Int { 2 * batch * tokens * config.slotCount * keyWidth }

  /// Bytes of keys and values of the depth stream for a micro-batch, gradients excluded.
  public func depthBytes(batch: Int, tokens: Int) -> Int {
    depthCount(batch: batch, tokens: tokens) * config.depth.storage.bytes
  }

  /// Floats that one block keeps for backward for each token.
  var keptPerToken: Int {
    let (width, hidden) = (config.width, config.hidden)
    if config.recompute { return width + inputKeptPerToken }
    // Input and output of both norms, gate, up and their product, attention output with its log-sum-exp.
    var kept = 4 * width + 3 * hidden + queryWidth + config.queryHeads
    // Rotated query, rotated key, value.
    kept += queryWidth + 2 * keyWidth
    if config.queryKeyNorm != .none { kept += queryWidth + keyWidth }
    if config.depth.writers != .none {
      kept += queryWidth  // the folded query
      if config.queryKeyNorm != .none { kept += queryWidth + keyWidth }  // inputs of the gain folding and of the gain
      kept += (config.depth.slotsPerBlock - 1) * keyWidth  // projected feed-forward keys before their norm
      switch config.depth.softmax {
      case .joint: break
      case .separate: kept += 2 * queryWidth + config.queryHeads
      // The second result with its log-sum-exp, the step between both, and the sum.
      case .gated: kept += 3 * queryWidth + config.queryHeads
      }
      // Values before their gate.
      if config.depth.window.isScored { kept += (config.depth.slotsPerBlock - 1) * keyWidth }
    }
    return kept + inputKeptPerToken
  }

  /// Floats that the stage before a block keeps for each token beside its result, which is the block's: the state that
  /// it was made of, and what the attention reads.
  private var inputKeptPerToken: Int {
    switch config.blockInput {
    case .residual: return 0
    case .dense: return config.width
    case .attention:
      let norms = config.queryKeyNorm == .none ? 0 : queryWidth + keyWidth
      return config.width + queryWidth + config.queryHeads + norms
    }
  }

  /// Bytes of one training step. Chunks of several tokens take more than this: their slots are evaluated as one axis,
  /// whose sums and, with slots in bf16 or in a window, copies come on top.
  ///
  /// - Parameters:
  ///   - batch: sequences of one micro-batch.
  ///   - tokens: tokens of each.
  public func trainingMemory(batch: Int, tokens: Int) -> Memory {
    let rows = batch * tokens
    let table = config.vocabulary * config.width
    let block = (6 * config.width + 4 * config.hidden + 2 * queryWidth + 2 * keyWidth) * rows
    let head = table + rows * config.width + min(512, rows) * config.vocabulary
    return Memory(
      parameters: 16 * parameters, activations: 4 * rows * (config.blocks * keptPerToken + 2 * config.width),
      depthStream: depthBytes(batch: batch, tokens: tokens) + 4 * depthCount(batch: batch, tokens: tokens),
      transient: 4 * max(block, head))
  }

  /// Bytes that generation keeps for each cached token: keys and values of every block; what blocks read of earlier ones
  /// is transient.
  public var cacheBytesPerToken: Int { config.blocks * 2 * keyWidth * 4 }

  /// Bytes that a token needs on its way through the blocks for what they read of earlier ones: slots, of which a
  /// window keeps its bound, or with depth dense the states themselves.
  public var columnBytesPerToken: Int {
    if config.blockInput == .dense { return config.blocks * config.width * 4 }
    return min(config.slotCount, config.depth.window.bound) * 2 * keyWidth * config.depth.storage.bytes
  }
}
