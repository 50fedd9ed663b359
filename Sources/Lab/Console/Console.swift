// One place through which everything for people passes, so that log lines and the progress line do not collide.
// Not here: what a log line looks like (ConsoleLogHandler) and what the progress line says (ProgressBar).

public import Foundation
public import Logging
import Synchronization

/// The terminal (or pipe) of a run together with its `log.txt`.
///
/// Lines go to both; the status line exists only on a terminal, below the last line.
public final class Console: Sendable {
  /// Where lines are shown.
  public let output: TextOutput
  /// The least severe level that is shown; the log file has everything from `info` on.
  public let shownLevel: Logger.Level
  /// The clock of the time stamps.
  public let time: TimeSource
  private let state = Mutex(State())

  private struct State {
    var status = ""
    var logFile: OpenFile?
    var logFileFailed = false
  }

  /// Creates a console.
  ///
  /// - Parameter shownLevel: `.warning` for quiet commands.
  public init(
    output: TextOutput = .standardError, shownLevel: Logger.Level = .info, time: TimeSource = .system
  ) {
    self.output = output
    self.shownLevel = shownLevel
    self.time = time
  }

  /// A logger that writes here.
  public func logger(label: String) -> Logger {
    Logger(label: label) { _ in ConsoleLogHandler(console: self) }
  }

  /// From now on also appends all lines to the file, which is created if need be.
  ///
  /// - Throws: ``FileError/cannotCreate(path:code:)``.
  public func appendLines(to file: URL) throws(FileError) {
    let opened = try OpenFile(file.path, flags: O_WRONLY | O_CREAT | O_APPEND)
    state.withLock { $0.logFile = opened }
  }

  /// Shows a line above the status line.
  public func show(_ line: String) {
    state.withLock { state in
      if state.status.isEmpty {
        output.write(line + "\n")
      } else {
        output.write(Self.erase + line + "\n" + state.status)
      }
    }
  }

  /// Appends a line to the log file, if there is one. A full disk is reported once, and the run goes on.
  func record(_ line: String) {
    let failure: FileError? = state.withLock { state in
      do throws(FileError) {
        try state.logFile?.write(Array((line + "\n").utf8))
        return nil
      } catch {
        defer { state.logFileFailed = true }
        return state.logFileFailed ? nil : error
      }
    }
    if let failure { show("warning: \(failure)") }
  }

  /// Redraws the status line; an empty text removes it. Does nothing unless the output is a terminal.
  public func setStatus(_ text: String) {
    guard output.isTerminal else { return }
    state.withLock { state in
      let fitting = String(text.prefix(max(1, output.columns() - 1)))
      guard fitting != state.status else { return }
      output.write(Self.erase + fitting)
      state.status = fitting
    }
  }

  /// Carriage return, then the control sequence that erases the line.
  private static let erase = "\r\u{1B}[2K"
}
