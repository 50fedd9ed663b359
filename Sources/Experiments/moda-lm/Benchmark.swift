// moda-lm benchmark: training steps of a configuration timed one by one, or decoding beside the limit of memory.
import ArgumentParser
import Benchmarks
import Foundation
import Lab
import MoDA
import Tensor

struct Benchmark: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times training steps, or decoding, of a configuration on random tokens.",
    discussion: """
      Prints one JSON line with the machine, then one for each step. With --paced it performs a step for each line on \
      standard input, so that a peer can alternate with it (Scripts/peers/train_step.py). --profile ends with the time \
      of each operation.

      With --decode it decodes tokens one at a time, in turns with a loop that only reads memory, and prints the tokens \
      a second beside those that reading every weight once a token would allow. A model that reads earlier blocks takes \
      turns with the baseline of the same sizes, too.

      EXAMPLES:
        moda-lm benchmark --config Configs/moda/quickstart.yaml --steps 20 --profile
        moda-lm benchmark --decode --config Configs/moda/table6-row8-depth.yaml
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "Steps to time after three warm-up steps.") var steps = 15

  @Flag(help: "Performs one step for each line on standard input.") var paced = false

  @Flag(help: "Prints the time of each operation at the end.") var profile = false

  @Flag(help: "Decodes instead of training.") var decode = false

  @Option(help: "With --decode: writes bench-decode.json into this directory.", completion: .directory)
  var json: String?

  func validate() throws {
    guard !decode || !(paced || profile) else { throw ValidationError("--decode goes without --paced and --profile") }
    guard decode || json == nil else { throw ValidationError("--json goes with --decode") }
  }

  func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(LanguageModelConfig.self).value
    if decode { return try timeDecoding(config, in: environment) }
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

  /// Decodes 16 tokens behind a quarter of the context, in turns with reads of as many bytes as they take.
  private func timeDecoding(_ config: LanguageModelConfig, in environment: CommandEnvironment) throws {
    if options.threads > 0 { Runtime.configure(threads: options.threads) }
    func decoder(_ model: ModelConfig) -> DecodeBenchmark {
      DecodeBenchmark(
        model, seed: config.seed, promptTokens: max(1, model.context / 4), tokens: min(16, max(1, model.context / 2)))
    }
    let benchmark = decoder(config.model), ceilings = Ceilings()
    var baseline = config.model
    (baseline.blockInput, baseline.depth) = (.residual, DepthConfig())
    let plain = baseline == config.model ? nil : decoder(baseline)
    let timings = Timing.inTurns(
      [{ benchmark.run() }, { ceilings.read() }, { ceilings.read() }]
        + (plain.map { plain in [{ plain.run() }] } ?? []),
      RepeatPlan(most: max(7, steps), budget: 60))
    let tokens = Double(benchmark.tokens)
    let reads = zip(timings[1].seconds, timings[2].seconds).map { ($0 + $1) / 2 }
    let ideal = Timing(reads.map { benchmark.weightBytes / ceilings.bytes * $0 })
    let shares = zip(ideal.seconds, timings[0].seconds).map { tokens * $0 / $1 }
    let decoding = timings[0].median / tokens
    environment.standardOutput.write(
      String(
        format: "%.2f M parameters, %d threads, %@: %.1f tokens/s, %.1f by the read bandwidth of %.1f GB/s: %.1f%%\n",
        Double(benchmark.parameters) / 1e6, Runtime.threads, "\(Runtime.instructionSet)", 1 / decoding,
        1 / ideal.median, ceilings.bytes / Timing(reads).median / 1e9, 100 * ideal.median / decoding))
    let ratios = plain == nil ? [] : zip(timings[3].seconds, timings[0].seconds).map { $0 / $1 }
    if !ratios.isEmpty {
      environment.standardOutput.write(
        String(
          format: "%@: %.1f%% of the tokens/s of its baseline, which decodes %.1f\n", config.model.label,
          100 * Statistics.median(ratios), tokens / timings[3].median))
    }
    guard let json else { return }
    let model = config.model
    let shape = [
      "D": model.width, "blocks": model.blocks, "Hq": model.queryHeads, "Hk": model.keyHeads, "d": model.headWidth,
      "F": model.hidden, "V": benchmark.vocabulary, "prompt": benchmark.promptTokens,
    ]
    var rows = [
      ResultRow(
        id: "decode.bandwidth_share", value: ideal.median / decoding, unit: "ratio", n: shares.count,
        spread: Statistics.interquartileRange(shares), ours: decoding, peer: ideal.median,
        peerName: "a read of every weight", threads: Runtime.threads, shape: shape)
    ]
    if !ratios.isEmpty {
      rows.append(
        ResultRow(
          id: "decode.depth_over_baseline", value: Statistics.median(ratios), unit: "ratio", n: ratios.count,
          spread: Statistics.interquartileRange(ratios), ours: decoding, peer: timings[3].median / tokens,
          peerName: "the baseline", threads: Runtime.threads, shape: shape))
    }
    let command = "moda-lm " + environment.arguments.dropFirst().joined(separator: " ")
    try ResultFile(name: "bench-decode", command: command, machine: SuiteRun.machine, rows: rows)
      .write(to: URL(fileURLWithPath: json))
    environment.standardOutput.write("wrote \(json)/bench-decode.json\n")
  }
}
