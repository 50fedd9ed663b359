// moda-kernel shape: the cost of slots on a shape of one's own.
import ArgumentParser
import Benchmarks
import Lab
import Tensor

struct ShapeCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "shape", abstract: "Extra time of slots over plain attention on a shape of your own.",
    discussion: """
      EXAMPLE, one block of a small model:
        moda-kernel shape --batch 8 --tokens 512 --heads 2 --group 2 --width 32 --slots 17
      """)

  @Option(help: "Threads; 0 takes every processor.") var threads = 0
  @Option(help: "Sequences B.") var batch = 1
  @Option(help: "Tokens T.") var tokens = 4096
  @Option(help: "Query heads of each key head, G.") var group = 8
  @Option(help: "Key heads Hk.") var heads = 1
  @Option(help: "Width of a head, d.") var width = 64
  @Option(help: "Depth slots L.") var slots = 64
  @Option(help: "Seconds that the measurement may take beyond seven repeats.") var budget = 6.0
  @Flag(help: "Forward only.") var forward = false

  func validate() throws {
    for (name, value) in [
      ("batch", batch), ("tokens", tokens), ("group", group), ("heads", heads), ("width", width), ("slots", slots),
    ] where value < 1 {
      throw ValidationError("expected --\(name) of at least 1, got \(value)")
    }
    guard width <= 256, group <= 256 else { throw ValidationError("--width and --group reach to 256") }
  }

  func run(in environment: CommandEnvironment) throws {
    if threads > 0 { Runtime.configure(threads: threads) }
    let ceilings = Ceilings()
    let read = Timing.inTurns([{ ceilings.read() }], RepeatPlan())[0]
    let sweep = DepthSweep(plan: RepeatPlan(most: 101, budget: budget), bandwidth: ceilings.bytes / read.median)
    let problem = AttentionProblem(
      batch: batch, tokens: tokens, group: group, heads: heads, width: width, slots: slots, backward: !forward)
    environment.standardOutput.write(sweep.measure(problem).line)
  }
}
