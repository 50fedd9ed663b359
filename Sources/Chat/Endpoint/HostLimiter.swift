// How many requests a host gets at once, over all models that share it.
// Not here: waiting after failures, which holds no place (OpenAIChatModel.swift).

import Synchronization

/// Places at hosts, given in the order in which they were asked for.
public final class HostLimiter: Sendable {
  private struct Waiter {
    let number: Int
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct Gate {
    var limit = Int.max
    var running = 0
    var waiters: [Waiter] = []

    /// Lets in as many as there are places for.
    mutating func admit() -> [Waiter] {
      let count = min(waiters.count, max(0, limit - running))
      let admitted = Array(waiters.prefix(count))
      waiters.removeFirst(count)
      running += count
      return admitted
    }
  }

  private struct State {
    var gates: [String: Gate] = [:]
    var lastNumber = 0
  }

  private let state = Mutex(State())

  /// No hosts yet.
  public init() {}

  /// Bounds a host; the smallest bound that was given holds.
  public func bound(_ host: String, to limit: Int) {
    precondition(limit >= 1, "HostLimiter.bound: expected at least 1, got \(limit)")
    state.withLock { $0.gates[host, default: Gate()].limit = min($0.gates[host]?.limit ?? .max, limit) }
  }

  /// How many are at work and how many wait at a host.
  public func load(of host: String) -> (running: Int, waiting: Int) {
    state.withLock { state in state.gates[host].map { ($0.running, $0.waiters.count) } ?? (0, 0) }
  }

  /// Runs `body` in a place at the host; the place is free again when it ends, however it ends.
  ///
  /// - Throws: ``ChatError/cancelled`` if the task was cancelled before it got a place, and what `body` throws.
  public func withPlace<Value: Sendable>(
    at host: String, _ body: @Sendable () async throws(ChatError) -> Value
  ) async throws(ChatError) -> Value {
    guard await enter(host) else { throw .cancelled }
    defer { leave(host) }
    return try await body()
  }

  private func enter(_ host: String) async -> Bool {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // The flag is set before the handler runs: whoever takes the lock first, one of them sees the other.
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          var gate = state.gates[host, default: Gate()]
          defer { state.gates[host] = gate }
          if gate.waiters.isEmpty && gate.running < gate.limit {
            gate.running += 1
            return true
          }
          gate.waiters.append(Waiter(number: number, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter: Waiter? = state.withLock { state in
        guard let index = state.gates[host]?.waiters.firstIndex(where: { $0.number == number }) else { return nil }
        return state.gates[host]?.waiters.remove(at: index)
      }
      waiter?.continuation.resume(returning: false)
    }
  }

  private func leave(_ host: String) {
    let admitted: [Waiter] = state.withLock { state in
      state.gates[host]?.running -= 1
      return state.gates[host]?.admit() ?? []
    }
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }
}
