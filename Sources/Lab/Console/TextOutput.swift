// Where text for people goes: a terminal, a pipe, or a test's buffer.
// Not here: what is written (Console, the commands).

import Foundation
import Synchronization

/// A destination of text, with what one must know about it to lay the text out.
public struct TextOutput: Sendable {
  /// Whether lines can be redrawn.
  public var isTerminal: Bool
  /// The width in characters, asked at each use because windows change.
  public var columns: @Sendable () -> Int
  /// Writes text as it is.
  public var write: @Sendable (String) -> Void

  /// Creates a destination; `columns` counts only on a terminal.
  public init(
    isTerminal: Bool, columns: @escaping @Sendable () -> Int = { 80 }, write: @escaping @Sendable (String) -> Void
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.write = write
  }

  /// The standard output of the process: results.
  public static var standardOutput: TextOutput { descriptor(STDOUT_FILENO) }
  /// The standard error of the process: progress and messages.
  public static var standardError: TextOutput { descriptor(STDERR_FILENO) }

  private static func descriptor(_ number: Int32) -> TextOutput {
    TextOutput(isTerminal: isatty(number) == 1, columns: { terminalWidth(number) ?? 80 }) { text in
      let bytes = Array(text.utf8)
      var done = 0
      while done < bytes.count {
        let written = bytes.withUnsafeBytes {
          Foundation.write(number, $0.baseAddress.map { $0 + done }, $0.count - done)
        }
        // Nobody is left to tell when the standard streams are closed.
        if written <= 0 && errno != EINTR { return }
        done += max(0, written)
      }
    }
  }

  private static func terminalWidth(_ number: Int32) -> Int? {
    var size = winsize()
    guard ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

/// Collects text in memory, for tests and for output that is shown later.
public final class TextBuffer: Sendable {
  private let content = Mutex("")

  /// Creates an empty buffer.
  public init() {}

  /// What was written so far.
  public var text: String { content.withLock { $0 } }

  /// A destination that writes here, as a pipe or as a terminal of some width.
  public func output(isTerminal: Bool = false, columns: Int = 80) -> TextOutput {
    TextOutput(isTerminal: isTerminal, columns: { columns }) { text in
      self.content.withLock { $0 += text }
    }
  }
}
