// What calls took and cost, by model and purpose, in one place.
// Not here: counting (the models tell the counters).

public import Lab
import Synchronization

/// What calls of one purpose to one model took.
public struct ChatCount: Codable, Hashable, Sendable {
  /// Calls that reached the model: what the cache did not answer.
  public var calls = 0
  /// Calls that brought a reply.
  public var replies = 0
  /// Calls that the cache answered.
  public var hits = 0
  /// Calls that waited for an equal one that was on its way.
  public var joined = 0
  /// Requests to servers, those that were tried again included.
  public var attempts = 0
  /// Reasons for trying again (``ChatError/kind``).
  public var retries: [String: Int] = [:]
  /// Calls that brought no reply (``ChatError/kind``).
  public var failures: [String: Int] = [:]
  /// Tokens of requests, as servers count them.
  public var promptTokens = 0
  /// Tokens of replies, as servers count them.
  public var completionTokens = 0
  /// Bytes of bodies that were sent.
  public var sentBytes = 0
  /// Bytes of bodies that came back.
  public var receivedBytes = 0
  /// Seconds of calls, waiting included, added over tasks.
  public var seconds = 0.0
  /// What the tokens cost by the endpoint's prices.
  public var cost = 0.0

  /// Nothing yet.
  public init() {}

  /// The sum of two counts.
  public static func + (a: ChatCount, b: ChatCount) -> ChatCount {
    var sum = a
    sum.calls += b.calls
    sum.replies += b.replies
    sum.hits += b.hits
    sum.joined += b.joined
    sum.attempts += b.attempts
    sum.retries.merge(b.retries) { $0 + $1 }
    sum.failures.merge(b.failures) { $0 + $1 }
    sum.promptTokens += b.promptTokens
    sum.completionTokens += b.completionTokens
    sum.sentBytes += b.sentBytes
    sum.receivedBytes += b.receivedBytes
    sum.seconds += b.seconds
    sum.cost += b.cost
    return sum
  }
}

/// The counts at one moment.
public struct ChatCounts: Codable, Hashable, Sendable {
  /// One row of the counts.
  public struct Row: Codable, Hashable, Sendable {
    /// The model's name.
    public var model: String
    /// What the calls were for.
    public var purpose: String
    /// What they took.
    public var count: ChatCount
  }

  /// The rows, ordered by model and purpose.
  public var rows: [Row]

  /// All rows together.
  public var total: ChatCount { rows.reduce(ChatCount()) { $0 + $1.count } }

  /// The rows that `isIncluded` picks, together.
  public func total(where isIncluded: (Row) -> Bool) -> ChatCount {
    rows.filter(isIncluded).reduce(ChatCount()) { $0 + $1.count }
  }

  /// The counts as a table of a report.
  public func table(caption: String = "") -> Table {
    let sum = { (counts: [String: Int]) in counts.values.reduce(0, +) }
    return Table(
      columns: [
        .text("model"), .text("purpose"), .number("calls"), .number("from cache"), .number("retries"),
        .number("failures"), .number("prompt tokens"), .number("reply tokens"), .number("seconds"), .number("cost"),
      ],
      rows: rows.map { row in
        [
          Table.Cell(RichText(row.model)), Table.Cell(RichText(row.purpose)), .integer(row.count.calls),
          .integer(row.count.hits + row.count.joined), .integer(sum(row.count.retries)),
          .integer(sum(row.count.failures)), .integer(row.count.promptTokens), .integer(row.count.completionTokens),
          .number(row.count.seconds, decimals: 1), .number(row.count.cost, decimals: 4),
        ]
      }, caption: caption)
  }
}

/// Counts calls; shared by all models of a program.
public final class ChatCounters: Sendable {
  private struct Place: Hashable {
    var model: String
    var purpose: String
  }

  private let counts = Mutex<[Place: ChatCount]>([:])

  /// Nothing counted yet.
  public init() {}

  /// Changes the count of a model and a purpose.
  public func note(_ model: String, _ purpose: String, _ change: (inout ChatCount) -> Void) {
    counts.withLock { change(&$0[Place(model: model, purpose: purpose), default: ChatCount()]) }
  }

  /// The counts now.
  public var snapshot: ChatCounts {
    let rows = counts.withLock { counts in
      counts.map { ChatCounts.Row(model: $0.key.model, purpose: $0.key.purpose, count: $0.value) }
    }
    return ChatCounts(rows: rows.sorted { ($0.model, $0.purpose) < ($1.model, $1.purpose) })
  }
}
