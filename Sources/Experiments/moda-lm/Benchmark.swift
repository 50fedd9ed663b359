// moda-lm benchmark: training steps of a configuration, timed one by one.
import ArgumentParser
import Foundation
import Lab
import MoDA

struct Benchmark: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times training steps of a configuration on random tokens.",
    discussion: """
      Prints one JSON line with the machine, then one for each step. With --paced it performs a step for each line on \
      standard input, so that a peer can alternate with it (Scripts/peers/train_step.py). --profile ends with the time \
      of each operation.

      EXAMPLE:
        moda-lm benchmark --config Configs/moda/quickstart.yaml --steps 20 --profile
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "Steps to time after three warm-up steps.") var steps = 15

  @Flag(help: "Performs one step for each line on standard input.") var paced = false

  @Flag(help: "Prints the time of each operation at the end.") var profile = false

  func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(LanguageModelConfig.self).value
    var benchmark = try StepBenchmark(config, threads: options.threads, profile: profile)
    environment.standardOutput.write(benchmark.header)
    if paced {
      while readLine() != nil { environment.standardOutput.write(try benchmark.step()) }
    } else {
      for _ in 0..<3 { _ = try benchmark.step() }
      for _ in 0..<steps { environment.standardOutput.write(try benchmark.step()) }
    }
    if profile { environment.standardOutput.write(benchmark.profileTable.plainText) }
  }
}
