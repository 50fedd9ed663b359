// One request on its way: what has arrived, how long it may take, and who waits for it.
// Not here: the session that carries it (HTTPTransport.swift), what the bytes mean (CompletionParser.swift).

package import Foundation
import FoundationNetworking
import Synchronization

/// What a server answered, whatever it was.
package struct HTTPAnswer: Sendable {
  /// The status code.
  package var status: Int
  /// The header `Content-Type`; empty where it is missing.
  package var contentType: String
  /// The header `Retry-After`; empty where it is missing.
  package var retryAfter: String
  /// The host of the header `Location`; empty where it is missing.
  package var redirectHost: String
  /// The body.
  package var body: Data

  /// An answer.
  package init(status: Int, contentType: String, retryAfter: String, redirectHost: String, body: Data) {
    self.status = status
    self.contentType = contentType
    self.retryAfter = retryAfter
    self.redirectHost = redirectHost
    self.body = body
  }
}

/// Why there is no answer.
package enum HTTPFailure: Error, Equatable {
  /// The task was cancelled.
  case cancelled
  /// A limit passed, in seconds.
  case timeout(Double)
  /// The body has more bytes than are allowed.
  case tooLarge(limit: Int)
  /// What the system says.
  case broken(String)
}

/// The state of one request. Every event may come from another thread, and only the first end counts.
final class HTTPExchange: Sendable {
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

  /// A piece of the body.
  func received(_ data: Data) {
    let outcome: Outcome? = state.withLock { state in
      guard state.outcome == nil, var answer = state.answer else { return nil }
      guard answer.body.count + data.count <= byteLimit else { return .failure(.tooLarge(limit: byteLimit)) }
      // Taken out and put back, so that the bytes are not copied for every piece.
      state.answer = nil
      answer.body.append(data)
      state.answer = answer
      let isOver = answer.contentType.lowercased().hasPrefix("text/event-stream") && Self.endsStream(answer.body)
      return isOver ? .success(answer) : nil
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

  /// Whether a body ends with the line that ends a stream of completions. Inside JSON a line break is escaped, so the
  /// mark at the start of a line is no part of a text.
  static func endsStream(_ body: Data) -> Bool {
    var tail = body.suffix(32)
    while let last = tail.last, [0x0A, 0x0D, 0x20].contains(last) { tail.removeLast() }
    for mark in ["data: [DONE]", "data:[DONE]"] where tail.count >= mark.utf8.count {
      guard tail.suffix(mark.utf8.count).elementsEqual(mark.utf8) else { continue }
      let before = tail.dropLast(mark.utf8.count).last
      return before == nil || before == 0x0A || before == 0x0D
    }
    return false
  }
}
