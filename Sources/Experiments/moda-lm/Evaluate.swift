// moda-lm evaluate: held-out perplexity by domain.
import ArgumentParser
import Foundation
import Lab
import MoDA

struct Evaluate: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures held-out perplexity by domain.",
    discussion: """
      Uses the newest checkpoint of a run and the validation split of its corpus, or of another with --data. Windows do \
      not overlap; each token is predicted once.

      EXAMPLES:
        moda-lm evaluate Runs/moda
        moda-lm evaluate Runs/moda --data Data/cache/text --maximum-tokens 0 --json results.json
      """)

  @Argument(help: "The run directory.", completion: .directory) var directory: String

  @Option(help: "A folder with <domain>/validation.jsonl; the run's own by default.", completion: .directory)
  var data: String?

  @Option(help: "The most tokens of one domain, 0 for all; the run's setting by default.") var maximumTokens: Int?

  @Option(help: "Also write the losses of every window to this file.", completion: .file()) var json: String?

  @Option(help: "Threads to use; 0 leaves the choice to the program.") var threads = 0

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let result = try ModelEvaluation.run(
      URL(fileURLWithPath: directory), data: data, maximumTokens: maximumTokens, threads: threads, console: console)
    environment.standardOutput.write(result.table.plainText)
    if let json { try result.write(to: URL(fileURLWithPath: json)) }
  }
}
