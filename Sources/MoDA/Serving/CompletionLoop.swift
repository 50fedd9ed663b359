// The work of the engine's thread: admit prompts, score packed rows, give every live continuation its next token.
// Not here: the thread and its queue (CompletionEngine.swift, CompletionJob.swift), one continuation (Continuation.swift).
import NN
import Tensor
import Text

/// Continuous batching: continuations join and leave between two steps, and each step runs all of them at once.
///
/// A prompt runs alone, as `moda-lm generate` runs it, and a step gives each text the bits that it gets alone, so that
/// no answer depends on what else is asked for. Prompts that are only scored go through the model together, in packed
/// rows; there the other prompts matter by rounding.
final class CompletionLoop {
  /// A prompt that waits.
  private struct Waiting {
    let job: CompletionJob
    let prompt: Int
    var tokens: [Int32] { job.work.prompts[prompt] }
  }

  /// A continuation that grows.
  private struct Live {
    let job: CompletionJob
    let choice: Int
    let cache: GenerationCache
    var continuation: Continuation
    /// The token that the cache does not hold yet.
    var token: Int32
  }

  private let evaluated: EvaluatedModel
  private let settings: CompletionEngineSettings
  private let queue: CompletionQueue
  private let scorer: PromptScorer
  private var waiting: [Waiting] = []
  private var scoring: [Waiting] = []
  private var live: [Live] = []
  /// Choices that each job still has to end.
  private var remaining: [ObjectIdentifier: Int] = [:]

  init(_ evaluated: EvaluatedModel, settings: CompletionEngineSettings, queue: CompletionQueue) {
    self.evaluated = evaluated
    self.settings = settings
    self.queue = queue
    scorer = PromptScorer(evaluated.model)
  }

  private var config: ModelConfig { evaluated.model.config }

  /// Works until the queue is stopped.
  func run() {
    while let jobs = queue.take(waits: waiting.isEmpty && scoring.isEmpty && live.isEmpty) {
      for job in jobs { takeIn(job) }
      dropCancelled()
      if !scoring.isEmpty { scoreRow() }
      admit()
      step()
      report()
    }
    for job in queue.takeRest() { takeIn(job) }
    for job in (waiting + scoring).map(\.job) + live.map(\.job) { fail(job, "the server stops") }
    (waiting, scoring, live) = ([], [], [])
    report()
  }

  /// Sorts a new job's prompts into those that are only scored and those that are continued.
  private func takeIn(_ job: CompletionJob) {
    let work = job.work
    let prompts = work.prompts.indices.map { Waiting(job: job, prompt: $0) }
    remaining[ObjectIdentifier(job)] = prompts.count * work.count
    let isScored = work.scoresPrompts && work.settings.top != nil
    if work.settings.maximumTokens == 0 && !isScored {
      for _ in 0..<prompts.count * work.count { close(job) }
      return
    }
    let isScoring = isScored && work.settings.maximumTokens <= 1 && work.count == 1
    if isScoring { scoring += prompts } else { waiting += prompts }
  }

  // MARK: Scoring

  /// Scores the prompts that fit one row.
  private func scoreRow() {
    var row: [Waiting] = [], tokens = 0
    while let next = scoring.first, row.isEmpty || tokens + next.tokens.count <= settings.rowTokens {
      tokens += next.tokens.count
      row.append(next)
      scoring.removeFirst()
    }
    let scored = scorer.score(row.map(\.tokens), top: row.map { $0.job.work.settings.top ?? 0 })
    queue.count { counters in
      counters.scoredRows += 1
      counters.scoredPrompts += row.count
    }
    for (entry, result) in zip(row, scored) {
      let job = entry.job
      guard report(result.scores, of: entry) else { continue }
      guard job.work.settings.maximumTokens > 0 else {
        close(job)
        continue
      }
      var continuation = continuation(entry, choice: entry.prompt)
      _ = advance(&continuation, result.nextLogits, job: job, choice: entry.prompt)
    }
  }

  /// Reports a prompt's scores.
  ///
  /// - Returns: false if they are no numbers, which ends the job.
  private func report(_ scores: [TokenScore], of entry: Waiting) -> Bool {
    guard scores.allSatisfy(\.isNumber) else {
      fail(
        entry.job,
        "scoring: expected logits that are numbers, got others. Hint: the model has diverged or its weights are damaged."
      )
      return false
    }
    entry.job.events.yield(.prompt(index: entry.prompt, scores: scores))
    return true
  }

