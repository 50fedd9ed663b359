// A model on a thread of its own, which answers any number of requests at once.
// Not here: what the thread does (CompletionLoop.swift), and HTTP (CompletionService.swift).
import Foundation
import Synchronization
public import Text

/// How much an engine does at once.
public struct CompletionEngineSettings: Sendable, Equatable {
  /// The most continuations that grow at once; more wait.
  public var batch: Int
  /// Tokens of prompts that are scored together.
  public var rowTokens: Int
  /// Prompts that may begin between two steps of those that grow.
  public var promptsPerStep: Int

  /// Settings.
  ///
  /// - Precondition: all are at least 1.
  public init(batch: Int = 16, rowTokens: Int = 1024, promptsPerStep: Int = 4) {
    precondition(batch >= 1 && rowTokens >= 1 && promptsPerStep >= 1, "CompletionEngineSettings: less than 1")
    self.batch = batch
    self.rowTokens = rowTokens
    self.promptsPerStep = promptsPerStep
  }
}

/// A model that continues and scores prompts for many clients.
public final class CompletionEngine: Sendable {
  /// What clients may know of the model.
  public struct Model: Sendable {
    /// The folder's name.
    public let name: String
    /// The most tokens that it reads.
    public let context: Int
    /// Identifiers are below this.
    public let vocabulary: Int
    /// Its tokenizer.
    public let tokenizer: any Tokenizer
    /// The token that stands for an empty context.
    public let prefix: Int32?
  }

  /// The model.
  public let model: Model
  private let queue: CompletionQueue

  /// Starts the thread, which loads the model, and waits until it has.
  ///
  /// - Parameters:
  ///   - settings: how much it does at once.
  ///   - load: loads the model, on the engine's thread, which keeps it.
  /// - Throws: what `load` throws.
  public init(_ settings: CompletionEngineSettings = .init(), load: @escaping @Sendable () throws -> EvaluatedModel)
    throws
  {
    let queue = CompletionQueue()
    let box = LoadedModel()
    let thread = Thread {
      do {
        let evaluated = try load()
        box.finish(.success(Model(evaluated)))
        CompletionLoop(evaluated, settings: settings, queue: queue).run()
      } catch {
        box.finish(.failure(error))
      }
    }
    thread.name = "completions"
    thread.stackSize = 8 << 20
    thread.start()
    model = try box.wait()
    self.queue = queue
  }

  deinit { stop() }

  /// Begins some work.
  ///
  /// Whoever stops reading the stream, by cancellation or by dropping it, ends the work.
  ///
  /// - Precondition: there is a prompt; prompts have a token, fit the context and hold tokens of the vocabulary.
  /// - Returns: the events; nil if the engine stops.
  public func begin(_ work: CompletionWork) -> AsyncStream<CompletionEvent>? {
    precondition(
      !work.prompts.isEmpty && work.count >= 1
        && work.prompts.allSatisfy { prompt in
          (1...model.context).contains(prompt.count) && prompt.allSatisfy { $0 >= 0 && $0 < model.vocabulary }
        }, "CompletionEngine: prompts that the model cannot read")
    let (stream, events) = AsyncStream.makeStream(of: CompletionEvent.self)
    let job = CompletionJob(work, events: events)
    events.onTermination = { [queue] reason in
      guard case .cancelled = reason else { return }
      job.cancel()
      queue.wake()
    }
    return queue.add(job) ? stream : nil
  }

  /// How the engine stands.
  public var counters: CompletionCounters { queue.counters }

  /// Ends the thread after its present step; what is not done fails.
  public func stop() { queue.stop() }
}

extension CompletionEngine.Model {
  fileprivate init(_ evaluated: EvaluatedModel) {
    self.init(
      name: evaluated.name, context: evaluated.model.config.context, vocabulary: evaluated.model.config.vocabulary,
      tokenizer: evaluated.tokenizer, prefix: evaluated.prefix)
  }
}

/// Hands the loaded model's description from the thread to its starter.
private final class LoadedModel: Sendable {
  private let result = Mutex<Result<CompletionEngine.Model, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  func finish(_ value: Result<CompletionEngine.Model, any Error>) {
    result.withLock { $0 = value }
    done.signal()
  }

  func wait() throws -> CompletionEngine.Model {
    done.wait()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("CompletionEngine: nothing was loaded") }
    return try value.get()
  }
}
