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
    var config = LanguageModelConfig.base
    config.model = contents.model.config
    config.training.steps = 0
    config.training.tokens = min(config.training.tokens, config.model.context)
    config.data.tokenizer =
      contents.tokenizer == nil ? .bytes : .file(path: folder.appending(path: "tokenizer.json").relativePath)
    let resolved = try ResolvedConfig(config)
    let run = try Run.create(
      experiment: LanguageModelExperiment.name, config: resolved, at: directory, context: context)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try run.write(encoder.encode(contents.model.config), to: RunArtifacts.model)
    if let tokenizer = contents.tokenizer {
      try tokenizer.write(to: directory.appending(path: RunArtifacts.tokenizer).path)
    }
    try Checkpoint.save(
      contents.model.parameters, optimizer: nil, state: TrainingState(step: 0), configuration: resolved.text,
      to: Checkpoints(in: run.checkpoints).directory(ofStep: 0))
    try run.note("imported from", folder.lastPathComponent)
    try run.finish(.finished)
  }
}
