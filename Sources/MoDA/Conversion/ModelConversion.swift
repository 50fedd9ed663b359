// A trained baseline becomes a model with a depth stream that changes nothing until it is trained.
// Not here: the gate that makes it so (Model/DepthSelfAttention.swift) and run directories (ModelConversion+Run.swift).
public import Lab
import NN
import Tensor

/// What the slots of a converted model are projected with at first.
public enum SlotProjections: String, CaseIterable, Sendable {
  /// Copies of the key and value projections of the same block's attention: slots that its heads know how to read.
  case copied
  /// Small random numbers, as in a new model.
  case random
}

/// Why a model cannot be converted.
public enum ConversionError: LabError, Equatable {
  /// The model already reads earlier blocks.
  case notABaseline(mechanism: String)
  /// Nobody would write to the depth stream.
  case noWriters
  /// The choices do not fit the model.
  case unfit(problems: [String])

  /// What, and what to do.
  public var description: String {
    switch self {
    case .notABaseline(let mechanism):
      "the model to convert: expected a baseline, got \(mechanism). Train it further with `start` instead."
    case .noWriters: "depth.writers: expected a sub-layer that writes, got none. Choose attentionAndFeedForward."
    case .unfit(let problems): "the depth stream does not fit the model: \(problems.joined(separator: "; "))"
    }
  }
}

/// Adds depth streams to trained models.
///
/// The softmax of the converted model is ``DepthSoftmax/gated``, a + g ∘ (joint − a) with g = 0: whatever the slots hold,
/// each block computes what it did. Unlike a bias of −∞ on slot logits or values of zero, g has a gradient from the
/// first step, joint − a, which the softmax bounds; and at g = 1 the block is the paper's.
public enum ModelConversion {
  /// `base` with a depth stream.
  ///
  /// - Parameters:
  ///   - base: a model without depth mechanism; its parameters are copied.
  ///   - depth: who writes and what readers see; `softmax` is not read, it becomes `gated`.
  ///   - projections: what slots are projected with at first.
  ///   - seed: of the parameters that `base` lacks and that are not copied.
  /// - Returns: a model whose outputs are those of `base` up to rounding.
  /// - Throws: ``ConversionError``.
  public static func converted(
    _ base: LanguageModel, depth: DepthConfig, projections: SlotProjections = .copied, seed: UInt64 = 1
  ) throws(ConversionError) -> LanguageModel {
    guard base.config.mechanism == .residual else {
      throw .notABaseline(mechanism: base.config.mechanism.rawValue)
    }
    guard depth.writers != .none else { throw .noWriters }
    var config = base.config
    config.depth = depth
    config.depth.softmax = .gated
    guard config.problems.isEmpty else { throw .unfit(problems: config.problems) }
    let model = LanguageModel(config, seed: seed)
    for parameter in model.parameters.parameters {
      if let source = base.parameters[parameter.name] {
        model.parameters.assign(source.value, to: parameter)
      } else if projections == .copied, let name = sequenceName(of: parameter.name),
        let source = base.parameters[name]
      {
        model.parameters.assign(source.value, to: parameter)
      }
    }
    return model
  }

  /// The sequence projection whose copy a depth projection begins as: `…layers.3.mlp.depth_k_proj.weight` begins as
  /// `…layers.3.self_attn.k_proj.weight`.
  private static func sequenceName(of name: String) -> String? {
    for kind in ["k_proj", "v_proj"] {
      for layer in ["mlp", "self_attn"] {
        let own = ".\(layer).depth_\(kind)."
        if name.contains(own) { return name.replacing(own, with: ".self_attn.\(kind).") }
      }
    }
    return nil
  }

  /// The largest absolute difference of two models' logits on random tokens.
  ///
  /// - Parameters:
  ///   - one: a model.
  ///   - other: a model of the same vocabulary.
  ///   - tokens: tokens of the sequence, at most the contexts.
  ///   - seed: of the tokens.
  public static func largestDifference(
    _ one: LanguageModel, _ other: LanguageModel, tokens: Int, seed: UInt64 = 1
  ) -> Float {
    var random = RandomSource(seed: seed).split("conversion")
    let ids = IndexTensor(
      (0..<tokens).map { _ in Int32(random.integer(below: one.config.vocabulary)) }, shape: [1, tokens])
    return zip(one.logits(ids).elements, other.logits(ids).elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
