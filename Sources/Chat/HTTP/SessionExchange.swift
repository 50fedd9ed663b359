// One request on its way: what has arrived, how long it may take, and who waits for it.
// Not here: the session that carries it (SessionTransport.swift), what the bytes mean (CompletionParser.swift).

import Foundation
import FoundationNetworking
import Synchronization

/// The state of one request. Every event may come from another thread, and only the first end counts.
final class SessionExchange: Sendable {
  private typealias Outcome = Result<HTTPAnswer, HTTPFailure>

  private struct State {
    var task: URLSessionDataTask?
    var continuation: CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>?
    var outcome: Result<HTTPAnswer, HTTPFailure>?
    var isConnected = false
    var answer: HTTPAnswer?
  }

  private let state = Mutex(State())
  private let byteLimit: Int

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Starts the request and waits for its end.
  func run(
    _ task: URLSessionDataTask, timeouts: ChatTimeouts, clock: DispatchQueue
  ) async -> Result<HTTPAnswer, HTTPFailure> {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let early: Outcome? = state.withLock { state in
          state.task = task
          if state.outcome == nil { state.continuation = continuation }
          return state.outcome
        }
        guard early == nil else {
          task.cancel()
          return continuation.resume(returning: early ?? .failure(.cancelled))
        }
        watch(timeouts, on: clock)
        task.resume()
      }
    } onCancel: {
      finish(.failure(.cancelled), abandon: true)
    }
  }

  /// Bytes of the request are on their way.
  func sent() { state.withLock { $0.isConnected = true } }

  /// The head of the answer.
  func received(_ response: URLResponse) {
    guard let response = response as? HTTPURLResponse else {
      return finish(.failure(.broken("the answer is not HTTP")), abandon: true)
    }
    let field = { (name: String) in response.value(forHTTPHeaderField: name) ?? "" }
    let location = URLComponents(string: field("Location"))
    state.withLock { state in
      state.isConnected = true
      state.answer = HTTPAnswer(
        status: response.statusCode, contentType: field("Content-Type"), retryAfter: field("Retry-After"),
        redirectHost: location?.host ?? "", body: Data())
    }
  }

  /// A server that wants another way of proving who asks has refused.
  func challenged(_ response: HTTPURLResponse?) {
    let answer = HTTPAnswer(
      status: response?.statusCode ?? 401, contentType: "", retryAfter: "", redirectHost: "", body: Data())
    finish(.success(answer), abandon: true)
  }

  /// A piece of the body.
  func received(_ data: Data) {
    let outcome: Outcome? = state.withLock { state in
      guard state.outcome == nil, var answer = state.answer else { return nil }
      guard answer.body.count + data.count <= byteLimit else { return .failure(.tooLarge(limit: byteLimit)) }
      // Taken out and put back, so that the bytes are not copied for every piece.
      state.answer = nil
      answer.body.append(data)
      state.answer = answer
      return answer.endsStream ? .success(answer) : nil
    }
    guard let outcome else { return }
    if case .success = outcome { finish(outcome, abandon: false) } else { finish(outcome, abandon: true) }
  }

  /// The end of the request; the text of an error where it failed.
  func completed(_ error: (any Error)?) {
    if let error {
      let reason = (error as? URLError)?.localizedDescription ?? "\(error)"
      return finish(.failure(.broken(reason)), abandon: false)
    }
    let answer = state.withLock { $0.answer }
    finish(answer.map { .success($0) } ?? .failure(.broken("the connection ended without an answer")), abandon: false)
  }

  private func watch(_ timeouts: ChatTimeouts, on clock: DispatchQueue) {
    let total = timeouts.totalSeconds
    let limits: [(seconds: Double, isPassed: @Sendable (borrowing State) -> Bool)] = [
      (min(timeouts.connectSeconds, total), { $0.isConnected || $0.answer != nil }),
      (min(timeouts.firstByteSeconds, total), { $0.answer != nil }),
      (total, { _ in false }),
    ]
    let start = DispatchTime.now()
    for (seconds, isPassed) in limits {
      clock.asyncAfter(deadline: start + seconds) { [weak self] in
        guard let self, !state.withLock({ isPassed($0) }) else { return }
        finish(.failure(.timeout(seconds)), abandon: true)
      }
    }
  }

  private func finish(_ outcome: Outcome, abandon: Bool) {
    let (continuation, task) = state.withLock { state in
      guard state.outcome == nil else {
        return (nil, nil) as (CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>?, URLSessionDataTask?)
      }
      state.outcome = outcome
      defer { state.continuation = nil }
      return (state.continuation, state.task)
    }
    if abandon { task?.cancel() }
    continuation?.resume(returning: outcome)
  }
}
