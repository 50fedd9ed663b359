// moda-lm export and import: Hugging Face folders.
import ArgumentParser
import Foundation
import Lab
import MoDA

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
