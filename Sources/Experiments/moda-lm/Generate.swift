// moda-lm generate: text from a trained model, token by token.
import ArgumentParser
import Foundation
import Lab
import MoDA

struct Generate: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Continues a prompt with a trained model, streaming.",
    discussion: """
      EXAMPLES:
        moda-lm generate Runs/moda --prompt "It is a truth universally acknowledged"
        moda-lm generate Runs/moda --prompt "def main():" --tokens 400 --temperature 0 
        moda-lm generate Runs/moda --prompt "Once" --temperature 0.8 --top-p 0.95 --seed 7
      """)

  @Argument(help: "The run directory.", completion: .directory) var directory: String

  @Option(name: .shortAndLong, help: "The text to continue.") var prompt = ""

  @Option(name: .shortAndLong, help: "The most tokens to generate.") var tokens = 200

  @Option(help: "Divides the logits; 0 takes the most probable token.") var temperature: Float = 0.8

  @Option(help: "Keeps the most probable tokens; 0 keeps all.") var topK = 0

  @Option(help: "Keeps the tokens that make up this share of the probability.") var topP: Float = 0.95

  @Option(help: "Tokens less probable than this share of the best are dropped.") var minP: Float = 0

  @Option(help: "Penalty on tokens that occurred before; 1 is none.") var repetitionPenalty: Float = 1

  @Option(help: "Equal seeds give equal text.") var seed: UInt64 = 1

  @Option(help: "Threads to use; 0 leaves the choice to the program.") var threads = 0

  func validate() throws {
    guard tokens >= 0 else { throw ValidationError("--tokens: expected 0 or more, got \(tokens).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let settings = SamplingSettings(
      temperature: temperature, topK: topK, topP: topP, minP: minP, repetitionPenalty: repetitionPenalty, seed: seed)
    environment.standardOutput.write(prompt)
    let summary = try ModelGeneration.run(
      URL(fileURLWithPath: directory), prompt: prompt, tokens: tokens, settings: settings, threads: threads
    ) { environment.standardOutput.write($0) }
    environment.standardOutput.write("\n")
    environment.standardError.write(summary + "\n")
  }
}
