// Text from a run's model, streamed.
public import Foundation
public import Lab
import NN
import Tensor
import Text

/// How tokens are drawn.
public struct SamplingSettings: Sendable {
  let sampler: Sampler
  let seed: UInt64

  /// Settings as the options of `moda-lm generate` name them.
  public init(
    temperature: Float, topK: Int, topP: Float, minP: Float, repetitionPenalty: Float, seed: UInt64
  ) {
    sampler = Sampler(
      temperature: temperature, topK: topK, topP: topP, minP: minP, repetitionPenalty: repetitionPenalty)
    self.seed = seed
  }
}

/// Why a generation cannot start.
public enum GenerationError: LabError {
  /// Sampling settings that make no sense.
  case settings([String])

  /// What, and what to do.
  public var description: String {
    switch self {
    case .settings(let problems): problems.joined(separator: "\n")
    }
  }

  /// A wrong command line.
  public var exitStatus: ExitStatus { .usage }
}

/// Generation from the newest checkpoint of a run.
public enum ModelGeneration {
  /// Continues `prompt`, handing over each piece of text as soon as it is complete.
  ///
  /// - Returns: one line about tokens and speed.
  /// - Throws: `GenerationError`, `BundleError`, `CheckpointError`.
  public static func run(
    _ directory: URL, prompt: String, tokens: Int, settings: SamplingSettings, threads: Int = 0,
    emit: (String) -> Void
  ) throws -> String {
    guard settings.sampler.problems.isEmpty else { throw GenerationError.settings(settings.sampler.problems) }
    if threads > 0 { Runtime.configure(threads: threads) }
    let bundle = try ModelBundle(run: directory)
    let summary = try Generator(bundle.model, tokenizer: bundle.tokenizer).generate(
      prompt: prompt, count: tokens, sampler: settings.sampler, seed: settings.seed
    ) {
      emit($0)
      return true
    }
    return String(
      format: "%d prompt tokens in %.3f s, %d tokens in %.3f s (%.0f tokens/s)", summary.promptTokens,
      summary.prefillSeconds, summary.tokens, summary.decodeSeconds,
      Double(summary.tokens) / max(1e-9, summary.decodeSeconds))
  }
}
