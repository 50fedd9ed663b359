// Running, resuming and grading a benchmark.

import Chat
import Foundation
import Lab
import Synchronization
import Testing
import ZoomDistill

@Suite("Benchmark runs")
struct BenchRunTests {
  private static func config(_ change: (inout BenchConfig) -> Void = { _ in }) -> BenchConfig {
    var config = BenchConfig.base
    config.views = [.global, .regional]
    change(&config)
    return config
  }

  private static func log(
    _ scratch: BenchScratch, _ bundle: BenchBundle, _ config: BenchConfig, model: String = "scripted"
  ) throws -> ResultLog {
    try ResultLog(
      scratch.url.appending(path: "run/results.jsonl"),
      header: try BenchHeader(bundle: try bundle.hash(), model: model, config: config))
  }

  @Test("a run asks each question once, a second session nothing, and failures again")
  func resume() async throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(6)
    let config = Self.config { $0.concurrency = 3 }
    let failing = ScriptedModel { request, number throws(ChatError) in
      if number % 4 == 3 { throw .timeout(server: "s", seconds: 1) }
      return request.purpose == "solve" ? "<answer>B</answer>" : "seven"
    }
    do {
      let session = try await BenchRun(
        bundle, config: config, model: failing, log: try Self.log(scratch, bundle, config)
      ).run()
      #expect(session.units == 12 && session.asked == 12 && session.failed == 3 && !session.wasStopped)
    }
    let healthy = ScriptedModel { request, _ in request.purpose == "solve" ? "<answer>B</answer>" : "seven" }
    do {
      let session = try await BenchRun(
        bundle, config: config, model: healthy, log: try Self.log(scratch, bundle, config)
      ).run()
      #expect(session.kept == 9 && session.asked == 3 && session.failed == 0)
    }
    let log = try Self.log(scratch, bundle, config)
    let last = try await BenchRun(bundle, config: config, model: healthy, log: log).run()
    #expect(last.asked == 0 && healthy.requests.count == 3)
    let scores = await BenchScorer(judge: nil).scores(log.records, items: bundle.items)
    #expect(scores.count == 12 && scores.allSatisfy { $0.verdict == .correct })
  }

  @Test("stopping leaves the rest for the next session; too many failures stop by themselves")
  func stopping() async throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(10)
    let config = Self.config { $0.mostFailures = 4 }
    let count = Mutex(0)
    do {
      let session = try await BenchRun(
        bundle, config: config, model: ScriptedModel { _, _ in "A" }, log: try Self.log(scratch, bundle, config)
      ).run(shouldStop: {
        count.withLock { value in
          value += 1
          return value > 5
        }
      })
      #expect(session.wasStopped && session.asked == 5 && session.reason.isEmpty)
    }
    let broken = ScriptedModel { _, _ throws(ChatError) in throw .status(server: "s", code: 401, body: "no") }
    let session = try await BenchRun(
      bundle, config: config, model: broken, log: try Self.log(scratch, bundle, config)
    ).run()
    #expect(session.kept == 5 && session.asked == 4 && session.failed == 4 && session.reason.contains("401"))
  }

  @Test("a file that was cut at any byte loses at most the line that was cut")
  func tornLines() async throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(2)
    let config = Self.config()
    do {
      _ = try await BenchRun(
        bundle, config: config, model: ScriptedModel { _, _ in "B é\n\u{2028}" },
        log: try Self.log(scratch, bundle, config)
      ).run()
    }
    let file = scratch.url.appending(path: "run/results.jsonl")
    let whole = try Data(contentsOf: file)
    let breaks = whole.indices.filter { whole[$0] == 0x0A }
    #expect(breaks.count == 5)
    for length in stride(from: 0, through: whole.count, by: 37) + [breaks[1], breaks[1] + 1, whole.count - 1] {
      try whole.prefix(length).write(to: file)
      let log = try Self.log(scratch, bundle, config)
      let lines = breaks.count { $0 < length }
      #expect(log.records.count == max(0, lines - 1), "\(length)")
      let kept = lines == 0 ? breaks[0] + 1 : breaks[lines - 1] + 1
      #expect(try Data(contentsOf: file) == whole.prefix(kept), "\(length)")
    }
    try (whole + Data(repeating: 0, count: 100)).write(to: file)
    #expect(try Self.log(scratch, bundle, config).records.count == 4)
    var damaged = whole
    damaged[breaks[1] + 3] = 0x7B
    try damaged.write(to: file)
    #expect(throws: BenchError.self) { try Self.log(scratch, bundle, config) }
  }

  @Test("results of another bundle, model or setting are refused, and so is a second writer")
  func foreign() throws {
    let scratch = try BenchScratch()
    var bundle = try scratch.bundle(2)
    let config = Self.config()
    let log = try Self.log(scratch, bundle, config)
    #expect(throws: BenchError.self) { try Self.log(scratch, bundle, config) }
    withExtendedLifetime(log) {}
    let other = try BenchScratch()
    do { _ = try Self.log(other, bundle, config) }
    #expect(throws: BenchError.self) { try Self.log(other, bundle, config, model: "another") }
    #expect(throws: BenchError.self) { try Self.log(other, bundle, Self.config { $0.sampling.temperature = 1 }) }
    #expect(throws: BenchError.self) { try Self.log(other, bundle, Self.config { $0.view.encoder.maxPixels = 99 }) }
    _ = try Self.log(other, bundle, Self.config { $0.limit = 1 })
    bundle.items[0].question = "another?"
    #expect(throws: BenchError.self) { try Self.log(other, bundle, config) }
  }

  @Test("circular options: right only if right in every order")
  func circular() async throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(4)
    let config = Self.config {
      $0.views = [.global]
      $0.circular = true
    }
    let log = try Self.log(scratch, bundle, config)
    // Item 0 is read, item 2 always gets the letter B.
    let model = ScriptedModel { request, _ in
      guard request.purpose == "solve" else { return "seven" }
      return request.messages[0].text.contains("number 0") ? letter(of: "blue", in: request) : "B"
    }
    let session = try await BenchRun(bundle, config: config, model: model, log: log).run()
    #expect(session.units == 8)
    let scores = await BenchScorer(judge: nil).scores(log.records, items: bundle.items)
    let results = ItemResult.results(bundle.items, records: log.records, scores: scores)
    #expect(results.map { $0.outcomes["global"]?.isRight } == [true, true, false, true])
    #expect(abs((results[2].outcomes["global"]?.mean ?? 0) - 1.0 / 3) < 1e-12)
  }

  @Test("the limit draws items by the seed, whatever their order")
  func limit() throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(40)
    let ids = { (seed: UInt64) in
      BenchRun.items(
        bundle,
        config: Self.config {
          $0.limit = 7
          $0.seed = seed
        }
      ).map(\.id)
    }
    #expect(ids(1).count == 7 && ids(1) == ids(1) && ids(1) != ids(2) && Set(ids(1)).count == 7)
    #expect(BenchRun.items(bundle, config: Self.config()).count == 40)
  }

  @Test("a judge sees open answers that rules leave open, and nothing else")
  func judge() async throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(2)
    let judge = ScriptedModel("judge") { request, _ in
      request.messages[0].text.contains("heptad") ? "<answer>Yes</answer>" : "well, perhaps"
    }
    let scorer = BenchScorer(judge: judge)
    func score(_ index: Int, _ reply: String, error: String = "") async -> BenchScore {
      let unit = BenchUnit(item: bundle.items[index].id, view: .global)
      return await scorer.score(record(unit, reply, error: error), of: bundle.items[index])
    }
    #expect(await score(0, "<answer>A</answer>").verdict == .wrong)
    #expect(await score(0, "no idea").verdict == .unparsed)
    #expect(await score(1, "seven").verdict == .correct)
    #expect(await score(1, "eight").verdict == .wrong)
    #expect(await score(1, "", error: "timeout").verdict == .error)
    #expect(judge.requests.isEmpty)
    let judged = await score(1, "<answer>a heptad\nAnswer: heptad</answer>")
    #expect(judged.verdict == .correct && judged.judgeSource == "judge" && judge.requests.count == 1)
    #expect(judge.requests[0].messages[0].text.contains("\nReply: heptad\n"))
    #expect(await score(1, "several").verdict == .undecided)
    let alone = await BenchScorer(judge: nil).score(
      record(BenchUnit(item: "item-1", view: .global), "several"), of: bundle.items[1])
    #expect(alone.verdict == .undecided && alone.judgeSource == "rules")
  }

  @Test("the configuration of the repository loads, and nonsense is named")
  func configuration() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let config = try ConfigLoader<BenchConfig>().load(file: root.appending(path: "Configs/zoom/bench.yaml")).value
    #expect(config.views == [.global, .regional, .overlay])
    let text =
      "views: []\nconcurrency: 0\nmodel: {endpoint: {server: {model: \"\"}}}\nview: {tool: {crop: {minArea: 0}}}"
    let error = #expect(throws: ConfigError.self) { try ConfigLoader<BenchConfig>().load(yaml: text, name: "x.yaml") }
    #expect(error?.problems.count == 4, "\(String(describing: error))")
  }
}

/// A record with a reply.
func record(_ unit: BenchUnit, _ reply: String, error: String = "", seconds: Double = 0.1) -> BenchRecord {
  BenchRecord(
    unit: unit, reply: reply, finishReason: "stop", source: "embedded",
    usage: ChatUsage(promptTokens: 5, completionTokens: 1), seconds: seconds, passes: 1, sentWidth: 8, sentHeight: 8,
    evidenceTokens: 2, hops: [], request: "", error: error, errorKind: error)
}
