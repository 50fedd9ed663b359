// What the engine is asked to do, what it reports, and how the two sides of its thread meet.
// Not here: doing it (CompletionLoop.swift), requests and replies as JSON (CompletionRequest.swift, CompletionReply.swift).
import Dispatch
import Synchronization

/// Prompts to continue or to score.
public struct CompletionWork: Sendable, Equatable {
  /// The prompts as tokens, each at least one and at most the model's context.
  public var prompts: [[Int32]]
  /// Continuations of each prompt.
  public var count: Int
  /// How they are continued.
  public var settings: ContinuationSettings
  /// The seed of their draws. The first continuation of the first prompt draws what `moda-lm generate` draws.
  public var seed: UInt64
  /// Whether the prompts' own tokens are scored, if log-probabilities are asked for.
  public var scoresPrompts: Bool

  /// Work.
  public init(
    prompts: [[Int32]], count: Int = 1, settings: ContinuationSettings, seed: UInt64 = 0, scoresPrompts: Bool = false
  ) {
    self.prompts = prompts
    self.count = count
    self.settings = settings
    self.seed = seed
    self.scoresPrompts = scoresPrompts
  }
}

/// What the engine reports of one piece of work. The stream ends with the work.
public enum CompletionEvent: Sendable, Equatable {
  /// The scores of a prompt's tokens from the second on.
  case prompt(index: Int, scores: [TokenScore])
  /// A token of continuation `choice`, which counts from prompt to prompt.
  case token(choice: Int, ContinuationStep)
  /// The work cannot go on.
  case failed(String)
}

/// One piece of work on its way through the engine.
final class CompletionJob: Sendable {
  let work: CompletionWork
  let events: AsyncStream<CompletionEvent>.Continuation
  private let cancelled = Atomic(false)

  init(_ work: CompletionWork, events: AsyncStream<CompletionEvent>.Continuation) {
    self.work = work
    self.events = events
  }

  /// Whether nobody waits for it any more.
  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Tells the engine that nobody waits for it.
  func cancel() { cancelled.store(true, ordering: .relaxed) }
}

/// How the engine stands; counts begin with its start.
public struct CompletionCounters: Sendable, Equatable, Codable {
  /// Jobs that were taken in.
  public var jobs = 0
  /// Jobs that ended with all that was asked for.
  public var finished = 0
  /// Jobs whose client went away.
  public var cancelled = 0
  /// Jobs that failed.
  public var failed = 0
  /// Prompts that wait.
  public var waiting = 0
  /// Continuations that grow now; each holds a cache.
  public var live = 0
  /// Bytes of those caches.
  public var cacheBytes = 0
  /// Steps of decoding: each gives every live continuation a token.
  public var steps = 0
  /// Tokens that those steps gave.
  public var tokens = 0
  /// The most continuations of one step.
  public var largestBatch = 0
  /// Packed rows of prompts that were scored.
  public var scoredRows = 0
  /// Prompts in those rows.
  public var scoredPrompts = 0
}

/// Where jobs wait for the engine's thread.
final class CompletionQueue: Sendable {
  private struct State {
    var jobs: [CompletionJob] = []
    var isStopping = false
    var counters = CompletionCounters()
  }

  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  /// Adds a job, unless the engine stops.
  func add(_ job: CompletionJob) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isStopping else { return false }
      state.jobs.append(job)
      state.counters.jobs += 1
      state.counters.waiting += job.work.prompts.count
      return true
    }
    if isTaken { news.signal() }
    return isTaken
  }

  /// Wakes the thread up, so that it looks at what was cancelled.
  func wake() { news.signal() }

  /// Asks the thread to end.
  func stop() {
    state.withLock { $0.isStopping = true }
    news.signal()
  }

  /// The new jobs; nil when the engine is to stop. Waits for one if told so.
  func take(waits: Bool) -> [CompletionJob]? {
    if waits { news.wait() }
    return state.withLock { state in
      guard !state.isStopping else { return nil }
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  /// Jobs that are left when the engine stops.
  func takeRest() -> [CompletionJob] {
    state.withLock { state in
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  /// The counters, changed by `body`.
  func count(_ body: (inout CompletionCounters) -> Void) { state.withLock { body(&$0.counters) } }

  /// The counters.
  var counters: CompletionCounters { state.withLock { $0.counters } }
}
