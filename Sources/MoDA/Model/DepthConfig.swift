// The choices about the depth stream as data: who writes, what readers see, how they weigh it.
// Not here: the sizes of the decoder and what a block's input is (ModelConfig.swift).
public import Tensor

/// What the depth stream holds and how it is read.
public struct DepthConfig: Codable, Equatable, Sendable {
  /// Which sub-layers write.
  public var writers = DepthWriters.none
  /// How slot keys meet queries.
  public var keyMode = DepthKeyMode.positionFree
  /// Which slots a block reads.
  public var window = DepthWindow.all
  /// How slots and sequence keys share the attention.
  public var softmax = DepthSoftmax.joint
  /// Whether the gradients of readers stop before the writers: slots are data to train on, and writers do not learn to
  /// be read. Projections and scores that exist for slots alone learn all the same; what they project does not notice.
  public var detached = false
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

  /// Keys that files of earlier versions lack have their defaults, which mean what those versions did.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    writers = try values.decode(DepthWriters.self, forKey: .writers)
    keyMode = try values.decode(DepthKeyMode.self, forKey: .keyMode)
    window = try values.decode(DepthWindow.self, forKey: .window)
    softmax = try values.decodeIfPresent(DepthSoftmax.self, forKey: .softmax) ?? softmax
    detached = try values.decodeIfPresent(Bool.self, forKey: .detached) ?? detached
    chunk = try values.decodeIfPresent(Int.self, forKey: .chunk) ?? chunk
    storage = try values.decodeIfPresent(Precision.self, forKey: .storage) ?? storage
    projectsLastBlock = try values.decode(Bool.self, forKey: .projectsLastBlock)
  }

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

/// How the slots that a token reads and the keys of its sequence share the attention.
public enum DepthSoftmax: String, Codable, Sendable, CaseIterable {
  /// One softmax over both: the paper's definition.
  case joint
  /// A softmax over each, and the mean of the two results. No parameters, so that the difference to `joint` is the
  /// shared normaliser alone; block 0, which has no slots, is plain attention in both.
  case separate
  /// Plain attention, and a learned share g of the step from it to `joint`: a + g ∘ (joint − a), one g for each feature
  /// of each query head. At g = 0, where it starts, the model is its baseline whatever the slots hold, and g has a
  /// gradient; at g = 1 it is `joint`. For depth streams that are added to a trained model. Costs a second attention.
  case gated
}

/// Which slots a block reads.
///
/// By score, each token and key head keeps the slots of highest utility among those written so far; of equal scores the
/// newer. A writer's utility is a learned linear map of the sub-layer's input, one number s for each key head. A slot's
/// value is stored as 2σ(s)·v, so a score learns from the gradients of the slots that were kept, as the router of a
/// mixture of experts does; at s = 0 the value is as it was.
///
/// What a bound bounds: the slots that a block reads, its work on them, and the copy that attention runs on. A slot that
/// is not among the best of those written so far never returns, so a decoder needs memory for the bound alone. Training
/// keeps every slot for the backward pass, whatever the window.
///
/// > Source: arXiv 2603.15619, the bounded slot buffers of its future work.
public enum DepthWindow: Codable, Equatable, Sendable {
  /// Every slot written so far.
  case all
  /// The most recently written ones.
  case last(slots: Int)
  /// Those of highest utility.
  case top(slots: Int)
  /// The most recently written ones, and of those before them the ones of highest utility.
  case lastAndTop(last: Int, top: Int)

  /// Whether slots are chosen by a learned score.
  public var isScored: Bool {
    switch self {
    case .all, .last: false
    case .top, .lastAndTop: true
    }
  }

  /// The most slots that a block reads.
  public var bound: Int {
    switch self {
    case .all: .max
    case .last(let slots), .top(let slots): slots
    case .lastAndTop(let last, let top): last + top
    }
  }

  /// The numbers of slots by the path of their key.
  var counts: [(name: String, count: Int)] {
    switch self {
    case .all: []
    case .last(let slots): [("last", slots)]
    case .top(let slots): [("top", slots)]
    case .lastAndTop(let last, let top): [("lastAndTop.last", last), ("lastAndTop.top", top)]
    }
  }
}
