// A progress bar that several threads move.
// Not here: what it looks like (ProgressBar.swift).

public import Logging
import Synchronization

/// A progress bar that several threads tell of their work.
public final class SharedProgress: Sendable {
  private let bar: Mutex<ProgressBar>

  /// A bar over `total` units, of which `done` are there already; lines of a console that shows no bar come from `log`, or
  /// from a logger named after the bar.
  public init(
    _ label: String, total: Int, startingAt done: Int = 0, unit: String, console: Console, log: Logger? = nil
  ) {
    bar = Mutex(
      ProgressBar(
        label, total: max(1, total), startingAt: done, unit: unit, console: console,
        log: log ?? console.logger(label: label)))
  }

  /// Tells how many units are done.
  public func update(_ done: Int) { bar.withLock { $0.update(done: done, amount: Double(done)) } }

  /// Ends the bar.
  public func finish() { bar.withLock { $0.finish() } }
}