  // MARK: Continuing

  private func continuation(_ entry: Waiting, choice: Int) -> Continuation {
    let work = entry.job.work
    var random = Generator.random(seed: work.seed)
    if choice > 0 { random = random.split(choice) }
    return Continuation(
      entry.tokens, settings: work.settings, context: config.context, tokenizer: evaluated.tokenizer, random: random)
  }

  /// Runs waiting prompts while there is room for their continuations.
  private func admit() {
    var admitted = 0
    while let next = waiting.first, live.isEmpty || live.count + next.job.work.count <= settings.batch {
      waiting.removeFirst()
      prefill(next)
      admitted += 1
      // Those that grow wait meanwhile.
      if admitted >= settings.promptsPerStep { return }
    }
  }

  private func prefill(_ entry: Waiting) {
    let job = entry.job, work = job.work, prompt = entry.tokens
    let capacity = Continuation.capacity(prompt.count, settings: work.settings, context: config.context)
    let cache = GenerationCache(config, capacity: capacity)
    let ids = IndexTensor(prompt, shape: [1, prompt.count])
    let hidden = evaluated.model.hidden(ids, cache: cache).value
    if work.scoresPrompts, let top = work.settings.top {
      guard report(scorer.score(hidden, prompt, top: top).scores, of: entry) else { return }
    }
    let logits = evaluated.model.logits(ofLast: hidden)
    for number in 0..<work.count {
      let choice = entry.prompt * work.count + number
      var continuation = continuation(entry, choice: choice)
      guard continuation.hasRoom else {
        close(job)
        continue
      }
      guard let token = advance(&continuation, logits, job: job, choice: choice) else { continue }
      live.append(
        Live(
          job: job, choice: choice, cache: number == work.count - 1 ? cache : cache.copy(capacity: capacity),
          continuation: continuation, token: token))
    }
  }

  /// Gives every live continuation its next token.
  private func step() {
    guard !live.isEmpty else { return }
    let logits = evaluated.model.nextLogits(live.map(\.token), caches: live.map(\.cache))
    let count = live.count
    queue.count { counters in
      counters.steps += 1
      counters.tokens += count
      counters.largestBatch = max(counters.largestBatch, count)
    }
    var next: [Live] = []
    for (entry, logits) in zip(live, logits) {
      var entry = entry
      guard let token = advance(&entry.continuation, logits, job: entry.job, choice: entry.choice) else { continue }
      entry.token = token
      next.append(entry)
    }
    live = next
  }

  /// Takes a step of one continuation and reports it.
  ///
  /// - Returns: its token, or nil if it was the last.
  private func advance(
    _ continuation: inout Continuation, _ logits: Tensor, job: CompletionJob, choice: Int
  ) -> Int32? {
    guard remaining[ObjectIdentifier(job)] != nil else { return nil }
    do throws(SamplerError) {
      let step = try continuation.step(logits)
      job.events.yield(.token(choice: choice, step))
      guard step.finish != nil else { return step.token }
      close(job)
    } catch {
      fail(job, error.description)
    }
    return nil
  }

  // MARK: Ends

  /// One of the job's choices is over.
  private func close(_ job: CompletionJob) {
    let key = ObjectIdentifier(job)
    guard let left = remaining[key] else { return }
    remaining[key] = left > 1 ? left - 1 : nil
    guard left == 1 else { return }
    queue.count { $0.finished += 1 }
    job.events.finish()
  }

  private func fail(_ job: CompletionJob, _ message: String) {
    guard remaining.removeValue(forKey: ObjectIdentifier(job)) != nil else { return }
    queue.count { $0.failed += 1 }
    job.events.yield(.failed(message))
    job.events.finish()
    job.cancel()
  }

  private func dropCancelled() {
    func isWanted(_ job: CompletionJob) -> Bool {
      guard job.isCancelled else { return true }
      if remaining.removeValue(forKey: ObjectIdentifier(job)) != nil {
        queue.count { $0.cancelled += 1 }
        job.events.finish()
      }
      return false
    }
    waiting.removeAll { !isWanted($0.job) }
    scoring.removeAll { !isWanted($0.job) }
    live.removeAll { !isWanted($0.job) }
  }

  private func report() {
    let (waits, lives) = (waiting.count + scoring.count, live.count)
    let bytes = live.reduce(0) { $0 + $1.cache.byteCount }
    queue.count { counters in
      counters.waiting = waits
      counters.live = lives
      counters.cacheBytes = bytes
    }
  }
}
