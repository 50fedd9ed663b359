// moda-lm export, import and convert: Hugging Face folders, and depth streams for trained models.
public import ArgumentParser
import Foundation
import Lab
public import MoDA

struct Export: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a run's model as a Hugging Face folder.",
    discussion: """
      Writes config.json, model.safetensors and tokenizer.json. Baselines become Olmo2, Llama, Qwen2 or Qwen3 models \
      that transformers loads, by their norm placement and query-key norm; models with a depth stream get the \
      architecture `moda`, which this package reads.

      EXAMPLE:
        moda-lm export Runs/baseline exported --check-logits
        .venv/bin/python Scripts/golden/huggingface.py --check exported
      """)

  @Argument(help: "The run directory.", completion: .directory) var directory: String

  @Argument(help: "The new folder.", completion: .directory) var folder: String

  @Flag(help: "Adds expected.safetensors: tokens and logits to compare with.") var checkLogits = false

  func run(in environment: CommandEnvironment) throws {
    let bundle = try ModelBundle(run: URL(fileURLWithPath: directory))
    let type = try HuggingFaceFolder.write(
      bundle.model, tokenizer: bundle.tokenizer, to: URL(fileURLWithPath: folder), expectedLogits: checkLogits)
    environment.standardOutput.write("\(folder): model_type \(type), step \(bundle.step)\n")
  }
}

struct Import: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a run of a Hugging Face folder, to evaluate and generate with.",
    discussion: """
      Reads Olmo2, Llama, Qwen2, Qwen3 and moda folders in safetensors. The new run directory works with `evaluate`, \
      `generate` and `export`.

      EXAMPLE:
        moda-lm import path/to/OLMo-2 Runs/olmo2 --context 1024
        moda-lm generate Runs/olmo2 --prompt "The capital of France is"
      """)

  @Argument(help: "The Hugging Face folder.", completion: .directory) var folder: String

  @Argument(help: "The new run directory.", completion: .directory) var directory: String

  @Option(help: "The longest sequence; the folder's by default.") var context: Int?

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    try ModelImport.run(
      URL(fileURLWithPath: folder), into: URL(fileURLWithPath: directory), context: context,
      context: RunContext(console: console, time: environment.time, command: environment.arguments))
    environment.standardOutput.write("\(directory)\n")
  }
}

struct Convert: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adds a depth stream to a trained baseline; at first its output does not change.",
    discussion: """
      Blocks read the slots of earlier blocks through a gate that starts at zero (depth.softmax: gated), so the new \
      run computes what the old model did until it is trained. Projections of slots begin as copies of the key and \
      value projections of the same block.

      EXAMPLES:
        moda-lm convert Runs/baseline Runs/converted
        moda-lm convert path/to/OLMo-2 Runs/converted --context 1024
        moda-lm train --set start=Runs/converted --set training.learningRate=0.0005 --out Runs/continued
        moda-lm train --set start=Runs/baseline --set training.learningRate=0.0005 --out Runs/control
        moda-lm compare Runs/control Runs/continued
      """)

  @Argument(help: "A run directory, or a Hugging Face folder.", completion: .directory) var source: String

  @Argument(help: "The new run directory.", completion: .directory) var directory: String

  @Option(help: "Which sub-layers write: attention, attentionAndFeedForward or separateAttentionAndFeedForward.")
  var writers = DepthWriters.attentionAndFeedForward

  @Option(help: "What slots are projected with at first: copied or random.")
  var projections = SlotProjections.copied

  @Option(help: "The longest sequence of a Hugging Face model; the folder's by default.") var context: Int?

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let outcome = try ModelConversion.run(
      URL(fileURLWithPath: source), into: URL(fileURLWithPath: directory), depth: DepthConfig(writers: writers),
      projections: projections, context: context,
      process: RunContext(console: console, time: environment.time, command: environment.arguments))
    environment.standardOutput.write(
      """
      \(directory): \(outcome.label), \(outcome.parameters.before) parameters before, \(outcome.parameters.after) after
      largest difference of logits on \(outcome.tokens) random tokens: \(outcome.difference)

      """)
  }
}

extension DepthWriters: ExpressibleByArgument {}

extension SlotProjections: ExpressibleByArgument {}
