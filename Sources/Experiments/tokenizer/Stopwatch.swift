// Lives here: one line of progress on standard error, at most ten times a second.
// Not here: what is reported.

import Foundation

/// Shows progress with the time since it was made. On a terminal a line replaces the one before it; elsewhere only
/// final lines are written.
final class Stopwatch {
  private let start = ContinuousClock.now
  private var shown = ContinuousClock.now
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) != 0

  func report(_ text: String, final: Bool) {
    let now = ContinuousClock.now
    guard final || (isTerminal && shown.duration(to: now) > .milliseconds(100)) else { return }
    shown = now
    let seconds = Double(start.duration(to: now) / .milliseconds(1)) / 1_000
    let prefix = isTerminal ? "\r\u{1B}[K" : ""
    let line = prefix + text + String(format: " (%.2f s)", seconds)
    FileHandle.standardError.write(Data((line + (final ? "\n" : "")).utf8))
  }
}
