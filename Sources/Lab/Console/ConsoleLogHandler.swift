// The swift-log backend of the executables: time, level, message, metadata.
// Not here: the sink (Console).

public import Logging

/// Formats log events for a ``Console``: short time on the terminal, full UTC time in the log file.
public struct ConsoleLogHandler: LogHandler {
  /// Events below this level are dropped before they reach the console.
  public var logLevel: Logger.Level = .info
  /// Metadata that goes with every event.
  public var metadata: Logger.Metadata = [:]
  private let console: Console

  /// Creates a handler that writes to the console.
  public init(console: Console) {
    self.console = console
  }

  /// Adds, reads or removes one metadata value.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one event.
  public func log(event: LogEvent) {
    let merged = metadata.merging(event.metadata ?? [:]) { $1 }
    var text = "\(event.message)"
    for (key, value) in merged.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
    if let error = event.error { text += " error: \(error)" }

    let now = console.time.date()
    let level = event.level.rawValue
    console.record("\(now.timestamp) \(level) \(text)")
    if event.level >= console.shownLevel {
      // Ordinary progress needs no label.
      let label = event.level == .info ? "" : "\(level): "
      console.show("\(now.formattedInUTC("%H:%M:%S")) \(label)\(text)")
    }
  }
}
