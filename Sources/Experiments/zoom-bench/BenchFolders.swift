// What the commands of zoom-bench have in common: the folder of a run, its scores and its report, bars.
import ArgumentParser
import Chat
import Foundation
import Lab
import ZoomDistill

/// A run's folder with its configuration.
struct RunFolder {
  let url: URL
  let config: BenchConfig

  /// The folder of an earlier run.
  init(existing path: String) throws {
    url = URL(fileURLWithPath: path)
    config = try ConfigLoader<BenchConfig>().load(file: ScoredRun.configFile(url)).value
  }

  init(_ url: URL, config: BenchConfig) {
    self.url = url
    self.config = config
  }

  /// The reader's own resolution; nil for servers, and where pictures are shrunk before the reader sees them.
  var curve: ReaderCurve? {
    guard case .embedded(let reader) = config.model, config.view.encoder.maxPixels == 0 else { return nil }
    return ReaderCurve(reader, unit: Double(config.view.encoder.patch * config.view.encoder.patch))
  }

  func bundle() throws -> BenchBundle { try BundleReader().read(URL(fileURLWithPath: config.bundle)) }

  /// A cache beside the results, where servers are asked.
  func cache(_ name: String, isServer: Bool) throws -> ChatCache? {
    guard config.cache, isServer else { return nil }
    let folder = url.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try ChatCache(folder)
  }

  /// Grades all records, writes scores and figures, and returns both.
  func score(judge choice: BenchJudge, environment: CommandEnvironment, console: Console) throws -> (
    ScoredRun, BenchSummary
  ) {
    let bundle = try bundle()
    let (header, records) = try ResultLog.load(ScoredRun.recordsFile(url))
    let hash = try bundle.hash()
    guard hash == header.bundle else {
      throw BenchError.foreignResults(
        path: url.relativePath, what: "bundle", expected: header.bundle, got: hash)
    }
    let models = BenchModels(environment: ProcessInfo.processInfo.environment)
    let judge = try models.judge(choice, cache: try cache("judge", isServer: choice != .nobody))
    let bar = SharedProgress("score", total: records.count, unit: "replies", console: console)
    let concurrency = config.concurrency
    let scores = try waiting {
      await BenchScorer(judge: judge).scores(records, items: bundle.items, concurrency: concurrency) {
        bar.update($0)
      }
    }
    bar.finish()
    let run = ScoredRun(folder: url, header: header, bundle: bundle, records: records, scores: scores)
    try run.writeScores()
    let summary = run.summary
    try run.write(summary)
    return (run, summary)
  }

  /// Prints the tables and writes the page.
  func report(_ run: ScoredRun, _ summary: BenchSummary, pictures: Int, to out: URL, environment: CommandEnvironment)
    throws
  {
    let tables = BenchReport(run, summary: summary, config: config, pictures: 0).report
    environment.standardOutput.write(tables.plainText)
    try BenchReport(run, summary: summary, config: config, curve: curve, pictures: pictures).report.write(to: out)
    environment.standardOutput.write("report: \(out.appending(path: "index.html").relativePath)\n")
  }
}
