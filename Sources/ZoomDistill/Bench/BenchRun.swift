// Asking a model all questions of a benchmark: bounded, resumable, stoppable.
// Not here: grading (BenchScore.swift), the command line (zoom-bench).

public import Chat
public import Lab
import Media
import Synchronization
import Tensor

/// What a session of a run did.
public struct BenchProgress: Codable, Hashable, Sendable {
  /// Questions of the run.
  public var units = 0
  /// Questions that earlier sessions had answered.
  public var kept = 0
  /// Questions that this session asked.
  public var asked = 0
  /// Questions of this session that ended in an error.
  public var failed = 0
  /// Items that a view cannot show, by the view's name.
  public var skipped: [String: Int] = [:]
  /// Whether the session was asked to stop, or stopped after too many failures.
  public var wasStopped = false
  /// Why it stopped by itself; empty otherwise.
  public var reason = ""
}

/// A run of a benchmark.
public struct BenchRun: Sendable {
  private let bundle: BenchBundle
  private let config: BenchConfig
  private let model: any ChatModel
  private let log: ResultLog
  private let maker: ViewMaker
  private let time: TimeSource

  /// A run of a model over a bundle.
  public init(
    _ bundle: BenchBundle, config: BenchConfig, model: any ChatModel, log: ResultLog, time: TimeSource = .system
  ) {
    self.bundle = bundle
    self.config = config
    self.model = model
    self.log = log
    self.time = time
    maker = ViewMaker(folder: bundle.folder, config: config.view, sampling: config.sampling)
  }

  /// The items of a run: all, or as many as the limit says, drawn by the seed, in their own order.
  public static func items(_ bundle: BenchBundle, config: BenchConfig) -> [BenchItem] {
    guard config.limit > 0, config.limit < bundle.items.count else { return bundle.items }
    var random = RandomSource(seed: config.seed).split("bench items")
    let chosen = random.permutation(bundle.items.count).prefix(config.limit).sorted()
    return chosen.map { bundle.items[$0] }
  }

  /// The questions of a run in their order, and how many items each view cannot show.
  public static func units(
    _ items: [BenchItem], config: BenchConfig
  ) -> (units: [(item: BenchItem, unit: BenchUnit)], skipped: [String: Int]) {
    var units: [(item: BenchItem, unit: BenchUnit)] = []
    var skipped: [String: Int] = [:]
    for item in items {
      let rotations = config.circular && item.format == .choice ? max(1, item.options.count) : 1
      for view in config.views {
        guard ViewMaker.canShow(item, in: view) else {
          skipped[view.rawValue, default: 0] += 1
          continue
        }
        for rotation in 0..<rotations {
          for sample in 0..<config.samples {
            units.append((item, BenchUnit(item: item.id, view: view, rotation: rotation, sample: sample)))
          }
        }
      }
    }
    return (units, skipped)
  }

  /// Asks what is not answered yet. Questions that failed before are asked again.
  ///
  /// - Parameters:
  ///   - shouldStop: looked at before each question; those on their way are waited for.
  ///   - progress: told of the questions done so far, and of all.
  /// - Throws: ``BenchError`` if results cannot be written.
  public func run(
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) async throws -> BenchProgress {
    let (units, skipped) = Self.units(Self.items(bundle, config: config), config: config)
    let known = log.records
    let open = units.filter { known[$0.unit]?.error.isEmpty != true }
    var session = BenchProgress(units: units.count, kept: units.count - open.count, skipped: skipped)
    var next = 0
    var failuresInARow = 0
    progress(session.kept, units.count)
    try await withThrowingTaskGroup(of: BenchRecord.self) { group in
      func start() {
        guard next < open.count, session.reason.isEmpty else { return }
        guard !shouldStop() else {
          session.wasStopped = true
          return
        }
        let (item, unit) = open[next]
        next += 1
        group.addTask { await ask(item, unit) }
      }
      for _ in 0..<config.concurrency { start() }
      while let record = try await group.next() {
        try log.append(record)
        session.asked += 1
        failuresInARow = record.error.isEmpty ? 0 : failuresInARow + 1
        if !record.error.isEmpty { session.failed += 1 }
        if failuresInARow >= config.mostFailures, session.reason.isEmpty {
          session.wasStopped = true
          session.reason = "\(failuresInARow) questions in a row failed; the last: \(record.error)"
        }
        progress(session.kept + session.asked, units.count)
        start()
      }
    }
    return session
  }

  /// Asks one question; whatever fails becomes a record with an error.
  private func ask(_ item: BenchItem, _ unit: BenchUnit) async -> BenchRecord {
    let made: ViewMaker.Made
    do {
      let sample = Int(config.seed % 1_000_000) * 1000 + unit.sample
      made = try maker.make(item, unit.view, rotation: unit.rotation, sample: sample)
    } catch {
      return .failure(unit, "\(error)", kind: "item")
    }
    let start = time.seconds()
    do {
      let outcome: ToolOutcome
      if unit.view == .tool {
        outcome = try await ToolLoop(config.view.tool).run(
          made.request, picture: made.picture, shown: made.sentSize, model: model)
      } else {
        let reply = try await model.reply(to: made.request)
        outcome = ToolOutcome(reply: reply, passes: 1, hops: [], usage: reply.usage, seconds: reply.seconds)
      }
      // Code in this process does not time itself.
      let seconds = outcome.seconds > 0 ? outcome.seconds : time.seconds() - start
      return BenchRecord(
        unit: unit, reply: outcome.reply.text, finishReason: outcome.reply.finishReason,
        source: outcome.reply.source.rawValue, usage: outcome.usage, seconds: seconds, passes: outcome.passes,
        sentWidth: made.sentSize.width, sentHeight: made.sentSize.height,
        evidenceTokens: item.box.map { config.view.encoder.tokens($0, in: made.originalSize) } ?? -1,
        hops: outcome.hops, request: RequestKey(made.request, model: model.name).description, error: "", errorKind: "")
    } catch {
      return .failure(unit, "\(error)", kind: error.kind)
    }
  }
}
