// A run directory made of a Hugging Face folder.
public import Foundation
public import Lab
import NN
import Tensor
import Text

/// Makes runs of Hugging Face folders.
public enum ModelImport {
  /// Writes a run directory with the folder's model as its only checkpoint.
  ///
  /// - Parameters:
  ///   - folder: the Hugging Face folder.
  ///   - directory: the new run directory.
  ///   - length: the longest sequence; the folder's if nil.
  ///   - context: the process around the run.
  /// - Throws: `InterchangeError`, `CheckpointError`, `TokenizerError`, `RunError`; nothing is left behind unless the
  ///   model was read.
  public static func run(_ folder: URL, into directory: URL, context length: Int?, context: RunContext) throws {
    let contents = try HuggingFaceFolder.read(folder, context: length)
    try write(
      contents.model, tokenizer: contents.tokenizer, into: directory, context: context,
      notes: ["imported from": folder.lastPathComponent])
  }

  /// Writes a run directory with `model` as its only checkpoint.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - tokenizer: kept beside it if it has a file; bytes otherwise.
  ///   - directory: the new run directory.
  ///   - context: the process around the run.
  ///   - notes: go to the manifest.
  /// - Throws: `RunError`, `CheckpointError`, `TokenizerError`.
  static func write(
    _ model: LanguageModel, tokenizer: (any Tokenizer)?, into directory: URL, context: RunContext,
    notes: KeyValuePairs<String, String>
  ) throws {
    let pieces = tokenizer as? BytePairEncoding
    var config = LanguageModelConfig.base
    config.model = model.config
    config.training.steps = 0
    config.training.tokens = min(config.training.tokens, config.model.context)
    config.data.tokenizer =
      pieces == nil ? .bytes : .file(path: directory.appending(path: RunArtifacts.tokenizer).relativePath)
    let resolved = try ResolvedConfig(config)
    let run = try Run.create(
      experiment: LanguageModelExperiment.name, config: resolved, at: directory, context: context)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try run.write(encoder.encode(model.config), to: RunArtifacts.model)
    try pieces?.write(to: directory.appending(path: RunArtifacts.tokenizer).path)
    try Checkpoint.save(
      model.parameters, optimizer: nil, state: TrainingState(step: 0), configuration: resolved.text,
      to: Checkpoints(in: run.checkpoints).directory(ofStep: 0))
    for (key, value) in notes { try run.note(key, value) }
    try run.finish(.finished)
  }
}
