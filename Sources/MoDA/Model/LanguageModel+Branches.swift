// The model over a packed row of prompts with continuations: every prompt runs once, and nothing is padded.
// Not here: which requests share a prompt (Tasks/RequestPacker.swift).
import NN
public import Tensor

extension LanguageModel {
  /// Whether rows of trunks and branches give what sequences give: not where tokens of a chunk share depth slots, whose
  /// chunks the packing would cut, nor in a model that sees later tokens.
  public var canBranch: Bool { config.isCausal && config.depth.chunk == 1 }

  /// Final hidden states of a packed row, normalised; inference only.
  ///
  /// - Parameters:
  ///   - tokens: ids `[1, T]`.
  ///   - layout: T tokens.
  /// - Returns: `[1, T, D]`.
  /// - Precondition: `canBranch`, and every position lies in the context.
  public func hidden(_ tokens: IndexTensor, layout: BranchedSequence) -> Tensor {
    precondition(canBranch, "LanguageModel: tokens of this model see tokens that a packed row tears apart")
    precondition(
      tokens.shape == [1, layout.tokens] && layout.positions.allSatisfy { $0 < config.context },
      "LanguageModel: ids \(tokens.shape) for a row of \(layout.tokens) tokens in a context of \(config.context)")
    return states(tokens, on: nil, layout: layout).value
  }
}
