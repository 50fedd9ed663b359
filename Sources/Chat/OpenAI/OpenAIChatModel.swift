// A model behind a server: one call is one or several requests, within the budget of the endpoint.
// Not here: the bytes of a request and of an answer (CompletionRequest.swift, CompletionParser.swift), the network
// (HTTP), remembering replies (CachedChatModel.swift).

import Foundation
import Lab
import Synchronization

/// A client of the chat completions protocol, as hosted models and local servers speak it.
///
/// A call waits for a place at its host, posts, and tries again where another try may help. Waits between tries hold
/// no place. Cancelling the task ends the call at once.
public final class OpenAIChatModel: ChatModel {
  /// The endpoint's ``ChatEndpoint/identity``.
  public let name: String
  private let endpoint: ChatEndpoint
  private let address: ServerAddress
  private let key: ChatKey
  private let transport: any HTTPTransport
  private let parser: CompletionParser
  private let limiter: HostLimiter
  private let counters: ChatCounters
  private let clock: ChatClock
  private let random: Mutex<SplitMix64>

  /// A client.
  ///
  /// - Parameters:
  ///   - endpoint: the server and the budget.
  ///   - key: what ``ChatKey/init(for:environment:relativeTo:)`` read.
  ///   - limiter: shared by all models of the program.
  ///   - counters: told of every request and every reason for another one.
  ///   - clock: the time between requests.
  ///   - jitterSeed: the seed of the waits. Replies do not depend on it.
  /// - Throws: ``ChatError/configuration(place:reason:)`` for an endpoint that cannot work, or a key that would travel
  ///   unencrypted to another machine.
  public init(
    _ endpoint: ChatEndpoint, key: ChatKey = .none, limiter: HostLimiter = HostLimiter(),
    counters: ChatCounters = ChatCounters(), clock: ChatClock = .system,
    jitterSeed: UInt64 = .random(in: 0 ... .max)
  ) throws(ChatError) {
    var check = ConfigCheck()
    endpoint.validate(into: &check, at: "")
    do {
      try check.finish()
    } catch {
      throw .configuration(place: "the endpoint", reason: error.description)
    }
    address = try ServerAddress(base: endpoint.baseURL)
    guard key.isEmpty || address.isPrivate || endpoint.allowsPlainKey else {
      throw .configuration(
        place: "the key for \(address.label)",
        reason: "it would travel unencrypted to another machine. Hint: use https, or set 'allowsPlainKey'")
    }
    name = endpoint.identity
    self.endpoint = endpoint
    self.key = key
    self.limiter = limiter
    self.counters = counters
    self.clock = clock
    limiter.bound(address.host, to: endpoint.concurrency)
    transport =
      address.usesTLS
      ? SessionTransport(connections: endpoint.concurrency) : SocketTransport(connections: endpoint.concurrency)
    parser = CompletionParser(server: address.label, textByteLimit: endpoint.textByteLimit, key: key)
    random = Mutex(SplitMix64(seed: jitterSeed))
  }

  /// Asks the server.
  ///
  /// - Throws: ``ChatError``. A failure that another try would not cure is thrown as it is, one that outlasted the
  ///   budget as ``ChatError/exhausted(server:attempts:seconds:last:)``.
  public func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    let body = CompletionRequest.body(request, endpoint: endpoint)
    let budget = Budget(policy: endpoint.retry)
    return try await reply(to: request, body: body, budget: budget)
  }

  /// What a call has used up. Waiting for a place is no part of it.
  private struct Budget {
    let policy: RetryPolicy
    var attempts = 0
    var seconds = 0.0
    var left: Double { policy.totalSeconds - seconds }
  }

  private func reply(to request: ChatRequest, body: Data, budget start: Budget) async throws(ChatError) -> ChatReply {
    var budget = start
    while true {
      budget.attempts += 1
      let limits = timeouts(within: budget.left)
      let attempt = try await limiter.withPlace(at: address.host) { () async throws(ChatError) in
        await self.attempt(body, timeouts: limits)
      }
      budget.seconds += attempt.seconds
      counters.note(name, request.purpose) { count in
        count.attempts += 1
        count.sentBytes += body.count
        count.receivedBytes += attempt.receivedBytes
      }
      switch attempt.outcome {
      case .success(let completion):
        return ChatReply(
          text: completion.text, finishReason: completion.finishReason, usage: completion.usage, source: .server,
          attempts: budget.attempts, seconds: attempt.seconds)
      case .failure(let error):
        if error == .cancelled || Task.isCancelled { throw .cancelled }
        guard endpoint.retry.retries(error) else { throw error }
        let wait = random.withLock { random in
          endpoint.retry.wait(afterFailures: budget.attempts, asked: attempt.retryAfter, using: &random)
        }
        guard budget.attempts < endpoint.retry.attempts, wait < budget.left else { throw exhausted(budget, error) }
        counters.note(name, request.purpose) { $0.retries[error.kind, default: 0] += 1 }
        await clock.wait(wait)
        if Task.isCancelled { throw .cancelled }
        budget.seconds += wait
      }
    }
  }

  // MARK: One request

  private struct Attempt: Sendable {
    var outcome: Result<Completion, ChatError>
    var retryAfter = 0.0
    var receivedBytes = 0
    var seconds = 0.0
  }

  private func attempt(_ body: Data, timeouts: ChatTimeouts) async -> Attempt {
    let start = clock.time.seconds()
    var attempt: Attempt
    do {
      let answer = try await transport.post(
        body, to: address.completions, header: key.header, timeouts: timeouts, byteLimit: endpoint.answerByteLimit)
      attempt = Attempt(outcome: outcome(of: answer), receivedBytes: answer.body.count)
      attempt.retryAfter = RetryAfter.seconds(answer.retryAfter, now: clock.time.date())
    } catch {
      attempt = Attempt(outcome: .failure(failure(error)))
    }
    attempt.seconds = max(0, clock.time.seconds() - start)
    return attempt
  }

  private func outcome(of answer: HTTPAnswer) -> Result<Completion, ChatError> {
    do {
      return .success(try parser.completion(answer))
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ failure: HTTPFailure) -> ChatError {
    switch failure {
    case .cancelled: .cancelled
    case .timeout(let seconds): .timeout(server: address.label, seconds: seconds)
    case .tooLarge(let limit):
      .malformed(server: address.label, reason: "expected an answer of at most \(limit) bytes, got more")
    case .broken(let reason): .transport(server: address.label, reason: key.hidden(in: reason))
    }
  }

  private func timeouts(within seconds: Double) -> ChatTimeouts {
    var limits = endpoint.timeouts
    limits.totalSeconds = max(0.001, min(limits.totalSeconds, seconds))
    return limits
  }

  private func exhausted(_ budget: Budget, _ last: ChatError) -> ChatError {
    let seconds = (budget.seconds * 1000).rounded() / 1000
    return .exhausted(server: address.label, attempts: budget.attempts, seconds: seconds, last: last.description)
  }
}
