// zoom-bench generate, verify and convert: benchmarks as files.
import ArgumentParser
import Foundation
import Lab
import ZoomDistill

struct GenerateBundle: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Draws the embedded benchmark of signs: 845 items over six dimensions, exact truth.",
    discussion: """
      The same seed gives the same bytes. The scenes are none that zoom-scenes or zoom-build use.

      EXAMPLE:
        zoom-bench generate --out Runs/zoom/bench
      """)

  @Option(help: "The folder of the bundle.", completion: .directory) var out = "Runs/zoom/bench"
  @Option(help: "Items.") var count = 845
  @Option(help: "The seed.") var seed: UInt64 = 0

  func validate() throws {
    guard (1...100_000).contains(count) else { throw ValidationError("--count: expected 1 to 100000, got \(count).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("stopping after this picture") }
    defer { interrupt.remove() }
    let benchmark = SignBenchmark(seed: seed, count: count)
    let bar = SharedBar("draw", total: benchmark.sceneIndices.count, unit: "pictures", console: console)
    let bundle = try BundleWriter.write(
      benchmark, to: URL(fileURLWithPath: out), shouldStop: { interrupt.isRequested }
    ) { done, _ in bar.update(done) }
    bar.finish()
    guard let bundle else { throw ExitCode(ExitStatus.interrupted.rawValue) }
    environment.standardOutput.write("\(bundle.items.count) items: \(out)\nbundle hash: \(try bundle.hash())\n")
  }
}

struct VerifyBundle: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks a benchmark: pictures, boxes, letters, options, placeholders.",
    discussion: """
      Names each item and what is wrong with it: a picture that is missing, damaged or outside of the folder, a box that \
      leaves its picture, a letter without an option, two options that say the same, a wrong number of <image>.

      EXAMPLES:
        zoom-bench verify Runs/zoom/bench
        zoom-bench verify Downloads/zoombench/test.jsonl
      """)

  @Argument(help: "A folder with items.jsonl, a .jsonl or a .tsv file.", completion: .file()) var bundle: String

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let bundle = try BundleReader().read(URL(fileURLWithPath: bundle))
    let bar = SharedBar("verify", total: bundle.items.count, unit: "items", console: console)
    let problems = bundle.problems { bar.update($0) }
    bar.finish()
    for problem in problems { environment.standardOutput.write("\(problem)\n") }
    environment.standardOutput.write("\(bundle.items.count) items, \(problems.count) problems\n")
    guard problems.isEmpty else { throw ExitCode(ExitStatus.failure.rawValue) }
    environment.standardOutput.write("bundle hash: \(try bundle.hash())\n")
  }
}

struct ConvertBundle: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Turns a benchmark into a folder with items.jsonl, or into a VLMEvalKit table.",
    discussion: """
      Reads JSONL with the columns id, query, response, image, crop_image, bbox, question_type, format, or image, \
      crop_image, prompt, answer, and VLMEvalKit's TSV (index, image or image_path, question, A…, answer, category). \
      Where --out ends in .tsv a table is written, with the pictures as base64; --crops takes the crops, for the \
      regional view.

      EXAMPLES:
        zoom-bench convert Downloads/test.jsonl --out Runs/zoombench
        zoom-bench convert Downloads/table.tsv --out Runs/table
        zoom-bench convert Runs/zoom/bench --out Runs/zoom/SignBench.tsv
        zoom-bench convert Runs/zoom/bench --crops --out Runs/zoom/SignBenchCrop.tsv
      """)

  @Argument(help: "A folder with items.jsonl, a .jsonl or a .tsv file.", completion: .file()) var bundle: String
  @Option(help: "The folder or the .tsv file to write.", completion: .file()) var out: String
  @Flag(help: "Writes the crops into the table.") var crops = false

  func validate() throws {
    guard !crops || out.hasSuffix(".tsv") else {
      throw ValidationError("--crops: expected --out with a .tsv file, got '\(out)'.")
    }
  }

  func run(in environment: CommandEnvironment) throws {
    let target = URL(fileURLWithPath: out)
    if target.pathExtension == "tsv" {
      let bundle = try BundleReader().read(URL(fileURLWithPath: bundle))
      try BundleWriter.writeTSV(bundle, crops: crops, to: target)
      environment.standardOutput.write("\(bundle.items.count) items: \(out)\n")
    } else {
      let bundle = try BundleReader(unpacking: target).read(URL(fileURLWithPath: bundle))
      let written = try BundleWriter.write(bundle, to: target)
      environment.standardOutput.write("\(written.items.count) items: \(out)\nbundle hash: \(try written.hash())\n")
    }
  }
}
