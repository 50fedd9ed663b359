// Which failures are worth another try, after how long a wait, and when it is enough.
// Not here: the loop that tries (OpenAIChatModel.swift), reading of `Retry-After` (RetryAfter.swift).

import Lab

/// Exponential back-off with full jitter, bounded by count and by time.
///
/// > Source: Brooker, "Exponential Backoff and Jitter" (the "full jitter" rule): the wait is uniform in
/// > `0...min(longest, first · 2ⁿ)` after failure n, counted from 0.
public struct RetryPolicy: Codable, Hashable, Sendable {
  /// Most requests for one call, the first included; 1 to 6.
  public var attempts: Int
  /// Most seconds for one call: requests and waits between them, without waiting for a free place.
  public var totalSeconds: Double
  /// Bound of the wait after the first failure, in seconds.
  public var firstWaitSeconds: Double
  /// Bound of every wait, in seconds; a server that asks for more is obeyed.
  public var longestWaitSeconds: Double

  /// A budget.
  public init(
    attempts: Int = 6, totalSeconds: Double = 900, firstWaitSeconds: Double = 1, longestWaitSeconds: Double = 60
  ) {
    self.attempts = attempts
    self.totalSeconds = totalSeconds
    self.firstWaitSeconds = firstWaitSeconds
    self.longestWaitSeconds = longestWaitSeconds
  }

  /// Most requests that a config may ask for.
  public static let mostAttempts = 6

  /// Whether another try may help: the server was busy or failed, the way to it broke, or the answer was garbage.
  public func retries(_ error: ChatError) -> Bool {
    switch error {
    case .transport, .timeout, .malformed: true
    case .status(_, let code, _): [408, 409, 425, 429].contains(code) || (500...599).contains(code)
    case .exhausted, .notRecorded, .configuration, .storage, .cancelled: false
    }
  }

  /// The seconds to wait after a failure.
  ///
  /// - Parameters:
  ///   - failures: how many there were, from 1.
  ///   - asked: what the server asked for in seconds, 0 for nothing. It is the least wait; jitter of the first bound
  ///     comes on top, so that clients that were refused together do not return together.
  ///   - random: the source of the jitter.
  public func wait(
    afterFailures failures: Int, asked: Double, using random: inout some RandomNumberGenerator
  ) -> Double {
    precondition(failures >= 1, "RetryPolicy.wait: expected at least one failure, got \(failures)")
    let share = Double.random(in: 0...1, using: &random)
    if asked > 0 { return asked + share * min(firstWaitSeconds, longestWaitSeconds) }
    let bound = min(longestWaitSeconds, firstWaitSeconds * Double(1 << min(failures - 1, 30)))
    return share * bound
  }

  /// Checks what types cannot express.
  func validate(into check: inout ConfigCheck, at key: String) {
    check.require(
      (1...Self.mostAttempts).contains(attempts), "\(key).attempts", expected: "1 to \(Self.mostAttempts)",
      got: attempts)
    check.require(
      totalSeconds > 0 && totalSeconds <= 86_400, "\(key).totalSeconds", expected: "more than 0 and at most 86400 s",
      got: totalSeconds)
    for (name, value) in [("firstWaitSeconds", firstWaitSeconds), ("longestWaitSeconds", longestWaitSeconds)] {
      check.require((0...3600).contains(value), "\(key).\(name)", expected: "0 to 3600 s", got: value)
    }
  }
}
