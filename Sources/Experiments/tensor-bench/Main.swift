// tensor-bench: speed of the numeric core on named shapes, as shares of what this machine can do.
public import ArgumentParser
public import Benchmarks
import Foundation
import Lab
import Tensor

@main struct TensorBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tensor-bench",
    abstract: "Speed of attention, matrix products and row loops, as shares of this machine's limits.",
    discussion: """
      Every case runs in turns with the loop that shows its limit: multiply-adds in registers, or a read of memory. \
      Medians of at least seven repeats after warm-up.

      EXAMPLES:
        tensor-bench run attention
        tensor-bench run attention --only attention.fwd.f32.T4096 --threads 1
        tensor-bench run matrices --json Docs/Results
      """,
    subcommands: [Run.self, List.self, Limits.self, Paced.self])
}

extension BenchmarkSuite: ExpressibleByArgument {}

struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads; 0 takes every processor.") var threads = 0

  func apply() { if threads > 0 { Runtime.configure(threads: threads) } }
}

struct List: LabCommand {
  static let configuration = CommandConfiguration(abstract: "Names the cases of every suite.")

  func run(in environment: CommandEnvironment) throws {
    for suite in BenchmarkSuite.allCases {
      environment.standardOutput.write("\(suite.rawValue)\n" + suite.cases.map { "  \($0.id)\n" }.joined())
    }
  }
}

struct Limits: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures this machine's multiply-add peak and read bandwidth.")

  @OptionGroup var options: ThreadOptions

  func run(in environment: CommandEnvironment) throws {
    options.apply()
    let ceilings = Ceilings()
    let precisions = Precision.allCases.filter { $0.missing == nil }
    let timings = Timing.inTurns(
      [{ ceilings.read() }] + precisions.map { precision in { ceilings.multiplyAdds(precision) } }, RepeatPlan())
    let peaks = zip(precisions, timings.dropFirst()).map { precision, timing in
      let rate = ceilings.operations(precision) / timing.median / 1e9
      return String(format: "%.1f Gflop/s of \(precision) multiply-adds, ", rate)
    }
    environment.standardOutput.write(
      "\(Runtime.threads) threads, \(Runtime.instructionSet): " + peaks.joined()
        + String(
          format: "%.1f GB/s read (medians of %d)\n", ceilings.bytes / timings[0].median / 1e9,
          timings[0].seconds.count))
    if let missing = Precision.bfloat16.missing { environment.standardOutput.write("bf16: \(missing)\n") }
  }
}

struct Paced: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs one case for each line of input; for Scripts/peers, which time their own side in turns.",
    discussion: """
      Prints a line of JSON with the machine, then {"id": …, "seconds": …} for each case named on a line.

      EXAMPLE:
        echo attention.fwd.f32.T1024 | tensor-bench paced
      """)

  @OptionGroup var options: ThreadOptions

  func run(in environment: CommandEnvironment) throws {
    options.apply()
    environment.standardOutput.write(PacedCases.header)
    var cases = PacedCases()
    while let line = readLine() { environment.standardOutput.write(cases.answer(line)) }
  }
}
