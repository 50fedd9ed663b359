// zoom-bench generate, verify and convert: benchmarks as files.
import ArgumentParser
import Foundation
import Lab
import Synchronization
import ZoomDistill

/// What a benchmark is made from.
enum BundleKind: String, CaseIterable, ExpressibleByArgument {
  /// Signs of the embedded world.
  case signs
  /// Pages whose words are known.
  case pages
  /// Photographic scenes.
  case photos
}

struct GenerateBundle: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Makes a benchmark with exact truth: signs, words of pages, or things in photographs.",
    discussion: """
      signs   the embedded benchmark, 845 items over six dimensions; its scenes are none that zoom-scenes or zoom-build use
      pages   from a list whose lines carry 'words' ('make data ARGS=pages'): for words that occur once on their page, \
      which word comes right after; the crop has a margin of a word's height
      photos  from a folder of 'zoom-scenes generate --kind photos': a question about each thing with a unique name

      The same seed gives the same bytes. Each item keeps the licence and the origin of its picture.

      EXAMPLES:
        zoom-bench generate --out Runs/zoom/bench
        zoom-bench generate --kind pages --from Data/cache/pages/pages.jsonl --out Runs/zoom/bench-pages
        zoom-bench generate --kind photos --from Runs/scenes --out Runs/zoom/bench-photos
      """)

  @Option(help: "What it is made from: signs, pages or photos.") var kind = BundleKind.signs
  @Option(help: "The list of pages, or the folder of scenes.", completion: .file()) var from: String?
  @Option(help: "The folder of the bundle.", completion: .directory) var out = "Runs/zoom/bench"
  @Option(help: "Items of signs; 845 by default.") var count: Int?
  @Option(help: "Items of a page at most; 2 by default.") var perPage: Int?
  @Option(help: "The seed.") var seed: UInt64 = 0

  func validate() throws {
    func require(_ condition: Bool, _ text: String) throws { if !condition { throw ValidationError(text) } }
    try require((1...100_000).contains(count ?? 845), "--count: expected 1 to 100000, got \(count ?? 845).")
    try require((1...1000).contains(perPage ?? 2), "--per-page: expected 1 to 1000, got \(perPage ?? 2).")
    try require(
      (kind == .signs) == (from == nil),
      kind == .signs
        ? "--from: expected with --kind pages or photos." : "--from: expected a list or a folder of scenes.")
    try require(count == nil || kind == .signs, "--count: expected with --kind signs.")
    try require(perPage == nil || kind == .pages, "--per-page: expected with --kind pages.")
  }

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) { console.show("stopping after this picture") }
    defer { interrupt.remove() }
    let bar = Mutex<SharedProgress?>(nil)
    let bundle = try write(shouldStop: { interrupt.isRequested }) { done, all in
      bar.withLock { bar in
        if bar == nil { bar = SharedProgress("draw", total: all, unit: "pictures", console: console) }
        bar?.update(done)
      }
    }
    bar.withLock { $0?.finish() }
    guard let bundle else { throw ExitCode(ExitStatus.interrupted.rawValue) }
    environment.standardOutput.write("\(bundle.items.count) items: \(out)\nbundle hash: \(try bundle.hash())\n")
  }

  private func write(shouldStop: () -> Bool, progress: (Int, Int) -> Void) throws -> BenchBundle? {
    let (folder, source) = (URL(fileURLWithPath: out), URL(fileURLWithPath: from ?? ""))
    switch kind {
    case .signs:
      return try BundleWriter.write(
        SignBenchmark(seed: seed, count: count ?? 845), to: folder, shouldStop: shouldStop, progress: progress)
    case .pages:
      return try BundleWriter.writePages(
        source, count: perPage ?? 2, seed: seed, to: folder, shouldStop: shouldStop, progress: progress)
    case .photos:
      return try BundleWriter.writePhotos(
        PhotoSceneFolder(source), seed: seed, to: folder, shouldStop: shouldStop, progress: progress)
    }
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
    let bar = SharedProgress("verify", total: bundle.items.count, unit: "items", console: console)
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
