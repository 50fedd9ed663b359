// Hugging Face model folders: config.json, model.safetensors (or shards), tokenizer.json.
// Not here: what a config means (HuggingFaceConfig.swift) and name matching (NN/Checkpoint).
public import Foundation
import Lab
import NN
import Tensor
public import Text

/// Reads and writes Hugging Face model folders.
public enum HuggingFaceFolder {
  /// A model from a folder.
  public struct Contents {
    /// The model with the folder's weights.
    public let model: LanguageModel
    /// The tokenizer, if the folder has one.
    public let tokenizer: BytePairEncoding?
    /// The token that stands before a text that has nothing before it: the folder's beginning of text, else its end of
    /// text, else the tokenizer's.
    public let prefix: Int32?
  }

  /// Arrays that some checkpoints carry and no arithmetic needs.
  private static let derived: Set<NamePattern> = ["model.layers.{i}.self_attn.rotary_emb.inv_freq"]

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: holds `config.json` and weights.
  ///   - context: the longest sequence; nil for the folder's. A large context costs a large rotation table.
  /// - Throws: `InterchangeError`, `CheckpointError`, `TokenizerError`.
  public static func read(_ folder: URL, context: Int? = nil) throws -> Contents {
    let path = folder.appending(path: "config.json").relativePath
    var config = try HuggingFaceConfig.read(path).modelConfig(path: path)
    if let context { config.context = min(config.context, context) }
    let model = LanguageModel(config, seed: 0)
    let skipped = config.tiedEmbeddings ? derived.union(["lm_head.weight"]) : derived
    try model.parameters.load(from: WeightFiles(directory: folder), unexpected: skipped)
    let file = folder.appending(path: "tokenizer.json")
    let tokenizer =
      FileManager.default.fileExists(atPath: file.path) ? try BytePairEncoding(contentsOf: file.path) : nil
    return Contents(model: model, tokenizer: tokenizer, prefix: try prefix(of: folder, tokenizer: tokenizer))
  }

  /// The names of tokens in `tokenizer_config.json`, as text or as an object with its content.
  private struct TokenizerConfig: Decodable {
    struct Name: Decodable {
      let content: String

      private enum Keys: CodingKey { case content }

      init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
          content = text
        } else {
          content = try decoder.container(keyedBy: Keys.self).decode(String.self, forKey: .content)
        }
      }
    }
    var bos_token: Name?
    var eos_token: Name?
  }

  private static func prefix(of folder: URL, tokenizer: BytePairEncoding?) throws -> Int32? {
    let file = folder.appending(path: "tokenizer_config.json")
    guard let tokenizer, FileManager.default.fileExists(atPath: file.path) else { return tokenizer?.endOfText }
    let config: TokenizerConfig
    do {
      config = try JSONDecoder().decode(TokenizerConfig.self, from: Data(contentsOf: file))
    } catch {
      throw InterchangeError.unreadable(
        path: file.relativePath, reason: "expected bos_token and eos_token as text, got something else")
    }
    let named = [config.bos_token, config.eos_token].lazy.compactMap {
      $0.flatMap { tokenizer.identifier(of: $0.content) }
    }
    return named.first ?? tokenizer.endOfText
  }

  /// Writes a folder that Hugging Face transformers loads, if it knows the architecture; `model_type` is `moda`
  /// otherwise.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - tokenizer: written as `tokenizer.json` if it is a byte-pair encoding.
  ///   - folder: created; must not exist.
  ///   - expectedLogits: whether to add `expected.safetensors`, random tokens with this model's logits, against which
  ///     `Scripts/golden/huggingface.py --check` compares transformers.
  /// - Returns: the architecture's name, `moda` if only this package reads the folder.
  /// - Throws: `InterchangeError`, `SafeTensorsError`, file errors.
  @discardableResult
  public static func write(
    _ model: LanguageModel, tokenizer: any Tokenizer, to folder: URL, expectedLogits: Bool = false
  ) throws -> String {
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw InterchangeError.unreadable(path: folder.relativePath, reason: "it exists already; name a new folder")
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let config = HuggingFaceConfig(model.config, endOfText: tokenizer.endOfText.map(Int.init))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(config), to: folder.appending(path: "config.json"))
    try SafeTensorsWriter.write(
      model.parameters.parameters.map { ($0.name, $0.value) }, metadata: ["format": "pt"],
      to: folder.appending(path: "model.safetensors").path, as: .float32)
    if let tokenizer = tokenizer as? BytePairEncoding {
      try tokenizer.write(to: folder.appending(path: "tokenizer.json").path)
      let settings = ["tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"]
      try AtomicFile.write(encoder.encode(settings), to: folder.appending(path: "tokenizer_config.json"))
    }
    if expectedLogits { try writeExpectedLogits(of: model, to: folder) }
    return config.model_type
  }

  private static func writeExpectedLogits(of model: LanguageModel, to folder: URL) throws {
    let shape: Shape = [2, min(32, model.config.context)]
    var random = RandomSource(seed: 1).split("expected logits")
    let tokens = IndexTensor(
      (0..<shape.count).map { _ in Int32(random.integer(below: model.config.vocabulary)) }, shape: shape)
    try SafeTensorsWriter.write(
      [("logits", model.logits(tokens)), ("tokens", Tensor(tokens.elements.map { Float($0) }, shape: shape))],
      metadata: [:], to: folder.appending(path: "expected.safetensors").path, as: .float32)
  }
}
