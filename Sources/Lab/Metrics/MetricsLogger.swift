// Measured values of a run, one JSON object a line, that survive a kill.
// Not here: reading them back (MetricsLog) and drawing them (Plot).

public import Foundation
import Synchronization

/// A named value of one step.
public typealias Metric = (name: String, value: Double)

/// Writes `metrics.jsonl`.
///
/// Each call appends whole lines with one write, so that a kill loses at most the last line, and a full disk leaves
/// the lines before it intact. A line is `{"step": 12, "time": 3.5, "train/loss": 2.25}`; `time` counts the seconds
/// that the run has been running, over all its sessions. Names are `area/what` with the unit at the end where there is
/// one: `train/loss_nats`, `train/speed_tokens_per_s`.
///
/// NaN and infinities never reach a number: they become a line with `"event": "non-finite"`.
public final class MetricsLogger: Sendable {
  /// The file.
  public let file: URL
  private let time: TimeSource
  private let state: Mutex<State>

  private struct State {
    var handle: OpenFile
    var length: Int
    /// Clock reading at which the run's own time would be 0.
    var origin: Double
  }

  /// Creates the file, or continues it if it exists; a torn last line is removed.
  ///
  /// - Throws: ``MetricsError``.
  public init(_ file: URL, time: TimeSource = .system) throws(MetricsError) {
    self.file = file
    self.time = time
    var elapsed = 0.0
    if FileManager.default.fileExists(atPath: file.path) {
      let log = try MetricsLog(reading: file)
      elapsed = log.rows.last?.time ?? 0
      if log.isTorn { try Self.rewrite(log.rows, to: file) }
    }
    let opened = try Self.opened(file)
    state = Mutex(State(handle: opened, length: opened.size, origin: time.seconds() - elapsed))
  }

  /// Appends the values of a step.
  ///
  /// - Returns: the names of the values that are not finite; they are recorded as events.
  /// - Throws: ``MetricsError/file(_:)``, for example when the disk is full; the lines before are intact.
  /// - Precondition: names have the form `area/what` and occur once.
  @discardableResult
  public func log(step: Int, _ metrics: KeyValuePairs<String, Double>) throws(MetricsError) -> [String] {
    try log(step: step, metrics.map { ($0.key, $0.value) })
  }

  /// Appends the values of a step; see ``log(step:_:)-(_,KeyValuePairs<String,Double>)``.
  ///
  /// - Returns: the names of the values that are not finite.
  /// - Throws: ``MetricsError/file(_:)``.
  @discardableResult
  public func log(step: Int, _ metrics: [Metric]) throws(MetricsError) -> [String] {
    for (index, metric) in metrics.enumerated() {
      precondition(
        Self.isValid(name: metric.name),
        "MetricsLogger.log: expected a name of the form area/what, got '\(metric.name)'")
      precondition(
        !metrics[..<index].contains { $0.name == metric.name },
        "MetricsLogger.log: expected each name once, got '\(metric.name)' twice")
    }
    let finite = metrics.filter(\.value.isFinite)
    let broken = metrics.filter { !$0.value.isFinite }
    var lines: [[(key: String, value: JSONValue)]] = []
    if !finite.isEmpty || broken.isEmpty { lines.append(finite.map { ($0.name, .number($0.value)) }) }
    lines += broken.map { metric in
      [("event", .string("non-finite")), ("metric", .string(metric.name)), ("value", .string("\(metric.value)"))]
    }
    try append(step: step, lines)
    return broken.map(\.name)
  }

  /// Appends an event, for example a resumption or a skipped batch.
  ///
  /// - Throws: ``MetricsError/file(_:)``.
  public func log(event: String, step: Int, _ details: KeyValuePairs<String, String> = [:]) throws(MetricsError) {
    try append(step: step, [[("event", .string(event))] + details.map { ($0.key, .string($0.value)) }])
  }

  /// Drops everything after a step, because the run continues from the checkpoint of that step.
  ///
  /// - Throws: ``MetricsError``; the file is then as it was.
  public func rewind(toStep step: Int) throws(MetricsError) {
    // Reading and rewriting happen under the lock, so that no line slips in between.
    let failure: MetricsError? = state.withLock { state in
      do throws(MetricsError) {
        let log = try MetricsLog(reading: file)
        let kept = log.rows.filter { $0.step <= step }
        if kept.count < log.rows.count || log.isTorn {
          try Self.rewrite(kept, to: file)
          state.handle = try Self.opened(file)
          state.length = state.handle.size
        }
        state.origin = time.seconds() - (kept.last?.time ?? 0)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Waits until all lines are on the disk, so that they survive a power failure too.
  ///
  /// - Throws: ``MetricsError/file(_:)``.
  public func synchronize() throws(MetricsError) {
    let handle = state.withLock { $0.handle }
    do {
      try handle.synchronize()
    } catch {
      throw .file(error)
    }
  }

  private func append(step: Int, _ lines: [[(key: String, value: JSONValue)]]) throws(MetricsError) {
    let failure: FileError? = state.withLock { state in
      let elapsed = ((time.seconds() - state.origin) * 1000).rounded() / 1000
      let head: [(key: String, value: JSONValue)] = [("step", .integer(step)), ("time", .number(elapsed))]
      let bytes = Array(lines.map { JSONValue.object(head + $0).text + "\n" }.joined().utf8)
      do throws(FileError) {
        try state.handle.write(bytes)
        state.length += bytes.count
        return nil
      } catch {
        // A part of a line may have arrived: the file ends with a whole line again.
        _ = ftruncate(state.handle.descriptor, off_t(state.length))
        return error
      }
    }
    if let failure { throw .file(failure) }
  }

  private static func opened(_ file: URL) throws(MetricsError) -> OpenFile {
    do {
      return try OpenFile(file.path, flags: O_WRONLY | O_CREAT | O_APPEND)
    } catch {
      throw .file(error)
    }
  }

  private static func rewrite(_ rows: [MetricsLog.Row], to file: URL) throws(MetricsError) {
    do {
      try AtomicFile.write(rows.map { $0.line + "\n" }.joined(), to: file)
    } catch {
      throw .file(error)
    }
  }

  /// Two or more parts separated by `/`; letters, digits, `_`, `-`, `.` in each.
  static func isValid(name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count >= 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-.".unicodeScalars.contains($0))
          }
      }
  }
}
