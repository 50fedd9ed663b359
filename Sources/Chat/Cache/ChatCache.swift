// Replies that were paid for once: those that are kept, and those that are on their way.
// Not here: the model in front of which a cache stands (CachedChatModel.swift), the file (ReplyStore.swift).

public import Foundation
import Synchronization

/// A folder of replies that many models and tasks of one process share.
public final class ChatCache: Sendable {
  private typealias Outcome = Result<ChatReply, ChatError>

  /// How a call was answered.
  enum Origin {
    /// From the file.
    case kept
    /// By a call that was on its way.
    case joined
    /// By a call of its own.
    case called
  }

  /// A call on its way, and who waits for it.
  private struct Flight {
    var number: Int
    var task: Task<Void, Never>?
    var waiters: [Int: CheckedContinuation<Landing, Never>] = [:]
  }

  private enum Landing: Sendable {
    case kept
    case landed(Result<ChatReply, ChatError>)
  }

  private struct State {
    var flights: [RequestKey: Flight] = [:]
    var lastNumber = 0
  }

  private let store: ReplyStore
  private let state = Mutex(State())

  /// Opens a folder, which is made if it does not exist. It belongs to this object until that goes away.
  ///
  /// - Throws: ``ChatError/storage(path:reason:)`` for a folder that cannot be used, or that another run uses.
  public init(_ folder: URL) throws(ChatError) {
    store = try ReplyStore(folder, access: .appending)
  }

  /// What the file held when it was opened; a torn end has been cut off since, and kept aside.
  public var report: ReplyFileReport { store.report }

  /// How many replies are kept now.
  public var count: Int { store.count }

  /// How many requests wait for a call on its way.
  package var waiting: Int { state.withLock { $0.flights.values.reduce(0) { $0 + $1.waiters.count } } }

  /// The reply to a request, from the file, from an equal call on its way, or from `model`.
  func reply(
    to request: ChatRequest, from model: any ChatModel
  ) async throws(ChatError) -> (reply: ChatReply, origin: Origin) {
    let key = RequestKey(request, model: model.name)
    if let kept = try store.reply(to: key, from: .cache) { return (kept, .kept) }
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let isFirst = Mutex(false)
    let landing = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        isFirst.withLock { $0 = board(key, number, continuation, request, model) }
      }
    } onCancel: {
      leave(key, number)
    }
    switch landing {
    case .kept:
      guard let kept = try store.reply(to: key, from: .cache) else { throw .cancelled }
      return (kept, .kept)
    case .landed(let outcome):
      let isOwn = isFirst.withLock { $0 }
      var reply = try outcome.get()
      if !isOwn {
        reply.source = .cache
        reply.attempts = 0
      }
      return (reply, isOwn ? .called : .joined)
    }
  }

  /// Waits for the call with this key, which is made if there is none.
  ///
  /// - Returns: whether it was made.
  private func board(
    _ key: RequestKey, _ number: Int, _ continuation: CheckedContinuation<Landing, Never>, _ request: ChatRequest,
    _ model: any ChatModel
  ) -> Bool {
    let answer: (now: Landing?, isFirst: Bool) = state.withLock { state in
      // The flag is set before the handler runs: whoever takes the lock first, one of them sees the other.
      if Task.isCancelled { return (.landed(.failure(.cancelled)), false) }
      // A call that has just landed is in the store before it leaves the list.
      if store.contains(key) { return (.kept, false) }
      if state.flights[key] != nil {
        state.flights[key]?.waiters[number] = continuation
        return (nil, false)
      }
      let task = Task { await self.fly(key, number, request, model) }
      state.flights[key] = Flight(number: number, task: task, waiters: [number: continuation])
      return (nil, true)
    }
    if let now = answer.now { continuation.resume(returning: now) }
    return answer.isFirst
  }

  private func fly(_ key: RequestKey, _ number: Int, _ request: ChatRequest, _ model: any ChatModel) async {
    var outcome: Outcome
    do throws(ChatError) {
      let reply = try await model.reply(to: request)
      let stored = StoredReply(reply, to: request, model: model.name, key: key)
      try await store.append(stored, for: key, sync: reply.source == .server)
      outcome = .success(reply)
    } catch {
      outcome = .failure(error)
    }
    let waiters = state.withLock { state in
      // A flight that everybody left was taken off the list, and another one may have its key.
      guard state.flights[key]?.number == number else { return [] as [CheckedContinuation<Landing, Never>] }
      return state.flights.removeValue(forKey: key).map { Array($0.waiters.values) } ?? []
    }
    for waiter in waiters { waiter.resume(returning: .landed(outcome)) }
  }

  /// A cancelled task waits no longer; the call itself ends when nobody waits for it any more.
  private func leave(_ key: RequestKey, _ number: Int) {
    let (waiter, task) = state.withLock { state in
      let waiter = state.flights[key]?.waiters.removeValue(forKey: number)
      guard waiter != nil, state.flights[key]?.waiters.isEmpty ?? false else {
        return (waiter, nil) as (CheckedContinuation<Landing, Never>?, Task<Void, Never>?)
      }
      return (waiter, state.flights.removeValue(forKey: key)?.task)
    }
    task?.cancel()
    waiter?.resume(returning: .landed(.failure(.cancelled)))
  }
}
