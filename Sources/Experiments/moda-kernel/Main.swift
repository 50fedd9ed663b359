// moda-kernel: what mixture-of-depths attention costs over attention without depth slots.
import ArgumentParser
import Benchmarks
import Lab

@main struct ModaKernel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moda-kernel",
    abstract: "The cost of depth slots in attention: the paper's Tables 2 and 7 on this machine.",
    discussion: """
      EXAMPLES:
        moda-kernel table2 --limit 8192
        moda-kernel table2 --curves --json Docs/Results --plots Docs/Plots
        moda-kernel curves Docs/Results/bench-moda.json Docs/Results/bench-moda-long.json
        moda-kernel rungs
        moda-kernel shape --batch 8 --tokens 512 --heads 2 --group 2 --width 32 --slots 17
      """,
    subcommands: [Table2.self, Curves.self, Rungs.self, ShapeCommand.self])
}
