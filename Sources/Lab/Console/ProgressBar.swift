// Progress of a long loop: one redrawn line on a terminal, a log line now and then elsewhere.
// Not here: metrics on disk (MetricsLogger).

public import Logging

/// Shows how far a loop is, how fast it goes and when it will end.
///
/// On a terminal one line is redrawn at most ten times a second. Elsewhere a log line appears at the first update,
/// then at most every 30 seconds, and at the end. The rate is that of the last half minute, so that it follows
/// changes; the time left is estimated from it.
public struct ProgressBar {
  /// A latest value to show beside the progress, such as the loss.
  public struct Metric: Sendable {
    /// A short name.
    public var name: String
    /// The value.
    public var value: Double

    /// Creates a named value.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  private struct Sample {
    var time: Double
    var done: Int
    var amount: Double
  }

  private static let redrawInterval = 0.1
  private static let logInterval = 30.0
  private static let rateWindow = 30.0

  private let label: String
  private let total: Int
  private let unit: String
  private let console: Console
  private let log: Logger
  private var samples: [Sample]
  private var lastShown = -Double.infinity
  private var metrics: [Metric] = []

  /// Starts measuring.
  ///
  /// - Parameters:
  ///   - label: what the loop does, for example `train`.
  ///   - total: number of steps, at least 1.
  ///   - startingAt: steps that earlier sessions did; they do not count for the rate.
  ///   - unit: what the rate counts, for example `tokens`.
  ///   - console: where the line is drawn.
  ///   - log: where the log lines go.
  public init(
    _ label: String, total: Int, startingAt done: Int = 0, unit: String, console: Console, log: Logger
  ) {
    precondition(total > 0, "ProgressBar: expected a positive total, got \(total)")
    self.label = label
    self.total = total
    self.unit = unit
    self.console = console
    self.log = log
    samples = [Sample(time: console.time.seconds(), done: done, amount: 0)]
  }

  /// Tells how far the loop is.
  ///
  /// - Parameters:
  ///   - done: finished steps, of `total`.
  ///   - amount: units done in this session so far, for example tokens.
  ///   - metrics: latest values; an empty list keeps the earlier ones.
  public mutating func update(done: Int, amount: Double, metrics: [Metric] = []) {
    let now = console.time.seconds()
    if !metrics.isEmpty { self.metrics = metrics }
    samples.append(Sample(time: now, done: done, amount: amount))
    dropOldSamples(before: now - Self.rateWindow)
    if console.output.isTerminal {
      guard now - lastShown >= Self.redrawInterval else { return }
      lastShown = now
      console.setStatus(line(columns: console.output.columns()))
    } else if now - lastShown >= Self.logInterval {
      lastShown = now
      log.info("\(plainLine)")
    }
  }

  /// Removes the line from the terminal and logs the last state once.
  public mutating func finish() {
    console.setStatus("")
    log.info("\(plainLine)")
  }

  /// Keeps one sample at or before the start of the window, and thins out the rest.
  private mutating func dropOldSamples(before time: Double) {
    if let first = samples.lastIndex(where: { $0.time <= time }), first > 0 { samples.removeFirst(first) }
    // Loops of very short steps: the middle of the window carries no information of its own.
    if samples.count > 512 { samples.removeSubrange(1..<(samples.count - 256)) }
  }

  /// Steps and units per second over the window; 0 before the clock has moved.
  private var rates: (steps: Double, units: Double) {
    guard let first = samples.first, let last = samples.last, last.time > first.time else { return (0, 0) }
    let elapsed = last.time - first.time
    return (Double(last.done - first.done) / elapsed, (last.amount - first.amount) / elapsed)
  }

  private var done: Int { samples.last?.done ?? 0 }

  private var facts: [String] {
    let rates = rates
    var facts: [String] = []
    if rates.units > 0 { facts.append("\(Self.quantity(rates.units)) \(unit)/s") }
    if rates.steps > 0 && done < total {
      facts.append("ETA \(Self.duration(seconds: Double(total - done) / rates.steps))")
    }
    return facts + metrics.map { "\($0.name) \(Self.significant($0.value))" }
  }

  private var percent: Int { Int((100 * Double(done) / Double(total)).rounded(.down)) }

  private var plainLine: String {
    (["\(label) \(done)/\(total) (\(percent)%)"] + facts).joined(separator: ", ")
  }

  /// The line for a terminal: the bar takes what the facts leave, at most 30 characters.
  private func line(columns: Int) -> String {
    let head = "\(label) "
    let tail = (["\(done)/\(total) \(percent)%"] + facts).joined(separator: " · ")
    let width = min(30, columns - 2 - head.count - tail.count)
    guard width >= 5 else { return head + tail }
    let filled = min(width, max(0, width * done / total))
    return head + String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled) + " " + tail
  }
}

extension ProgressBar {
  /// `950`, `12.3k`, `4.56M`: three significant digits with a decimal prefix.
  package static func quantity(_ value: Double) -> String {
    for (limit, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= limit * 0.9995 {
      return significant(value / limit) + suffix
    }
    return significant(value)
  }

  /// Three significant digits without an exponent where that stays short, and without trailing zeros after integers.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let magnitude = abs(value)
    if magnitude != 0 && (magnitude < 0.001 || magnitude >= 1e6) { return NumberText.scientific(value, digits: 3) }
    if magnitude >= 99.95 || value == value.rounded() && magnitude >= 1000 {
      return NumberText.fixed(value, decimals: 0)
    }
    if magnitude >= 9.995 { return NumberText.fixed(value, decimals: 1) }
    if magnitude >= 0.9995 || magnitude == 0 { return NumberText.fixed(value, decimals: 2) }
    return NumberText.fixed(value, decimals: magnitude >= 0.09995 ? 3 : magnitude >= 0.009995 ? 4 : 5)
  }

  /// `0:07`, `12:30`, `3:05:00`, `2d 4h`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 8.64e8 else { return "?" }
    let total = Int(max(0, seconds).rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    if hours >= 24 { return "\(hours / 24)d \(hours % 24)h" }
    let seconds = rest < 10 ? "0\(rest)" : "\(rest)"
    guard hours > 0 else { return "\(minutes):\(seconds)" }
    return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(seconds)"
  }
}
