// Text that a trained model writes, kept with its run for the report.
import Foundation
import Lab
import NN
import Tensor
import Text

/// A prompt and how the model went on.
public struct TextSample: Codable, Sendable, Equatable {
  /// The prompt.
  public let prompt: String
  /// The continuation.
  public let text: String
  /// Generated tokens a second.
  public let tokensPerSecond: Double
}

/// The samples of a run on disk.
enum Samples {
  static let file = "samples.json"

  /// Continues the configured prompts and keeps the result in the run.
  static func write(_ model: LanguageModel, tokenizer: any Tokenizer, config: LanguageModelConfig, in run: Run) throws {
    let generator = Generator(model, tokenizer: tokenizer)
    let samples = try config.evaluation.prompts.map { prompt in
      let summary = try generator.generate(
        prompt: prompt, count: config.evaluation.sampleTokens, sampler: Sampler(temperature: 0.8, topP: 0.95),
        seed: config.seed)
      return TextSample(
        prompt: prompt, text: summary.text, tokensPerSecond: Double(summary.tokens) / max(1e-9, summary.decodeSeconds))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try run.write(encoder.encode(samples), to: file)
  }

  /// The samples of a run, none if it has not come so far.
  static func read(_ directory: URL) throws -> [TextSample] {
    let url = directory.appending(path: file)
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    return try JSONDecoder().decode([TextSample].self, from: Data(contentsOf: url))
  }
}
