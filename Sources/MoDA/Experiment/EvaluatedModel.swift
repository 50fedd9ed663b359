// A model to evaluate, from a run or from a Hugging Face folder, with what its texts need.
// Not here: what is evaluated (Evaluation/, Tasks/).
public import Foundation
import Lab
import NN
import Tensor
public import Text

/// A trained model with its tokenizer, wherever it comes from.
public struct EvaluatedModel {
  /// The parameters.
  public let model: LanguageModel
  /// The tokenizer.
  public let tokenizer: any Tokenizer
  /// The token that stands for an empty context.
  public let prefix: Int32?
  /// What tables call it.
  public let label: String
  /// The folder of text that the model was trained on; the committed sample where that is not known.
  public let corpus: String
  /// The run, if it is one.
  public let run: URL?

  /// The newest checkpoint of a run, or the model of a Hugging Face folder.
  ///
  /// - Parameters:
  ///   - directory: a run, or a folder with `config.json`, weights and `tokenizer.json`.
  ///   - context: the most tokens that a Hugging Face model reads; nil for the folder's.
  /// - Throws: `BundleError`, `InterchangeError`, `CheckpointError`, `TokenizerError`, `LanguageModelRunError`.
  public init(_ directory: URL, context: Int? = nil) throws {
    name = directory.standardizedFileURL.lastPathComponent
    let exists = { (name: String) in FileManager.default.fileExists(atPath: directory.appending(path: name).path) }
    if exists("config.json"), !exists(RunArtifacts.model) {
      let contents = try HuggingFaceFolder.read(directory, context: context)
      model = contents.model
      guard contents.tokenizer != nil || model.config.vocabulary == ByteTokenizer().vocabularySize else {
        throw InterchangeError.unreadable(
          path: directory.appending(path: "tokenizer.json").relativePath, reason: "no such file, and no model of bytes")
      }
      tokenizer = contents.tokenizer ?? ByteTokenizer()
      prefix = contents.prefix
      label = directory.standardizedFileURL.lastPathComponent
      corpus = LanguageModelConfig.base.data.source
      run = nil
    } else {
      let bundle = try ModelBundle(run: directory)
      model = bundle.model
      tokenizer = bundle.tokenizer
      prefix = tokenizer.endOfText
      label = "\(model.config.label), step \(bundle.step)"
      corpus = bundle.config.data.source
      run = directory
    }
    guard tokenizer.vocabularySize <= model.config.vocabulary else {
      throw LanguageModelRunError.vocabulary(model: model.config.vocabulary, tokenizer: tokenizer.vocabularySize)
    }
  }

  /// A model that is in memory already.
  package init(_ model: LanguageModel, tokenizer: any Tokenizer, name: String) {
    (self.model, self.tokenizer, self.name, label) = (model, tokenizer, name, name)
    prefix = tokenizer.endOfText
    corpus = LanguageModelConfig.base.data.source
    run = nil
  }

  /// A short name: the last part of the folder's path.
  public let name: String

  /// A digest of the configuration and of every parameter.
  public var digest: String {
    var digest = ContentDigest()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A configuration is numbers and names; it always encodes.
    if let config = try? encoder.encode(model.config) { config.withUnsafeBytes { digest.update($0) } }
    for parameter in model.parameters.parameters {
      parameter.value.withElements { digest.update(UnsafeRawBufferPointer($0)) }
    }
    return digest.finish()
  }
}

@available(*, unavailable) extension EvaluatedModel: Sendable {}
