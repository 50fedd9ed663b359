// A model as it lies on disk within a run: config, tokenizer, parameters of one checkpoint.
// Not here: Hugging Face folders (Interchange/HuggingFaceFolder.swift).
public import Foundation
public import Lab
import NN
public import Text

/// The names of what a language-model run keeps beside the files of every run.
enum RunArtifacts {
  static let tokenizer = "tokenizer.json"
  static let model = "model.json"
  static let evaluation = "evaluation.json"
}

/// Why a run cannot be loaded as a model.
public enum BundleError: LabError {
  /// The folder is no run.
  case notARun(path: String, missing: String)
  /// The run has no complete checkpoint.
  case noCheckpoint(path: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .notARun(let path, let missing):
      "\(path) is not a language-model run: \(missing) is missing. Name a directory that `moda-lm train` printed."
    case .noCheckpoint(let path):
      "\(path) has no complete checkpoint yet. Continue it with `moda-lm resume \(path)`."
    }
  }
}

/// A trained model with its tokenizer.
public struct ModelBundle {
  /// The run.
  public let directory: URL
  /// The parameters.
  public let model: LanguageModel
  /// The tokenizer.
  public let tokenizer: any Tokenizer
  /// The run's configuration.
  public let config: LanguageModelConfig
  /// Completed steps of the checkpoint.
  public let step: Int

  /// The newest complete checkpoint of a run.
  ///
  /// - Throws: `BundleError`, and errors of the files.
  public init(run directory: URL) throws {
    let modelFile = directory.appending(path: RunArtifacts.model)
    guard FileManager.default.fileExists(atPath: modelFile.path) else {
      throw BundleError.notARun(path: directory.relativePath, missing: RunArtifacts.model)
    }
    config = try Run.storedConfig(LanguageModelConfig.self, in: directory).value
    let modelConfig = try JSONDecoder().decode(ModelConfig.self, from: Data(contentsOf: modelFile))
    tokenizer = try Self.readTokenizer(directory, vocabulary: modelConfig.vocabulary)
    guard let checkpoint = try Checkpoint.latest(in: directory.appending(path: "checkpoints")) else {
      throw BundleError.noCheckpoint(path: directory.relativePath)
    }
    model = LanguageModel(modelConfig, seed: config.seed)
    try checkpoint.restore(model.parameters)
    step = checkpoint.state.step
    self.directory = directory
  }

  /// The tokenizer that a run keeps; bytes if the run trained on bytes.
  static func readTokenizer(_ directory: URL, vocabulary: Int) throws -> any Tokenizer {
    let file = directory.appending(path: RunArtifacts.tokenizer)
    guard FileManager.default.fileExists(atPath: file.path) else { return ByteTokenizer() }
    return try BytePairEncoding(contentsOf: file.path)
  }
}
