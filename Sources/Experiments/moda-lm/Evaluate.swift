// moda-lm evaluate: held-out perplexity by domain, or downstream tasks.
// Not here: the scoring (MoDA/Tasks), tasks as files (Tasks.swift).
import ArgumentParser
import Foundation
import Lab
import MoDA
import Tensor

struct Evaluate: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures held-out perplexity by domain, or accuracy on downstream tasks.",
    discussion: """
      Without --tasks: the newest checkpoint of a run on the validation split of its corpus, or of another with --data. \
      Windows do not overlap; each token is predicted once.

      With --tasks: questions whose choices are ranked by likelihood, for a run or for a Hugging Face folder (Llama, \
      Qwen2, Qwen3, OLMo2) in safetensors. 'published' are the ten of the paper's Table 4 (Scripts/fetch-data tasks), \
      'generated' those that small models can do; 'all' is both; or names with commas between. With --items the \
      log-likelihoods of each document go to a file, and a call that was killed goes on from it.

      EXAMPLES:
        moda-lm evaluate Runs/moda
        moda-lm evaluate Runs/moda --data Data/cache/text --maximum-tokens 0 --json results.json
        moda-lm evaluate Runs/moda --tasks all --items items.jsonl --json tasks.json
        moda-lm evaluate path/to/OLMo-2 --tasks piqa,hellaswag --limit 500 --context 2048
      """)

  @Argument(help: "The run directory; with --tasks also a Hugging Face folder.", completion: .directory)
  var directory: String

  @Option(
    help:
      "A folder with <domain>/validation.jsonl; the run's own by default. With --tasks, where last words come from.",
    completion: .directory)
  var data: String?

  @Option(help: "The most tokens of one domain, 0 for all; the run's setting by default.") var maximumTokens: Int?

  @Option(help: "Also write the result to this file: losses of every window, or scores of tasks.", completion: .file())
  var json: String?

  @Option(help: "Threads to use; 0 leaves the choice to the program.") var threads = 0

  @Option(help: "Evaluates tasks: all, published, generated, or names with commas between.") var tasks: String?

  @Option(help: "The first documents of each task; 0 for all.") var limit = 0

  @Option(help: "Where log-likelihoods of each document go, and come from.", completion: .file()) var items: String?

  @Option(help: "The request files of the published tasks.", completion: .directory)
  var taskFolder = "Data/cache/tasks"

  @Option(help: "The seed of generated tasks.") var seed: UInt64 = 1

  @Option(help: "The most tokens that a Hugging Face model reads; the folder's by default.") var context: Int?

  @Flag(help: "With --tasks: scores once for each line on standard input and prints the seconds, for timing.")
  var paced = false

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit: expected 0 or more, got \(limit).") }
    if let context, context < 2 { throw ValidationError("--context: expected 2 or more, got \(context).") }
    guard tasks != nil || (items == nil && context == nil && limit == 0 && !paced) else {
      throw ValidationError("--items, --limit, --context and --paced go with --tasks.")
    }
    guard tasks == nil || maximumTokens == nil else { throw ValidationError("--maximum-tokens goes without --tasks.") }
    guard !paced || (items == nil && json == nil) else { throw ValidationError("--paced goes without files.") }
  }

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let place = URL(fileURLWithPath: directory)
    if let tasks { return try evaluate(tasks, at: place, console: console, in: environment) }
    let result = try ModelEvaluation.run(
      place, data: data, maximumTokens: maximumTokens, threads: threads, console: console)
    environment.standardOutput.write(result.table.plainText)
    if let json { try result.write(to: URL(fileURLWithPath: json)) }
  }

  private func evaluate(_ list: String, at place: URL, console: Console, in environment: CommandEnvironment) throws {
    let names = try TaskCatalogue.resolve(list)
    if threads > 0 { Runtime.configure(threads: threads) }
    let model = try EvaluatedModel(place, context: context)
    let catalogue = TaskCatalogue(
      folder: URL(fileURLWithPath: taskFolder), corpus: data ?? model.corpus, seed: seed, limit: limit)
    let tasks = try names.map { try catalogue.task($0) }
    if paced {
      environment.standardOutput.write(TaskBenchmark.header)
      while readLine() != nil {
        environment.standardOutput.write(try TaskBenchmark.run(model, tasks: tasks, time: environment.time))
      }
      return
    }
    let result = try TaskEvaluation.run(
      model, tasks: tasks, seed: seed, items: items.map { URL(fileURLWithPath: $0) }, console: console)
    environment.standardOutput.write(result.report.plainText)
    environment.standardOutput.write(
      String(
        format: "%d texts scored in %.2f s (%.0f a second, %d threads)\n", result.requests, result.seconds,
        result.requestsPerSecond, Runtime.threads))
    if let json { try result.write(to: URL(fileURLWithPath: json)) }
    if let run = model.run { try result.keep(in: run) }
  }
}
