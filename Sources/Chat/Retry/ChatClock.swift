// The time as calls see it, as a value that tests replace.
// Not here: the limits of one request, which the network keeps in real time (HTTP).

public import Lab

/// Clocks, and a way to wait.
public struct ChatClock: Sendable {
  /// What time it is.
  public var time: TimeSource
  /// Waits for so many seconds, less if the task is cancelled.
  public var wait: @Sendable (_ seconds: Double) async -> Void

  /// A clock.
  public init(time: TimeSource, wait: @escaping @Sendable (_ seconds: Double) async -> Void) {
    self.time = time
    self.wait = wait
  }

  /// The clocks of the system.
  public static let system = ChatClock(time: .system) { seconds in
    // The only error is cancellation, which the caller looks for.
    try? await Task.sleep(for: .seconds(seconds))
  }
}
