// A converted model as a run directory, which `moda-lm` evaluates and trains further.
// Not here: the conversion itself (ModelConversion.swift).
public import Foundation
public import Lab
import NN

extension ModelConversion {
  /// What a conversion made.
  public struct Outcome: Sendable {
    /// What tables call the new model.
    public let label: String
    /// Trainable scalars before and after.
    public let parameters: (before: Int, after: Int)
    /// The largest absolute difference of logits, on `tokens` random tokens.
    public let difference: Float
    /// Tokens that it was measured on.
    public let tokens: Int
  }

  /// Writes a run directory with the converted model as its only checkpoint.
  ///
  /// - Parameters:
  ///   - source: a run, or a Hugging Face folder.
  ///   - directory: the new run directory.
  ///   - depth: who writes and what readers see.
  ///   - projections: what slots are projected with at first.
  ///   - length: the longest sequence of a Hugging Face model; the folder's if nil.
  ///   - context: the process around the run.
  /// - Throws: ``ConversionError``, and the errors of ``EvaluatedModel`` and of run directories.
  public static func run(
    _ source: URL, into directory: URL, depth: DepthConfig, projections: SlotProjections, context length: Int?,
    process context: RunContext
  ) throws -> Outcome {
    let base = try EvaluatedModel(source, context: length)
    let model = try converted(base.model, depth: depth, projections: projections)
    let tokens = min(256, model.config.context)
    let outcome = Outcome(
      label: model.config.label, parameters: (base.model.parameters.count, model.parameters.count),
      difference: largestDifference(base.model, model, tokens: tokens), tokens: tokens)
    try ModelImport.write(
      model, tokenizer: base.tokenizer, into: directory, context: context,
      notes: ["converted from": source.lastPathComponent, "projections": projections.rawValue])
    return outcome
  }
}
