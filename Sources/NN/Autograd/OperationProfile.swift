// Where the time of a step goes, by operation name.
import Dispatch

/// Accumulates the time between recordings (forward) and of pullbacks (backward) by operation name.
public final class OperationProfile {
  /// One row of the profile.
  public struct Entry: Sendable {
    /// The operation's name.
    public let operation: String
    /// Calls of the forward pass.
    public let calls: Int
    /// Seconds in forward.
    public let forwardSeconds: Double
    /// Seconds in backward.
    public let backwardSeconds: Double
  }

  private var table: [String: (calls: Int, forward: UInt64, backward: UInt64)] = [:]
  private var last = DispatchTime.now().uptimeNanoseconds

  /// An empty profile.
  public init() {}

  /// Starts timing now: what came before belongs to no operation.
  public func mark() { last = DispatchTime.now().uptimeNanoseconds }

  private func lap() -> UInt64 {
    let now = DispatchTime.now().uptimeNanoseconds
    defer { last = now }
    return now - last
  }

  func forward(_ operation: StaticString) {
    let time = lap()
    var entry = table["\(operation)", default: (0, 0, 0)]
    entry.calls += 1
    entry.forward += time
    table["\(operation)"] = entry
  }

  func backward(_ operation: StaticString) { table["\(operation)", default: (0, 0, 0)].backward += lap() }

  /// The entries, most expensive first.
  public var entries: [Entry] {
    table.map { name, entry in
      Entry(
        operation: name, calls: entry.calls, forwardSeconds: Double(entry.forward) * 1e-9,
        backwardSeconds: Double(entry.backward) * 1e-9)
    }.sorted { $0.forwardSeconds + $0.backwardSeconds > $1.forwardSeconds + $1.backwardSeconds }
  }
}
